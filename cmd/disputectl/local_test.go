package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/internal/transcript"
)

const atOnce = `
mode: live
ceiling: {usd: 5000}
budget: {usd: {closes: 50, amount: 50000}, failures: 5}
rules:
  - name: small
    if: {status: [needs_response], amount: {usd: {at_most: 1500}}}
    then: close
    after: 0h
tests:
  - dispute: {amount: 1500, currency: usd, status: needs_response}
    expect: {then: close, rule: small}
  - dispute: {amount: 1501, currency: usd, status: needs_response}
    expect: {then: keep}
`

func TestLocalClosesAndEnds(t *testing.T) {
	s := start(t, "local", "--addr", "127.0.0.1:0", "--sweep", "100ms", "--policy", write(t, "policy.yaml", atOnce))
	url := s.wait(`http://127\.0\.0\.1:\d+`)
	s.wait(`Closing is on, turned on by disputectl local\.\n`)
	post(t, url+"/sandbox/disputes", `{"id":"dp_1","amount":1200,"charge":"ch_1"}`)
	s.wait(`dp_1 +closed: WooshPay answered “lost”`)
	if got := get(t, url+"/sandbox/closes"); !strings.Contains(got, `"executed":1`) {
		t.Errorf("WooshPay's log: %s", got)
	}
	s.end()
}

// TestLocalTakesEventsOfOnesOwn follows the lines that the command prints.
func TestLocalTakesEventsOfOnesOwn(t *testing.T) {
	s := start(t, "local", "--addr", "127.0.0.1:0", "--sweep", "100ms", "--policy", write(t, "policy.yaml", atOnce))
	url := s.wait(`http://127\.0\.0\.1:\d+`)
	secret := s.wait(`whsec_[0-9a-f]+`)
	post(t, url+"/sandbox/disputes?silently=true", `{"id":"dp_2","amount":48000,"charge":"ch_2"}`)
	const body = `{"id":"evt_own","type":"charge.dispute.created","created":1,"data":{"object":{"id":"dp_2"}}}`
	event := write(t, "event.json", body)

	a := &access.Env{Console: cli.Console{Getenv: func(name string) string { return map[string]string{input.SigningSecretVariable: secret}[name] }}}
	code, header, stderr := invoke(t, a, "sign", event, "--as", "curl")
	name, value, ok := strings.Cut(strings.TrimSpace(header), ": ")
	if code != cli.Fine || !ok {
		t.Fatalf("sign: %d, %q, %s", code, header, stderr)
	}
	for header, want := range map[string]int{value: 200, value + "0": 401} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/webhook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("answered %d, want %d", resp.StatusCode, want)
		}
	}
	s.wait(`dp_2 +keep, no rule matches`)
	s.end()
}

// admit makes a page's world a local run, too, which is noted below the page's own folder.
func (w *world) admit(env *testscript.Env) error {
	if w.system == nil {
		return nil
	}
	env.Setenv("XDG_RUNTIME_DIR", filepath.Join(env.WorkDir, ".run"))
	run := localapi.Run{URL: w.system.URL, Token: "the page's"}
	w.system.Admit(w.ledger, "bea (on this machine)", run.Token)
	_, err := localapi.Announce(env.Getenv, run)
	return err
}

// TestLocalLooksBackOnADay follows the commands that it prints.
func TestLocalLooksBackOnADay(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s := start(t, "local", "--addr", "127.0.0.1:0", "--sweep", "100ms")
	s.wait(`Closing is on, turned on by ada\.\n`)
	s.wait(`dp_new +close by rule small, not before `)
	for _, c := range []struct {
		args, want string
	}{
		{"list --local", `dp_refunded +10\.00 USD +open`},
		{"why dp_refunded --local", `the charge was refunded`},
		{"show dp_lost --local", `no answer came`},
		{"report --local --since 3d", `conceded|CONCEDED`},
		{"log --local --since 3d", `keep dp_kept`},
		{"close dp_above --local --yes --why forgone", `by .+ \(on this machine\)|by the user of this machine`},
	} {
		a := &access.Env{Console: cli.Console{Getenv: os.Getenv}, HTTP: delivery.Client()}
		code, out, errs := invoke(t, a, strings.Fields(c.args)...)
		if code != cli.Fine || !strings.HasPrefix(out, "local run at http://127.0.0.1:") || !regexp.MustCompile(c.want).MatchString(out) {
			t.Errorf("disputectl %s: exit code %d\n%s%s", c.args, code, out, errs)
		}
	}
	s.wait(`dp_above +closed: WooshPay answered “lost”`)
	s.end()
	a := &access.Env{Console: cli.Console{Getenv: os.Getenv}, HTTP: delivery.Client()}
	if code, out, errs := invoke(t, a, "list", "--local"); code != cli.Unreachable || !strings.Contains(errs, "there is no local run of yours") {
		t.Errorf("after its end: %d, %s%s", code, out, errs)
	}
}

// TestLocalBeginsEmpty where the day would be out of place.
func TestLocalBeginsEmpty(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, more := range [][]string{{"--empty"}, {"--policy", write(t, "policy.yaml", atOnce)}} {
		s := start(t, append([]string{"local", "--addr", "127.0.0.1:0"}, more...)...)
		s.wait(`Closing is on, turned on by disputectl local\.\n`)
		a := &access.Env{Console: cli.Console{Getenv: os.Getenv}, HTTP: delivery.Client()}
		if code, out, errs := invoke(t, a, "list", "--local"); code != cli.Fine || strings.Contains(out, "dp_") {
			t.Errorf("%v: %d, %s%s", more, code, out, errs)
		}
		s.end()
	}
}

func TestSandboxServesAndEnds(t *testing.T) {
	s := start(t, "sandbox", "--addr", "127.0.0.1:0")
	url := s.wait(`http://127\.0\.0\.1:\d+`)
	post(t, url+"/sandbox/disputes", `{"id":"dp_1","amount":1200}`)
	if got := get(t, url+"/sandbox/events"); !strings.Contains(got, "charge.dispute.created") {
		t.Errorf("events: %s", got)
	}
	s.end()
}

func TestAnAddressInUse(t *testing.T) {
	s := start(t, "sandbox", "--addr", "127.0.0.1:0")
	addr := strings.TrimPrefix(s.wait(`http://127\.0\.0\.1:\d+`), "http://")
	for _, command := range []string{"sandbox", "local"} {
		code, _, stderr := invoke(t, &access.Env{}, command, "--addr", addr)
		if code != cli.Unreachable || !strings.Contains(stderr, "choose another --addr") {
			t.Errorf("%s: %d, %s", command, code, stderr)
		}
	}
	s.end()
}

// process is a command that runs until it is interrupted.
type process struct {
	t         *testing.T
	interrupt context.CancelFunc
	code      chan int
	out       *transcript.Transcript
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &process{t: t, interrupt: cancel, code: make(chan int, 1), out: new(transcript.Transcript)}
	a := &access.Env{
		Console:   cli.Console{Stdin: strings.NewReader(""), Stdout: s.out, Stderr: s.out, Now: time.Now, Getenv: os.Getenv},
		OpenTable: access.OpenTable,
		Shell:     access.AWSShell,
	}
	go func() { s.code <- command.Run(ctx, a, args) }()
	t.Cleanup(cancel)
	return s
}

// wait returns the first text printed that fits the pattern.
func (s *process) wait(pattern string) string {
	s.t.Helper()
	want := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if text := want.FindString(s.out.String()); text != "" {
			return text
		}
	}
	s.t.Fatalf("%s was not printed:\n%s", pattern, s.out)
	return ""
}

// end interrupts the command, as Ctrl-C does, and expects it to end well.
func (s *process) end() {
	s.t.Helper()
	s.interrupt()
	select {
	case code := <-s.code:
		if code != cli.Fine {
			s.t.Errorf("exit code %d:\n%s", code, s.out)
		}
	case <-time.After(20 * time.Second):
		s.t.Fatalf("it does not end:\n%s", s.out)
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func post(t *testing.T, url, body string) { t.Helper(); exchange(t, http.MethodPost, url, body) }

func get(t *testing.T, url string) string { t.Helper(); return exchange(t, http.MethodGet, url, "") }

func exchange(t *testing.T, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		t.Fatal(fmt.Errorf("%s %s: %d %s %w", method, url, resp.StatusCode, text, err))
	}
	return string(text)
}
