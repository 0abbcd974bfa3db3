//go:build parts

package stack

import (
	"testing"
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The claim lapses after two minutes, and a sweep runs every minute.
const recovery = 4 * time.Minute

// TestLostAnswerIsRecoveredByTheSchedule lets WooshPay execute a close without answering, and show the dispute as
// still open right after. Nobody but the schedule comes back to it.
func TestLostAnswerIsRecoveredByTheSchedule(t *testing.T) {
	t.Parallel()
	id := dispute.ID("dp_lost_answer")
	opened := sandbox.Dispute{ID: id, Amount: 900}
	if _, err := deployed.wooshpay.Open(opened); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []sandbox.Fault{
		{Kind: sandbox.Drop, Execute: true, Method: "POST", Dispute: id},
		{Kind: sandbox.Stale, Method: "GET", Dispute: id, Skip: 1},
	} {
		if err := deployed.wooshpay.Break(fault); err != nil {
			t.Fatal(err)
		}
	}
	deployed.wooshpay.deliver(t.Context(), t)
	if c := deployed.await(t, id, closing.Closing, fast); c.PostedAt.IsZero() {
		t.Errorf("claimed without a trace of the POST: %+v", c)
	}
	c := deployed.await(t, id, closing.Closed, recovery)
	if c.Proof != closing.Inferred {
		t.Errorf("proof = %q", c.Proof)
	}
	if got := deployed.wooshpay.Closes()[id]; len(got) != 1 {
		t.Errorf("closes executed: %v", got)
	}
}
