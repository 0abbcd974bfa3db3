package view

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Two reasons that package closing does not tell apart from its own: an operator's close that a guard stopped, and a review
// because of a refund, which no rule asked for.
const (
	reasonStopped = "stopped"
	reasonRefund  = "refund"
)

// Person returns why a case waits for a person now. There is no reason for one that goes on by itself in time, nor for one
// that an operator keeps, whatever a person was told of it before.
func Person(c closing.Case) []string {
	reasons := []string{}
	d, o := c.Decision, c.Override
	switch {
	case c.State == closing.Closed && slices.Contains(c.Told, closing.ReasonContradiction):
		return append(reasons, closing.ReasonContradiction)
	case c.State.Finished():
		return reasons
	case c.State == closing.Failed:
		reasons = append(reasons, closing.ReasonFailed)
	case o != nil && o.Action == policy.Keep:
		return reasons
	case d != nil && d.Operator != "" && d.Guard != "":
		reasons = append(reasons, reasonStopped)
	case o == nil && d != nil && d.Action == policy.Review && !d.Shadow && d.Guard == policy.GuardRefunded:
		reasons = append(reasons, reasonRefund)
	case o == nil && d != nil && d.Action == policy.Review && !d.Shadow:
		reasons = append(reasons, closing.ReasonReview)
	}
	for _, call := range []struct {
		reason string
		lasts  bool
	}{
		{closing.ReasonDeadline, c.Dispute.Status.Class() == dispute.Closable},
		{closing.ReasonLate, c.State == closing.Scheduled && c.Late()},
		{closing.ReasonStatus, !c.Dispute.Status.Known()},
		{closing.ReasonLooks, true}, // It is forgotten with the first look that succeeds.
	} {
		if call.lasts && slices.Contains(c.Told, call.reason) {
			reasons = append(reasons, call.reason)
		}
	}
	return reasons
}

// rank orders rows: what waits for a person, what may be conceded at this moment, what will be, and the rest.
func (r Row) rank() int {
	switch {
	case len(r.Person) > 0:
		return 0
	case r.State == closing.Closing:
		return 1
	case r.State == closing.Scheduled:
		return 2
	}
	return 3
}

// SortRows puts first what waits for a person, by deadline, and then the rest, by the next date.
func SortRows(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		date := a.DueAt.Compare(b.DueAt)
		if len(a.Person) > 0 {
			date = sooner(a.Deadline, b.Deadline)
		}
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), date, cmp.Compare(a.Dispute, b.Dispute))
	})
}

// sooner compares two deadlines; an unknown one comes last.
func sooner(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		return cmp.Compare(b.Unix(), a.Unix()) // The zero instant is the earliest of all.
	}
	return a.Compare(b)
}
