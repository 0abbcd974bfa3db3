package policy_test

import (
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// A clock of WooshPay's that is a little ahead makes a dispute new; one that is further ahead makes its age unknown.
func TestAge(t *testing.T) {
	created := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for ahead, want := range map[time.Duration]dispute.Maybe[time.Duration]{
		-time.Hour:           dispute.Known(time.Hour),
		0:                    dispute.Known(time.Duration(0)),
		1:                    dispute.Known(time.Duration(0)),
		5 * time.Minute:      dispute.Known(time.Duration(0)),
		5*time.Minute + 1:    {},
		365 * 24 * time.Hour: {},
	} {
		facts := policy.FactsOf(dispute.Dispute{ID: "dp_1", Created: created}, dispute.Maybe[bool]{}, created.Add(-ahead))
		if facts.Age != want {
			t.Errorf("created %s ahead: age %v, want %v", ahead, facts.Age, want)
		}
	}
	if facts := policy.FactsOf(dispute.Dispute{ID: "dp_1"}, dispute.Maybe[bool]{}, created); facts.Age.IsKnown() {
		t.Error("the age of a dispute without created is known")
	}
}

// The time left may be negative: the deadline has passed.
func TestTimeLeft(t *testing.T) {
	due := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	facts := policy.FactsOf(dispute.Dispute{ID: "dp_1", DueBy: due}, dispute.Maybe[bool]{}, due.Add(time.Hour))
	if facts.TimeLeft != dispute.Known(-time.Hour) || !facts.DueKnown {
		t.Errorf("time left %v, due known %t", facts.TimeLeft, facts.DueKnown)
	}
}
