//go:build parts

package drill

import (
	"sync"
	"testing"
)

// TestAClaimAnsweredLateSendsNothing holds back the answer to a closer's claim, lets the claim lapse and another closer
// close the dispute, and lets the answer through.
func TestAClaimAnsweredLateSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, built)
	for range rounds {
		v := w.late()
		results.add("closer, answered late", claimStep, string(after), v)
		for _, fault := range v.faults {
			t.Error(fault)
		}
	}
}

// late is one round of a closer whose claim is answered late.
func (w *world) late() verdict {
	w.t.Helper()
	w.begin()
	d := w.newDispute(closedNow)
	start := armedCase(w, d)
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := w.second().invoke(start.event, holdAtTheClaim(held, release))
		done <- err
	}()
	select {
	case <-held:
	case err := <-done:
		w.t.Fatalf("it never claimed: %v", err)
	}
	if c, faults := w.rest(d.ID, isClosed); len(faults) > 0 {
		w.t.Logf("while it waited: %s, %q", c.State, faults)
	}
	close(release)
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
	return w.finish(d)
}

// holdAtTheClaim closes held when a claim is stored, and lets its answer through when release is closed. The closer may
// give up waiting and repeat the request: that answer is held back, too.
func holdAtTheClaim(held chan<- struct{}, release <-chan struct{}) hook {
	stored := sync.OnceFunc(func() { close(held) })
	return func(s step, m moment) effect {
		if s.name == claimStep && m == after {
			stored()
			<-release
		}
		return goOn
	}
}
