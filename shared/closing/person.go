package closing

import (
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// The reasons for which a person is called, each once per case.
const (
	ReasonReview        = "review"
	ReasonFailed        = "failed"
	ReasonDeadline      = "deadline"
	ReasonContradiction = "contradiction"
	ReasonLate          = "late"           // a plan closes only after the deadline
	ReasonStatus        = "unknown status" // WooshPay says a status that this code does not know
	ReasonLooks         = "looks fail"     // every look has failed for Terms.Blind
	ReasonMissing       = "missing"        // WooshPay has not known the dispute for Terms.Unknown
)

// remind calls a person when the deadline's reminder has come and the case will not end by itself.
func (c Case) remind(now time.Time, t Terms) Case {
	r, ok := c.reminder(t)
	if !ok || now.Before(r) || c.Dispute.Status.Class() != dispute.Closable || !c.wantsPerson() {
		return c
	}
	return c.tell(ReasonDeadline)
}

func (c Case) wantsPerson() bool {
	undecided := c.Decision == nil || c.FailedLooks > 0
	return undecided || c.State == Failed || c.State == Closing || c.inReview()
}

// inReview tells whether the rules asked for a person, and not in shadow only.
func (c Case) inReview() bool {
	return c.Decision != nil && c.Decision.Action == policy.Review && !c.Decision.Shadow
}

// toldSince returns the reasons for which a person was called since the earlier case.
func (c Case) toldSince(earlier Case) []string {
	var added []string
	for _, reason := range c.Told {
		if !slices.Contains(earlier.Told, reason) {
			added = append(added, reason)
		}
	}
	return added
}
