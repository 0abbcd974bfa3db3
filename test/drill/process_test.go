//go:build parts

package drill

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/transcript"
)

// function names one of the functions, as its Lambda handler does.
type function string

const (
	webhook   function = "webhook"
	closer    function = "closer"
	sweep     function = "sweep"
	reconcile function = "reconcile"
)

// process is one function at work, behind a door of its own.
type process struct {
	door   *door
	server *httptest.Server
	cmd    *exec.Cmd
	output transcript.Transcript
	// ended is closed when the process is gone.
	ended chan struct{}
}

// start runs an executable as a function, with what Lambda and the template set and nothing else in its environment.
func (w *world) start(executable string, f function) *process {
	w.t.Helper()
	p := &process{ended: make(chan struct{})}
	p.door = newDoor(w, p.kill)
	p.server = httptest.NewServer(p.door)
	p.cmd = exec.Command(executable)
	p.cmd.Env = w.environment(f, p.server.URL)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is of no interest: it is killed
		close(p.ended)
	}()
	w.t.Cleanup(p.stop)
	return p
}

func (w *world) environment(f function, address string) []string {
	return []string{
		"_HANDLER=" + string(f), "AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(address, "http://"), "AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + w.accessKey, "AWS_SECRET_ACCESS_KEY=secret", "AWS_ENDPOINT_URL=" + address,
		"TABLE=" + tableName, "TABLE_MARK=" + w.mark, "WOOSHPAY_URL=" + address, "API_KEY_SECRET=key", "SIGNING_SECRET=signing",
		"POLICY_FILE=" + w.policyFile, "DRILL_AHEAD=" + w.clock.file,
	}
}

// kill ends the process with SIGKILL and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it is gone already
	<-p.ended
}

// stop ends the process and closes its door.
func (p *process) stop() {
	p.kill()
	p.server.Close()
}

var errKilled = errors.New("the process died")

// patience is how long an invocation may take on a busy machine.
const patience = 30 * time.Second

// invoke gives the function an event and returns its answer, or errKilled if the process died before it gave one. The
// hook is asked at every step of the invocation.
func (p *process) invoke(event []byte, h hook) (answer, error) {
	i := &invocation{event: event, hook: h, answer: make(chan answer, 1)}
	late := time.After(patience)
	select {
	case p.door.invocations <- i:
	case <-p.ended:
		return answer{}, fmt.Errorf("%w before its first event: %s", errKilled, &p.output)
	case <-late:
		return answer{}, fmt.Errorf("the function does not ask for work: %s", &p.output)
	}
	select {
	case a := <-i.answer:
		return a, nil
	case <-late:
		return answer{}, fmt.Errorf("no answer: %s", &p.output)
	case <-p.ended:
	}
	select {
	case a := <-i.answer:
		return a, nil
	default:
		return answer{}, errKilled
	}
}

// answers is invoke for a process that nobody is to kill.
func (p *process) answers(t *testing.T, event []byte, h hook) answer {
	t.Helper()
	a, err := p.invoke(event, h)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// wantDead waits for a process that is to die at its last step: its answer may be here before its end.
func (p *process) wantDead(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("nobody killed the process: %q; %s", p.door.boundaries(), &p.output)
	}
}

// waitFor waits until the last boundary is one of this name and moment: an answer is here a little before it.
func (p *process) waitFor(t *testing.T, want boundary) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		reached := p.door.boundaries()
		if last := reached[len(reached)-1]; last.step.name == want.step.name && last.at == want.at {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it passed %v and not %s", reached, want)
		}
	}
}
