package simulation

import (
	"testing"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/dispute"
)

// WooshPay's close does here what it does in the sandbox.
func TestClosesAsTheSandboxDoes(t *testing.T) {
	for _, status := range dispute.Statuses() {
		books := sandbox.NewBooks()
		if _, err := books.OpenSilently(sandbox.Dispute{ID: "dp_1", Status: status}, epoch); err != nil {
			t.Fatal(err)
		}
		closed, err := books.Close("dp_1", epoch)
		if executed := err == nil; executed != closable(status) {
			t.Errorf("%s: the sandbox executes a close: %t, the simulation: %t", status, executed, closable(status))
		}
		if err == nil && !mayFollowClose(status, closed.Status) {
			t.Errorf("%s: the sandbox closes it as %s, which nobody expects", status, closed.Status)
		}
		if terminal(status) != (status.Class() == dispute.Terminal) {
			t.Errorf("%s: terminal in the simulation: %t", status, terminal(status))
		}
		for i := range uint64(8) {
			if to := closedFrom(status, chance(i).of(0)); closable(status) && !status.MayFollowClose(to) {
				t.Errorf("%s: the simulation closes it as %s, which nobody expects", status, to)
			}
		}
	}
}
