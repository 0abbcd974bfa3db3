//go:build parts

package drill

import (
	"sync"
	"syscall"
	"testing"
)

// A closer that is frozen with its claim, and wakes up after the claim has lapsed with its timers unmoved, sends nothing.
func TestStalledCloserSendsNothingLate(t *testing.T) {
	w := newWorld(t, built)
	for range rounds {
		if v := w.stall(); len(v.faults) > 0 {
			t.Error(v.faults)
		}
	}
}

// stall freezes a closer as its claim is answered, lets the system go on by its schedules, and wakes it up.
func (w *world) stall() verdict {
	w.t.Helper()
	w.begin()
	d := w.newDispute(closedNow)
	start := armedCase(w, d)
	p := w.start(w.timed, closer)
	defer p.stop()
	stopped, done := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := p.invoke(start.event, p.freezeAtClaim(stopped))
		done <- err
	}()
	<-stopped
	w.rest(d.ID, isClosed)
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
	return w.finish(d)
}

// freezeAtClaim stops the process when its claim has been stored, and closes stopped.
func (p *process) freezeAtClaim(stopped chan<- struct{}) hook {
	stop := sync.OnceFunc(func() {
		_ = p.cmd.Process.Signal(syscall.SIGSTOP)
		close(stopped)
	})
	return func(s step, m moment) effect {
		if s.name == claimStep && m == after {
			stop()
		}
		return goOn
	}
}
