package analysis

import (
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// empty finds rules, or bounds of them, that no dispute can surely meet.
func (c *checker) empty() {
	for i := range c.doc.Rules {
		r, at := &c.doc.Rules[i], rulePath(i).Key("if")
		c.crossed(r, at)
		c.currencies(r, at)
		switch {
		case !c.sound(rulePath(i).Key("then")):
		case r.Then == policy.Close:
			c.closable(r, at)
		default:
			c.notTerminal(r, at)
		}
	}
}

// crossed reports intervals whose lower bound is above the upper one.
func (c *checker) crossed(r *policy.Rule, at Path) {
	for _, currency := range slices.Sorted(maps.Keys(r.If.Amount)) {
		b := r.If.Amount[currency]
		crossedBounds(c, b.AtLeast, b.AtMost, at.Key("amount").Key(currency))
	}
	if b := r.If.SubmissionCount; b != nil {
		crossedBounds(c, b.AtLeast, b.AtMost, at.Key("submission_count"))
	}
	if s := r.If.Age; s != nil {
		crossedBounds(c, s.AtLeast, s.AtMost, at.Key("age"))
	}
	if s := r.If.TimeLeft; s != nil {
		crossedBounds(c, s.AtLeast, s.AtMost, at.Key("time_left"))
	}
}

func crossedBounds[T int64 | policy.Duration](c *checker, least, most *T, at Path) {
	if least == nil || most == nil || *least <= *most || !c.sound(at) {
		return
	}
	c.report(Problem{Kind: NeverMatches, At: at.Key("at_most"), Also: at.Key("at_least"),
		Message: fmt.Sprintf("nothing is at least %v and at most %v", *least, *most),
		Hint:    "swap the two, or correct one"})
}

// currencies compares a rule's currency condition with the currencies its amount condition bounds.
func (c *checker) currencies(r *policy.Rule, at Path) {
	list, amount := r.If.Currency, r.If.Amount
	if list == nil || amount == nil || !c.sound(at.Key("currency")) || !c.sound(at.Key("amount")) {
		return
	}
	for n, currency := range list.In {
		if _, bounded := amount[currency]; !bounded {
			c.report(Problem{Kind: NeverMatches, At: at.Key("currency").Item(n), Also: at.Key("amount"),
				Message: fmt.Sprintf("%s is listed and has no bound in amount, so the rule never matches it", currency),
				Hint:    fmt.Sprintf("add a bound for %s, or take it off the list", currency)})
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(amount)) {
		if slices.Contains(list.Not, currency) || len(list.In) > 0 && !slices.Contains(list.In, currency) {
			c.report(Problem{Kind: NeverMatches, At: at.Key("amount").Key(currency), Also: at.Key("currency"),
				Message: fmt.Sprintf("a bound for %s, which the rule's currency excludes", currency),
				Hint:    "drop the bound, or the currency condition: amount matches only the currencies it lists"})
		}
	}
}

// closable reports what keeps a close rule from ever closing.
func (c *checker) closable(r *policy.Rule, at Path) {
	if r.If.Status != nil && c.sound(at.Key("status")) {
		for n, status := range r.If.Status.In {
			if dispute.Status(status).Class() != dispute.Closable {
				c.report(Problem{Kind: NeverMatches, At: at.Key("status").Item(n),
					Message: fmt.Sprintf("a dispute in %s can't be closed", status),
					Hint:    "only needs_response and warning_needs_response can"})
			}
		}
	}
	if r.If.Refunded != nil && *r.If.Refunded && c.sound(at.Key("refunded")) {
		c.report(Problem{Kind: NeverMatches, At: at.Key("refunded"),
			Message: "a dispute of a refunded charge is never closed: it can be won",
			Hint:    "say refunded: false, or drop the condition"})
	}
}

// notTerminal reports a keep or review rule for disputes that have ended.
func (c *checker) notTerminal(r *policy.Rule, at Path) {
	if r.If.Status == nil || len(r.If.Status.In) == 0 || !c.sound(at.Key("status")) {
		return
	}
	for _, status := range r.If.Status.In {
		if dispute.Status(status).Class() != dispute.Terminal {
			return
		}
	}
	c.report(Problem{Kind: NeverMatches, At: at.Key("status"),
		Message: "all its statuses are final, and rules do not apply to a dispute that has ended",
		Hint:    "list a status that is still open, or drop the rule"})
}
