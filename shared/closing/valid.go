package closing

import (
	"errors"
	"fmt"
	"slices"
)

// has says whether a field of a stored case is set in a state.
type has int

const (
	never has = iota
	maybe
	always
)

// fields says which fields may be set in which state, in the order of a case's life. What is not listed, such as the
// decision, the override and the history, may be set in any.
//
//	plan: PlannedAt and CloseAt       claim: ClaimID            until: ClaimUntil
//	posted: PostedAt and Spent        proof: Proof              due: DueAt
//
// A finished case is due only while it is armed by news that contradicts it, or while WooshPay cannot be asked about that.
var fields = map[State]struct{ plan, claim, until, posted, proof, due has }{
	Open:      {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: always},
	Scheduled: {plan: always, claim: never, until: maybe, posted: maybe, proof: never, due: always},
	Closing:   {plan: always, claim: always, until: always, posted: always, proof: never, due: always},
	Closed:    {plan: never, claim: never, until: never, posted: always, proof: always, due: maybe},
	Failed:    {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: always},
	Resolved:  {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: maybe},
	Missing:   {plan: never, claim: never, until: never, posted: maybe, proof: never, due: maybe},
}

// Invalid returns what no stored case may look like, by the table of fields; nil if nothing is wrong. The tests, the
// contract suite and the simulation hold every case to it that is stored.
func (c Case) Invalid() error {
	f, known := fields[c.State]
	if !known {
		return fmt.Errorf("case %s: no such state: %q", c.ID, c.State)
	}
	var errs []error
	check := func(field string, want has, set bool) {
		if want == always && !set || want == never && set {
			errs = append(errs, fmt.Errorf("%s is set: %t", field, set))
		}
	}
	check("planned_at", f.plan, !c.PlannedAt.IsZero())
	check("close_at", f.plan, !c.CloseAt.IsZero())
	check("claim_id", f.claim, c.ClaimID != "")
	check("claim_until", f.until, !c.ClaimUntil.IsZero())
	check("posted_at", f.posted, !c.PostedAt.IsZero())
	check("spent", f.posted, c.Spent != Spend{})
	check("proof", f.proof, c.Proof != "")
	check("due_at", f.due, !c.DueAt.IsZero())
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c.ID == "", "it has no id"},
		{c.Ambiguous && c.State != Closing, "it is ambiguous without a claim"},
		{c.Armed() && c.DueAt.IsZero(), "it is armed and not due"},
		{c.State.Finished() && !c.DueAt.IsZero() && !c.Armed() && c.FailedLooks == 0, "it is finished and due"},
		{(c.FailedLooks > 0) != !c.FailedSince.IsZero(), "failed_looks and failed_since disagree"},
		{c.State == Missing && c.UnknownSince.IsZero(), "it is missing, and WooshPay knows the dispute"},
		{c.State == Closed && !slices.Contains([]Proof{Answered, Inferred}, c.Proof), "its proof is not one"},
	} {
		if rule.broken {
			errs = append(errs, errors.New(rule.text))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("case %s, %s: %w", c.ID, c.State, errors.Join(errs...))
}
