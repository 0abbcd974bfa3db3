package main

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/rogpeppe/go-internal/testscript"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/cmd/disputectl/internal/operatetest"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/functions/webhook"
	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
	"disputecloser/shared/secrets"
)

// TestSystemPages runs the pages of testdata/system, about a deployed stack whose AWS is in memory, whose WooshPay is
// the sandbox and whose webhook is the real function. In them, beside testscript's own commands:
//
//	disputectl ARGS    is this command
//	exitcode N         is what the last disputectl returned
//	feeds FILE         is the next disputectl's standard input
//	breaks WHAT        breaks the stack or what is around it, by the names of faults
//	stored WHAT RE     is the newest stored api-key or signing secret; without RE there is none
//	endpoints N        is how many endpoints WooshPay has
//	passes TIME        lets the time pass
//	atterminal         has a person at the next disputectl's input
//	builds ARCH        is the processor that make builds for
//	executed RE        is what the last disputectl had executed
//	fails Q ID FILE    puts a message into a failure queue, records or runs
//	holds Q IDS        compares the messages that everybody sees in a failure queue
//	due ID TIME        stores a case that has been due for some time
//	works              has the closer work every due case as soon as the sweep is started
//	logs MESSAGE       writes a line to the functions' logs
func TestSystemPages(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "system"),
		Setup: func(env *testscript.Env) error {
			w, err := newDeployed(env.WorkDir)
			if err != nil {
				return err
			}
			env.Values[deployedKey{}] = w
			env.Setenv("AWS_REGION", operatetest.Region)
			env.Setenv("WOOSHPAY", w.wooshpay.URL)
			env.Setenv("WEBHOOK", w.webhook.URL+gateway.Path)
			env.Defer(w.end)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"disputectl": inDeployed((*deployed).disputectl),
			"exitcode":   inDeployed((*deployed).exitcode),
			"feeds":      inDeployed((*deployed).feeds),
			"breaks":     inDeployed((*deployed).breaks),
			"stored":     inDeployed((*deployed).stored),
			"endpoints":  inDeployed((*deployed).endpoints),
			"passes":     inDeployed((*deployed).passes),
			"atterminal": inDeployed((*deployed).atTerminal),
			"builds":     inDeployed((*deployed).builds),
			"executed":   inDeployed((*deployed).wantExecuted),
			"fails":      inDeployed((*deployed).fails),
			"holds":      inDeployed((*deployed).holds),
			"due":        inDeployed((*deployed).due),
			"works":      inDeployed((*deployed).works),
			"logs":       inDeployed((*deployed).logs),
		},
	})
}

type deployedKey struct{}

func inDeployed(do func(*deployed, *testscript.TestScript, bool, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		do(ts.Value(deployedKey{}).(*deployed), ts, neg, args)
	}
}

// deployed is one page's deployed stack.
type deployed struct {
	dir    string
	at     time.Time
	stdin  io.Reader
	code   int
	aws    *fakeAWS
	ledger *memory.Ledger

	sandbox                     *sandbox.Sandbox
	wooshpay, webhook, packages *httptest.Server
	// answer replaces the webhook's answers if not nil, wooshpayAnswer those of WooshPay.
	answer, wooshpayAnswer http.Handler
	// wooshpayAhead and awsAhead are the clocks' errors.
	wooshpayAhead, awsAhead time.Duration
	zip                     []byte
	// api takes ada's acts, and account is that of her credentials.
	api     *operatetest.Server
	account string
	// toolchain is what deploy executes.
	toolchain
}

func newDeployed(dir string) (*deployed, error) {
	w := &deployed{dir: dir, at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), ledger: memory.New(), stdin: strings.NewReader("")}
	now := func() time.Time { return w.at }
	begun := closing.Control{Switch: closing.On, Who: "ana", Why: "the stack was checked", At: w.at}
	if err := w.ledger.SetControl(context.Background(), begun); err != nil {
		return w, err
	}
	w.sandbox = sandbox.New(sandbox.Options{Now: func() time.Time { return w.at.Add(w.wooshpayAhead) }})
	w.wooshpay = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", w.at.Add(w.wooshpayAhead).Format(http.TimeFormat))
		orElse(w.wooshpayAnswer, w.sandbox).ServeHTTP(rw, r)
	}))
	w.packages = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.ServeContent(rw, r, "package.zip", time.Time{}, bytes.NewReader(w.zip))
	}))
	w.webhook = httptest.NewServer(nil)
	w.aws = newFakeAWS(w.wooshpay.URL, w.webhook.URL+gateway.Path, w.packages.URL)
	w.api = operatetest.New(w.ledger, ada, now)
	w.toolchain = toolchain{machine: elf.EM_AARCH64, shellRegion: operatetest.Region}
	w.aws.outputs["OperateUrl"], w.account = w.api.OperateURL(), fakeAccount
	log := slog.New(slog.NewJSONHandler(logged{w}, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr})) // as the functions log
	meter := metrics.New(io.Discard, fakeTable, now)
	hook := &webhook.Handler{
		Learner: closing.Learner{Ledger: w.ledger, Watcher: metrics.Watcher{Log: log, Meter: meter}, Now: now, Pause: pause.Before},
		Secrets: secrets.NewSigning(ofRole{w.aws}, fakeSigning, log, now), Livemode: webhook.Livemode(w.wooshpay.URL),
		MaxAge: config.DefaultSignatureMaxAge, Meter: meter, Log: log,
	}
	w.webhook.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", w.at.Add(w.awsAhead).Format(http.TimeFormat))
		orElse(w.answer, gateway.Front{Handler: hook.Handle, Now: now}).ServeHTTP(rw, r)
	})
	text, err := os.ReadFile(filepath.Join(dir, "policy.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil // A page that does not look at the deployed policy.
	}
	if err != nil {
		return w, err
	}
	w.zip, err = packaged(text)
	return w, err
}

func orElse(h, otherwise http.Handler) http.Handler {
	if h != nil {
		return h
	}
	return otherwise
}

// packaged is the closer's package: a large executable, and the compiled policy.
func packaged(policyYAML []byte) ([]byte, error) {
	checked := source.Check("policy.yaml", policyYAML)
	if !checked.OK(false) {
		return nil, fmt.Errorf("policy.yaml: %v", checked.Findings)
	}
	checked.Document.Environment = policy.EnvironmentTest
	return zipped(checked.Document)
}

// zipped is the closer's package with a policy.
func zipped(d policy.Document) ([]byte, error) {
	compiled, err := policy.Encode(d)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range map[string][]byte{"bootstrap": make([]byte, 1<<20), "policy.json": compiled} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(content); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return out.Bytes(), err
}

func (w *deployed) end() {
	for _, s := range []*httptest.Server{w.wooshpay, w.webhook, w.packages, w.api.Server} {
		s.Close()
	}
}

func (w *deployed) disputectl(ts *testscript.TestScript, neg bool, args []string) {
	a := &access.Env{
		Console: cli.Console{
			Stdin: w.stdin, Stdout: ts.Stdout(), Stderr: ts.Stderr(), Dir: w.dir,
			Now: func() time.Time { return w.at }, Getenv: ts.Getenv,
		},
		HTTP: delivery.Client(), Cloud: w.aws.cloud, Deployer: w.deployer, Execute: w.execute,
		Shell: func(context.Context) (access.Shell, error) {
			s := access.Shell{Region: ts.Getenv("AWS_REGION"), Credentials: operatetest.Credentials(), Endpoints: map[string]string{}}
			if endpoint := ts.Getenv("AWS_ENDPOINT_URL_DYNAMODB"); endpoint != "" {
				s.Endpoints["dynamodb"] = endpoint
			}
			s.Account = func(context.Context) (string, error) { return w.account, nil }
			return s, nil
		},
		OpenTable: func(_ context.Context, name string) (access.Ledger, error) {
			if name != fakeTable {
				return nil, fmt.Errorf("there is no table %s", name)
			}
			return w.ledger, nil
		},
	}
	if w.person {
		a.IsTerminal = func(io.Reader) bool { return true }
	}
	w.executed.Reset()
	w.code = command.Run(context.Background(), a, args)
	w.stdin, w.person = strings.NewReader(""), false
	if failed := w.code != cli.Fine; failed != neg {
		ts.Fatalf("exit code %d", w.code)
	}
}

func (w *deployed) exitcode(ts *testscript.TestScript, _ bool, args []string) {
	if got := strconv.Itoa(w.code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func (w *deployed) feeds(ts *testscript.TestScript, _ bool, args []string) {
	w.stdin = strings.NewReader(ts.ReadFile(args[0]))
}

func (w *deployed) breaks(ts *testscript.TestScript, _ bool, args []string) {
	name := strings.Join(args, " ")
	do, ok := faults[name]
	if !ok {
		ts.Fatalf("there is no fault %q", name)
	}
	do(w)
}

func (w *deployed) stored(ts *testscript.TestScript, _ bool, args []string) {
	id := map[string]string{"api-key": fakeKey, "signing": fakeSigning}[args[0]]
	versions := w.aws.versions[id]
	switch {
	case len(args) == 1 && len(versions) > 0:
		ts.Fatalf("something is stored")
	case len(args) > 1 && (len(versions) == 0 || !regexp.MustCompile(args[1]).MatchString(versions[len(versions)-1])):
		ts.Fatalf("stored: %q", versions)
	}
}

func (w *deployed) endpoints(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	w.sandbox.With(func(b *sandbox.Books, _ time.Time) { n = len(b.Endpoints()) })
	if strconv.Itoa(n) != args[0] {
		ts.Fatalf("WooshPay has %d endpoints", n)
	}
}

func (w *deployed) passes(ts *testscript.TestScript, _ bool, args []string) {
	length, err := time.ParseDuration(args[0])
	ts.Check(err)
	w.at = w.at.Add(length)
}
