package policy

import (
	"time"

	"disputecloser/shared/dispute"
)

// Action is what a rule or an operator decides about a dispute.
type Action string

// The three actions. Review is Keep that asks for a person.
const (
	Close  Action = "close"
	Keep   Action = "keep"
	Review Action = "review"
)

// Truth is the outcome of a condition on facts that may be unknown. The zero value is Unknown.
type Truth int8

// The three outcomes; not Unknown is Unknown.
const (
	No      Truth = -1
	Unknown Truth = 0
	Yes     Truth = 1
)

func (t Truth) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	default:
		return "unknown"
	}
}

// Clock says when a planned close may happen. At most one of the two is known.
type Clock struct {
	// After counts from the decision that planned the close.
	After dispute.Maybe[time.Duration]
	// BeforeDue counts back from the dispute's due_by.
	BeforeDue dispute.Maybe[time.Duration]
}

// Check is one condition of a rule as it was tried: the value that it met and what came of it.
type Check struct {
	// Name is the policy file's word, such as "amount" or "metadata.order".
	Name string
	// Want is the condition as the policy file states it.
	Want string
	// Seen is the fact's value as text, empty if unknown.
	Seen    string
	Outcome Truth
}

// Tried is one rule that was tried on the way to a decision.
type Tried struct {
	Rule   string
	Then   Action
	Shadow bool
	// Matched reports whether the rule matched: a close rule if all its conditions are Yes, any other if none is No.
	Matched    bool
	Conditions []Check
}

// Decision is what is to be done with a dispute, and why.
type Decision struct {
	Action Action
	// Rule is the rule that decided; empty if none matched.
	Rule string
	// Shadow means that the decision is only recorded, because the policy's mode is shadow.
	Shadow bool
	// Policy is the hash of the policy that decided.
	Policy string
	At     time.Time
	// Clock is set for Close only.
	Clock Clock
	// Guard names the guard that stopped a rule's or an operator's close; empty if none did.
	Guard Guard
	// GuardReason explains why the guard stopped it, where the guard's name does not.
	GuardReason string
	// RefundsUnavailable means that the policy says refunds: unavailable, so an unknown refund of the charge stops nothing.
	RefundsUnavailable bool
	// Doubt names the unknown facts that stopped a close or asked for a person.
	Doubt []string
	// Operator is who overrode the rules; empty if nobody did.
	Operator string
	Tried    []Tried
}

// Budget limits one currency's closes of one UTC day.
type Budget struct {
	Closes int64
	// Amount is in the currency's minor unit.
	Amount int64
	// Failures is how many permanent failures stop further closes.
	Failures int64
}
