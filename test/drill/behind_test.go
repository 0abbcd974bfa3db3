//go:build parts

package drill

import (
	"testing"
	"time"

	"disputecloser/shared/closing"
)

// A closer whose clock is five minutes behind WooshPay's decides and claims nothing; one whose clock is right closes.
func TestACloserThatIsBehindClosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, built)
	d := w.newDispute(closedNow)
	w.clock.set(t, 5*time.Minute)
	start := armedCase(w, d)
	p := w.start(w.deployed, closer)
	defer p.stop()
	a := p.answers(t, start.event, nil)
	c := w.load(d.ID)
	if c.State != closing.Scheduled || c.Attempts != 0 || len(w.sandbox.Closes()) != 0 {
		t.Errorf("the case is %s after %d attempts: %q", c.State, c.Attempts, c.LastError)
	}
	start.outcome(a, true, false)
	v := w.finish(d)
	results.add("closer, clock behind", closeStep, "", v)
	for _, fault := range v.faults {
		t.Error(fault)
	}
}
