package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/operatetest"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// TestPages runs the pages of testdata. In them, beside testscript's own commands:
//
//	disputectl ARGS   is this command, on a ledger in memory that is the table "disputes", of a local run unless the page
//	                  unsets AWS_ENDPOINT_URL_DYNAMODB, and that of the stack "closer-test", where ada acts, and with
//	                  --local that of a local run, whose user is bea
//	exitcode N        is what the last disputectl returned
//	opens FILE        has WooshPay open the dispute of FILE; its webhook and the closer follow at once
//	opens FILE silently  the same, and no webhook announces it
//	becomes ID STATUS has WooshPay move a dispute without telling
//	types TEXT        is what a person types at the next disputectl's terminal
//	refuses           has WooshPay refuse the next close for good
//	passes TIME       lets the time pass in minutes, with sweeps; the policy is the page's policy.yaml
//	town              fills the table with a case of every state (town_test.go)
//	feeds FILE        is the next disputectl's standard input
func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			w, err := newWorld(env.WorkDir)
			env.Values[worldKey{}] = w
			env.Defer(w.end)
			if w.system != nil {
				env.Setenv("WOOSHPAY_URL", w.system.URL)
				env.Setenv(access.KeyVariable, "sk_test_page")
			}
			env.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000")
			if err == nil {
				err = w.admit(env)
			}
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"disputectl": inWorld((*world).disputectl),
			"exitcode":   inWorld((*world).exitcode),
			"opens":      inWorld((*world).opens),
			"passes":     inWorld((*world).passes),
			"feeds":      inWorld((*world).feeds),
			"types":      inWorld((*world).types),
			"becomes":    inWorld((*world).becomes),
			"refuses":    inWorld((*world).refuses),
			"restored":   inWorld((*world).restored),
			"town":       inWorld((*world).town),
		},
	})
}

// ada runs the pages' commands.
const ada = "arn:aws:iam::123456789012:user/ada"

type worldKey struct{}

func inWorld(do func(*world, *testscript.TestScript, bool, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		do(ts.Value(worldKey{}).(*world), ts, neg, args)
	}
}

// world is one page's machine: a directory, a clock, a table, and the system that fills it.
type world struct {
	dir    string
	at     time.Time
	stdin  io.Reader
	person bool // at a terminal
	ledger *memory.Ledger
	system *local.System
	aws    *fakeAWS
	api    *operatetest.Server
	code   int
}

// newWorld reads the page's policy.yaml, if there is one, and starts the system on it.
func newWorld(dir string) (*world, error) {
	w := &world{dir: dir, at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), ledger: memory.New(), stdin: strings.NewReader("")}
	begun := closing.Control{Switch: closing.On, Who: "ops", Why: "the page begins", At: w.at}
	if err := w.ledger.SetControl(context.Background(), begun); err != nil {
		return w, err
	}
	w.api = operatetest.New(w.ledger, ada, func() time.Time { return w.at })
	w.aws = newFakeAWS("http://127.0.0.1:1", "http://127.0.0.1:1", "")
	w.aws.outputs["OperateUrl"] = w.api.OperateURL()
	text, err := os.ReadFile(filepath.Join(dir, "policy.yaml"))
	if err != nil {
		text = local.PolicyYAML
	}
	checked := source.Check("policy.yaml", text)
	if !checked.OK(false) {
		return w, nil // A page about a bad policy runs no system.
	}
	rules, err := policy.Compile(checked.Document)
	if err != nil {
		return w, err
	}
	claims := 0
	w.system, err = local.Start(context.Background(), local.Parts{
		Addr: "127.0.0.1:0", Ledger: w.ledger, Policy: rules, Watcher: deaf{}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return w.at }, NewID: func() string { claims++; return fmt.Sprintf("claim-%d", claims) },
	})
	return w, err
}

type deaf struct{}

func (deaf) Note(context.Context, closing.Note) {}

func (w *world) end() {
	w.api.Close()
	if w.system != nil {
		_ = w.system.Stop(context.Background())
	}
}

func (w *world) disputectl(ts *testscript.TestScript, neg bool, args []string) {
	a := w.env(ts.Getenv)
	a.Stdin, a.Stdout, a.Stderr = w.stdin, ts.Stdout(), ts.Stderr()
	w.code = command.Run(context.Background(), a, args)
	w.stdin, w.person = strings.NewReader(""), false
	if failed := w.code != cli.Fine; failed != neg {
		ts.Fatalf("exit code %d", w.code)
	}
}

// env returns what a command in this world works with, but for its streams.
func (w *world) env(getenv func(string) string) *access.Env {
	return &access.Env{
		Console: cli.Console{
			Dir: w.dir, Now: func() time.Time { return w.at }, Getenv: getenv, IsTerminal: func(io.Reader) bool { return w.person },
		},
		OpenTable: func(context.Context, string) (access.Ledger, error) { return w.ledger, nil },
		Shell: func(context.Context) (access.Shell, error) {
			s := access.Shell{Region: operatetest.Region, Credentials: operatetest.Credentials(), Endpoints: map[string]string{}}
			if endpoint := getenv("AWS_ENDPOINT_URL_DYNAMODB"); endpoint != "" {
				s.Endpoints["dynamodb"] = endpoint
			}
			return s, nil
		},
		Cloud: w.aws.cloud,
		HTTP:  delivery.Client(),
	}
}

func (w *world) town(ts *testscript.TestScript, _ bool, _ []string) {
	w.end()
	town, err := openTown(w.dir)
	ts.Check(err)
	*w = *town
}

// restored has the table be another one from now on, with the same cases.
func (w *world) restored(_ *testscript.TestScript, _ bool, args []string) {
	w.ledger.MoveTo("restored " + strings.Join(args, " "))
}

func (w *world) exitcode(ts *testscript.TestScript, _ bool, args []string) {
	if got := strconv.Itoa(w.code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func (w *world) feeds(ts *testscript.TestScript, _ bool, args []string) {
	w.stdin = strings.NewReader(ts.ReadFile(args[0]))
}

func (w *world) types(_ *testscript.TestScript, _ bool, args []string) {
	w.stdin, w.person = strings.NewReader(strings.Join(args, " ")+"\n"), true
}

func (w *world) becomes(ts *testscript.TestScript, _ bool, args []string) {
	_, err := w.system.Sandbox.SetStatus(dispute.ID(args[0]), dispute.Status(args[1]))
	ts.Check(err)
}

func (w *world) refuses(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(w.system.Sandbox.Break(sandbox.Fault{Kind: "status", Path: "/v1/disputes/*/close", Status: 422}))
}

func (w *world) opens(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(w.open(ts.ReadFile(args[0]), slices.Contains(args, "silently")))
}

// open has WooshPay open the dispute of a JSON text.
func (w *world) open(text string, silently bool) error {
	var d sandbox.Dispute
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return err
	}
	open := w.system.Sandbox.Open
	if silently {
		open = w.system.Sandbox.OpenSilently
	}
	if _, err := open(d); err != nil {
		return err
	}
	return w.settle()
}

func (w *world) passes(ts *testscript.TestScript, _ bool, args []string) {
	length, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Check(w.pass(length))
}

// pass lets time pass in minutes, with sweeps.
func (w *world) pass(length time.Duration) error {
	for end := w.at.Add(length); w.at.Before(end); {
		w.at = w.at.Add(time.Minute)
		if _, err := w.system.Sweep(context.Background()); err != nil {
			return err
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) settle() error {
	w.system.Sandbox.Deliver(context.Background())
	_, err := w.system.Work(context.Background())
	return err
}

// invoke runs one command line outside of any page.
func invoke(t *testing.T, a *access.Env, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a.Stdin, a.Stdout, a.Stderr, a.Now = strings.NewReader(""), &out, &errs, time.Now
	if a.Getenv == nil {
		a.Getenv = func(string) string { return "" }
	}
	code = command.Run(t.Context(), a, args)
	return code, out.String(), errs.String()
}
