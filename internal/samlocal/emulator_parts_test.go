//go:build parts

package samlocal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
	"disputecloser/internal/template"
	"disputecloser/internal/transcript"
)

// outcomes says what is seen of an event: a part of the answer, and of what changed.
var outcomes = map[string]struct{ answer, changed string }{
	"dispute-created":    {`"statusCode":200`, "(version 2)"},
	"dispute-updated":    {`"statusCode":200`, "(version 2)"},
	"dispute-closed":     {`"statusCode":200`, "(version 2)"},
	"forged":             {`"statusCode":401`, ""},
	"other-kind":         {`"statusCode":200`, ""},
	"stream-armed":       {`{"batchItemFailures":[]}`, "closed (version 3); WooshPay says lost"},
	"schedule-sweep":     {`"armed":3`, "dp_local_daily: open (version 1); WooshPay says needs_response\n  now: open, armed"},
	"schedule-reconcile": {`"listed":`, "dp_local_unannounced: not in the table; WooshPay says needs_response\n  now: open, armed"},
	"schedule-digest":    {`{"subject":`, ""},
	"operate-keep":       {`"statusCode":200`, "a person says keep"},
	"operate-close":      {`"statusCode":200`, "a person says close (version 2)"},
	"operate-release":    {`"statusCode":200`, "now: open, armed (version 2)"},
	"operate-pause":      {`"statusCode":200`, "now: is paused"},
	"operate-resume":     {`"statusCode":200`, ""},
}

// Each event, in the runtime interface emulator that `sam local` uses, with the variables that it gives: without Docker.
func TestEveryEventInTheEmulator(t *testing.T) {
	cloud, err := localaws.RunMiniStack(services...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Stop(); err != nil {
			t.Error(err)
		}
	})
	built, signed := build(t), t.TempDir()
	if err := Sign(folder(t), signed, time.Now()); err != nil {
		t.Fatal(err)
	}
	settings, err := ReadSettings()
	if err != nil {
		t.Fatal(err)
	}
	shared := &World{settings: settings, cloud: cloud}
	if err := errors.Join(shared.keepSecrets(t.Context()), shared.makeTopic(t.Context())); err != nil {
		t.Fatal(err)
	}
	for n, event := range names(t) {
		t.Run(event, func(t *testing.T) {
			world := &World{settings: settings, cloud: cloud}
			world.settings.Table = fmt.Sprint("local-", n)
			view := world.serveHere(t)
			before := picture(t, view)
			answer := world.emulate(t, built, event, read(t, signed, event))
			changed := strings.Join(picture(t, view).Since(before), "\n")
			want := outcomes[event]
			if strings.Contains(answer, "errorMessage") || !strings.Contains(answer, want.answer) {
				t.Errorf("answered %s, want %s", answer, want.answer)
			}
			if !strings.Contains(changed, want.changed) || want.changed == "" && changed != "" {
				t.Errorf("changed %q, want %q", changed, want.changed)
			}
		})
	}
}

// serveHere fills a table of its own and serves it with a sandbox of its own.
func (w *World) serveHere(t *testing.T) *View {
	t.Helper()
	w.settings.TableMark = strings.Replace(w.settings.TableMark, "table/local/", "table/"+w.settings.Table+"/", 1)
	provider := sandbox.New(sandbox.Options{Keys: []string{APIKey}})
	calls := httptest.NewServer(newGate(netip.Prefix{}, front{w.cloud.Config()}))
	orders := httptest.NewServer(newGate(netip.Prefix{}, provider))
	t.Cleanup(calls.Close)
	t.Cleanup(orders.Close)
	w.settings.AWSEndpoint = strings.Replace(calls.URL, "127.0.0.1", "localhost", 1)
	w.settings.WooshPayURL = strings.Replace(orders.URL, "127.0.0.1", "localhost", 1)
	if err := w.fill(t.Context(), provider, time.Now().UTC()); err != nil {
		t.Fatal(err)
	}
	view, err := NewView(w.settings)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func picture(t *testing.T, v *View) Picture {
	t.Helper()
	p, err := v.Picture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// build returns a folder with the executable and the committed rules, as `sam build` makes the closer's.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "bootstrap"), "./functions"},
		{"run", "./cmd/disputectl", "policy", "compile", "policy.yaml", "-o", filepath.Join(dir, "policy.json")},
	} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = root(t), append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	return dir
}

// emulate returns the answer of the event's function.
func (w *World) emulate(t *testing.T, built, name string, event []byte) string {
	t.Helper()
	function, err := FunctionFor(event)
	if err != nil {
		t.Fatal(err)
	}
	resource := strings.ToUpper(string(function[:1])) + string(function[1:])
	env := environment(t, template.Read(t), resource)
	for variable, value := range map[string]string{
		"AWS_ENDPOINT_URL": w.settings.AWSEndpoint, "WOOSHPAY_URL": w.settings.WooshPayURL,
		"TABLE": w.settings.Table, "TABLE_MARK": w.settings.TableMark,
	} {
		if _, has := env[variable]; has {
			env[variable] = value
		}
	}
	address := startEmulator(t, filepath.Join(built, "bootstrap"), env)
	url := "http://" + address + "/2015-03-31/functions/function/invocations"
	res, err := http.Post(url, "application/json", bytes.NewReader(event))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, answer); err != nil {
		t.Fatalf("%s: the answer is %q: %v", name, answer, err)
	}
	return compact.String()
}

// startEmulator returns where the emulator takes invocations. It ends with the test, and shows its output if that failed.
func startEmulator(t *testing.T, bootstrap string, env map[string]string) string {
	t.Helper()
	machine := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	sam, err := localaws.Tool("sam")
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(sam, "lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-"+machine))
	if err != nil || len(found) != 1 {
		t.Fatalf("SAM CLI has no emulator for %s: %v, %v", machine, found, err)
	}
	take, api := freeAddress(t), freeAddress(t)
	var out transcript.Transcript
	cmd := exec.CommandContext(t.Context(), found[0], "--runtime-interface-emulator-address", take, "--runtime-api-address", api, bootstrap)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Cancel()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the emulator said:\n%s", out.String())
		}
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", take)
		if err == nil {
			_ = conn.Close()
			return take
		}
		if time.Now().After(end) {
			t.Fatalf("the emulator does not listen: %v", err)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A fault of the start reaches whoever invokes the function.
func TestAStartUpFaultInTheEmulator(t *testing.T) {
	built := build(t)
	env := environment(t, template.Read(t), "Closer")
	env["TABLE"], env["API_KEY_SECRET"] = "", "sk_live_51Habcdefghijklmnop"
	address := startEmulator(t, filepath.Join(built, "bootstrap"), env)
	res, err := http.Post("http://"+address+"/2015-03-31/functions/function/invocations", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"Function.CannotStart"`, "TABLE is missing", "API_KEY_SECRET holds a key itself"} {
		if !strings.Contains(string(answer), part) {
			t.Errorf("the answer lacks %s: %s", part, answer)
		}
	}
	if strings.Contains(string(answer), "sk_live_5") {
		t.Errorf("the answer holds the key: %s", answer)
	}
}
