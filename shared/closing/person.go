package closing

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Two reasons to need a person for which nobody is notified apart from ReasonReview: an operator's close that a guard
// stopped, and a review because of a refund, which no rule asked for.
const (
	ReasonStopped = "stopped"
	ReasonRefund  = "refund"
)

// Person returns why a case waits for a person now. There is no reason for one that goes on by itself in time, nor for one
// that an operator keeps, whatever a person was told of it before.
func Person(c Case) []string {
	reasons := []string{}
	d, o := c.Decision, c.Override
	switch {
	case c.State == Closed && slices.Contains(c.Told, ReasonContradiction):
		return append(reasons, ReasonContradiction)
	case c.State.Finished():
		return reasons
	case c.State == Failed:
		reasons = append(reasons, ReasonFailed)
	case o != nil && o.Action == policy.Keep:
		return reasons
	case d != nil && d.Operator != "" && d.Guard != "":
		reasons = append(reasons, ReasonStopped)
	case o == nil && d != nil && d.Action == policy.Review && !d.Shadow && d.Guard == policy.GuardRefunded:
		reasons = append(reasons, ReasonRefund)
	case o == nil && d != nil && d.Action == policy.Review && !d.Shadow:
		reasons = append(reasons, ReasonReview)
	}
	for _, call := range []struct {
		reason string
		lasts  bool
	}{
		{ReasonDeadline, c.Dispute.Status.Class() == dispute.Closable},
		{ReasonLate, c.State == Scheduled && c.Late()},
		{ReasonStatus, !c.Dispute.Status.Known()},
		{ReasonLooks, true}, // It is forgotten with the first look that succeeds.
	} {
		if call.lasts && slices.Contains(c.Told, call.reason) {
			reasons = append(reasons, call.reason)
		}
	}
	return reasons
}

// Urgency is what orders unfinished cases for a person.
type Urgency struct {
	ID    dispute.ID
	State State
	// Person means that the case waits for a person.
	Person bool
	// Deadline is zero if unknown.
	Deadline, DueAt time.Time
}

// Compare puts first what waits for a person, by deadline, then what may be conceded at this moment, what will be, and the
// rest, by the next date.
func (u Urgency) Compare(other Urgency) int {
	date := u.DueAt.Compare(other.DueAt)
	if u.Person {
		date = sooner(u.Deadline, other.Deadline)
	}
	return cmp.Or(cmp.Compare(u.rank(), other.rank()), date, cmp.Compare(u.ID, other.ID))
}

func (u Urgency) rank() int {
	switch {
	case u.Person:
		return 0
	case u.State == Closing:
		return 1
	case u.State == Scheduled:
		return 2
	}
	return 3
}

// sooner compares two deadlines; an unknown one comes last.
func sooner(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		return cmp.Compare(b.Unix(), a.Unix()) // The zero instant is the earliest of all.
	}
	return a.Compare(b)
}
