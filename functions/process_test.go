package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/transcript"
)

// runtime serves Lambda's Runtime API for one process.
type runtime struct {
	server  *httptest.Server
	events  chan []byte
	answers chan answer
	faults  chan answer // what the function reports that cannot start
}

type answer struct {
	body   string
	failed bool
}

func newRuntime(t *testing.T) *runtime {
	rt := &runtime{events: make(chan []byte), answers: make(chan answer, 1), faults: make(chan answer, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", rt.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/request-1/{outcome}", rt.take)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", rt.takeFault)
	rt.server = httptest.NewServer(mux)
	t.Cleanup(rt.server.Close)
	return rt
}

func (rt *runtime) next(w http.ResponseWriter, r *http.Request) {
	select {
	case event := <-rt.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "request-1")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		_, _ = w.Write(event)
	case <-r.Context().Done():
	}
}

func (rt *runtime) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.WriteHeader(http.StatusAccepted)
	rt.answers <- answer{body: string(body), failed: r.PathValue("outcome") == "error"}
}

func (rt *runtime) takeFault(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.WriteHeader(http.StatusAccepted)
	rt.faults <- answer{body: string(body), failed: r.Header.Get("Lambda-Runtime-Function-Error-Type") == "Function.CannotStart"}
}

// process is the running executable.
type process struct {
	*runtime
	output *transcript.Transcript
	ended  chan error
}

const patience = 20 * time.Second

// run starts the executable with this environment only.
func run(t *testing.T, env map[string]string) *process {
	t.Helper()
	p := &process{runtime: newRuntime(t), output: &transcript.Transcript{}, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "bootstrap"))
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(p.server.URL, "http://")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		p.ended <- cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// invoke returns the function's answer to an event.
func (p *process) invoke(t *testing.T, event []byte) answer {
	t.Helper()
	select {
	case p.events <- event:
	case err := <-p.ended:
		t.Fatalf("the function ended: %v; output: %s", err, p.output)
	case <-time.After(patience):
		t.Fatalf("the function does not ask for work; output: %s", p.output)
	}
	select {
	case a := <-p.answers:
		return a
	case <-time.After(patience):
		t.Fatalf("no answer; output: %s", p.output)
		return answer{}
	}
}

// wantFaults waits for the process to exit and compares the faults that it logs and reports to Lambda.
func (p *process) wantFaults(t *testing.T, want ...string) {
	t.Helper()
	select {
	case err := <-p.ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("it ended with %v, want exit status 1", err)
		}
	case <-time.After(patience):
		t.Fatalf("the function goes on; output: %s", p.output)
	}
	var line struct {
		Level, Message string
		Faults         []string
	}
	lines := strings.Split(strings.TrimSpace(p.output.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
		t.Fatalf("the last line is not JSON: %v: %s", err, p.output)
	}
	if line.Level != "ERROR" || line.Message != "the function cannot start" || len(line.Faults) != len(want) {
		t.Fatalf("got %s; want %d faults: %q", p.output, len(want), want)
	}
	for i, part := range want {
		if !strings.Contains(line.Faults[i], part) {
			t.Errorf("fault %d is %q, want one with %q", i, line.Faults[i], part)
		}
	}
	p.wantReport(t, line.Faults)
}

// wantReport compares the init error of the Runtime API with the faults of the log.
func (p *process) wantReport(t *testing.T, faults []string) {
	t.Helper()
	select {
	case report := <-p.faults:
		var got struct{ ErrorType, ErrorMessage string }
		err := json.Unmarshal([]byte(report.body), &got)
		want := "the function cannot start: " + strings.Join(faults, "; ")
		if err != nil || !report.failed || got.ErrorType != "Function.CannotStart" || got.ErrorMessage != want {
			t.Errorf("it reported %+v, %v; want %q", report, err, want)
		}
	default:
		t.Errorf("it reported no fault to Lambda; output: %s", p.output)
	}
}
