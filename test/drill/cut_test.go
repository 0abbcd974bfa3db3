//go:build parts

package drill

import (
	"testing"

	"disputecloser/shared/closing"
)

// cutPOST is a connection that ends around the POST, and what the case says of it at once and in the end.
type cutPOST struct {
	at        moment
	state     closing.State
	ambiguous bool
	proof     closing.Proof
	inTheEnd  closing.Proof
}

// TestTheNetworkIsCutAroundThePOST drops the connection when the POST has left the process: on the way back from
// WooshPay, or in front of it.
func TestTheNetworkIsCutAroundThePOST(t *testing.T) {
	t.Parallel()
	w := newWorld(t, built)
	for _, cut := range []cutPOST{
		{after, closing.Closed, false, closing.Inferred, closing.Inferred},
		{before, closing.Closing, true, "", closing.Answered},
	} {
		for range rounds {
			v := cut.suffer(w)
			results.add("closer, network cut", closeStep, string(cut.at), v)
			for _, fault := range v.faults {
				t.Errorf("cut %s it: %s", cut.at, fault)
			}
		}
	}
}

// suffer is one round.
func (cut cutPOST) suffer(w *world) verdict {
	w.t.Helper()
	w.begin()
	d := w.newDispute(closedNow)
	start := armedCase(w, d)
	w.survivor(closer).answers(w.t, start.event, cutAt(closeStep, cut.at))
	c := w.load(d.ID)
	v := w.finish(d)
	if c.State != cut.state || c.Ambiguous != cut.ambiguous || c.Proof != cut.proof || c.Spent == (closing.Spend{}) {
		v.wrong("at first it is %s, ambiguous %v, proof %q, holds %+v", c.State, c.Ambiguous, c.Proof, c.Spent)
	}
	if proof := w.load(d.ID).Proof; proof != cut.inTheEnd {
		v.wrong("in the end the proof is %q, want %q", proof, cut.inTheEnd)
	}
	return v
}
