package policy

import (
	"encoding/json"
	"strings"
	"time"

	"disputecloser/shared/dispute"
)

// Facts is what the rules may ask about a dispute. Every fact may be unknown.
type Facts struct {
	// Status and Currency are empty if unknown. Currency is lower case.
	Status, Currency       string
	ReasonType, ReasonCode Code
	// Amount is in the minor unit of Currency.
	Amount dispute.Maybe[int64]
	// Age is the time since the dispute was created. TimeLeft is the time until due_by, negative after it.
	Age, TimeLeft                            dispute.Maybe[time.Duration]
	SubmissionCount                          dispute.Maybe[int64]
	HasEvidence, PastDue, Refunded, Livemode dispute.Maybe[bool]
	// Metadata is nil if unknown; each value is its JSON text.
	Metadata map[string]json.RawMessage
	// DueKnown reports whether there is a due_by for `before_due` to count from.
	DueKnown bool
}

// maxLead is how far WooshPay's clock may be ahead of ours. The age of a dispute that was created within it is 0, and of
// one that was created later it is unknown.
const maxLead = 5 * time.Minute

// FactsOf returns what is known of d at an instant. Refunded is what a read of the charge says, unknown if it does not say.
// A refund that the dispute's own copy of the charge shows counts as well: that copy can stop a close, never permit one.
func FactsOf(d dispute.Dispute, refunded dispute.Maybe[bool], at time.Time) Facts {
	f := Facts{
		Status:          string(d.Status),
		Currency:        strings.ToLower(d.Currency),
		ReasonType:      CodeOf(d.ReasonType),
		ReasonCode:      CodeOf(d.ReasonCode),
		Amount:          d.Amount,
		SubmissionCount: d.SubmissionCount,
		HasEvidence:     d.HasEvidence,
		PastDue:         d.PastDue,
		Refunded:        refunded,
		Livemode:        d.Livemode,
		Metadata:        d.Metadata,
	}
	if dispute.Is(d.ChargeRefunded, true) {
		f.Refunded = d.ChargeRefunded
	}
	if age := at.Sub(d.Created); !d.Created.IsZero() && age >= -maxLead {
		f.Age = dispute.Known(max(age, 0))
	}
	if !d.DueBy.IsZero() {
		f.TimeLeft = dispute.Known(d.DueBy.Sub(at))
		f.DueKnown = true
	}
	return f
}
