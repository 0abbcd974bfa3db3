package dispute

// Status is WooshPay's status of a dispute. A status that is not known here is kept as it came.
type Status string

// The statuses of WooshPay's documentation (Dispute.status of its OpenAPI document).
const (
	WarningNeedsResponse Status = "warning_needs_response"
	WarningUnderReview   Status = "warning_under_review"
	WarningClosed        Status = "warning_closed"
	NeedsResponse        Status = "needs_response"
	UnderReview          Status = "under_review"
	ChargeRefunded       Status = "charge_refunded"
	Won                  Status = "won"
	Lost                 Status = "lost"
	EarlyDisputeWarning  Status = "early_dispute_warning"
	EarlyDisputeResolved Status = "early_dispute_resolved"
)

// Class says what may be done with a dispute of a status.
type Class int

const (
	// Never is the class of statuses that are only stored and reported: early warnings, which are answered by a refund and
	// not by a concession, and every status that is not known here.
	Never Class = iota
	// Closable disputes wait for the merchant's answer. An inquiry is closable only by a rule that names it.
	Closable
	// Waiting disputes are with the bank.
	Waiting
	// Terminal disputes have ended.
	Terminal
)

var classes = map[Status]Class{
	WarningNeedsResponse: Closable,
	NeedsResponse:        Closable,
	WarningUnderReview:   Waiting,
	UnderReview:          Waiting,
	WarningClosed:        Terminal,
	ChargeRefunded:       Terminal,
	Won:                  Terminal,
	Lost:                 Terminal,
	EarlyDisputeResolved: Terminal,
	EarlyDisputeWarning:  Never,
}

// Class returns what may be done with a dispute of this status; Never for a status not known here.
func (s Status) Class() Class { return classes[s] }

// Known reports whether WooshPay's documentation lists the status.
func (s Status) Known() bool {
	_, ok := classes[s]
	return ok
}

// Statuses returns the documented statuses in the order of the documentation.
func Statuses() []Status {
	return []Status{WarningNeedsResponse, WarningUnderReview, WarningClosed, NeedsResponse, UnderReview,
		ChargeRefunded, Won, Lost, EarlyDisputeWarning, EarlyDisputeResolved}
}

// MayFollowClose reports whether a dispute that stood at s when its close was sent may have been closed by
// that close if it stands at now. A dispute becomes lost, as in WooshPay's sample. An inquiry ends as
// warning_closed or lost; that is a guess, because the API resembles Stripe's, which allows both.
func (s Status) MayFollowClose(now Status) bool {
	return now == Lost || s == WarningNeedsResponse && now == WarningClosed
}
