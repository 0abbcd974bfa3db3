package analysis

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"disputecloser/shared/policy"
)

// untested finds live close rules that lack, for a currency, a test that they close or a test that they do not close one
// minor unit above their bound.
func (c *checker) untested() {
	if c.doc.Mode != policy.Live || !c.sound("/tests") {
		return
	}
	for i := range c.doc.Rules {
		r, at := &c.doc.Rules[i], rulePath(i).Key("if").Key("amount")
		if r.Then != policy.Close || r.Shadow || !c.sound(rulePath(i)) {
			continue
		}
		for _, currency := range slices.Sorted(maps.Keys(r.If.Amount)) {
			if most := r.If.Amount[currency].AtMost; most != nil {
				c.tested(r, currency, *most, at.Key(currency).Key("at_most"))
			}
		}
	}
}

func (c *checker) tested(r *policy.Rule, currency string, most int64, at Path) {
	closing := c.closingTests(r, currency)
	if len(closing) == 0 {
		c.report(Problem{Kind: Untested, At: at,
			Message: fmt.Sprintf("a live policy needs a test that %q closes in %s", r.Name, currency),
			Hint:    fmt.Sprintf("add a test with currency: %s and expect: {then: close, rule: %q}", currency, r.Name)})
		return
	}
	// Above the largest number there is nothing to test.
	if most == math.MaxInt64 || slices.ContainsFunc(closing, func(s policy.Sample) bool { return c.refuses(r, s, most+1) }) {
		return
	}
	c.report(Problem{Kind: Untested, At: at,
		Message: fmt.Sprintf("a live policy needs a test that %q does not close %d %s", r.Name, most+1, currency),
		Hint:    fmt.Sprintf("repeat a test that it closes with amount: %d, and expect what happens instead", most+1)})
}

func (c *checker) closingTests(r *policy.Rule, currency string) []policy.Sample {
	var closing []policy.Sample
	for _, t := range c.doc.Tests {
		if closes(t.Expect, r) && t.Dispute.Currency != nil && *t.Dispute.Currency == currency {
			closing = append(closing, t.Dispute)
		}
	}
	return closing
}

func closes(e policy.Expect, r *policy.Rule) bool { return e.Then == policy.Close && e.Rule == r.Name }

// refuses reports whether a test like s, but of another amount, expects that the rule does not close.
func (c *checker) refuses(r *policy.Rule, s policy.Sample, amount int64) bool {
	s.Amount = &amount
	want := factsKey(s)
	return slices.ContainsFunc(c.doc.Tests, func(t policy.Test) bool {
		return factsKey(t.Dispute) == want && !closes(t.Expect, r)
	})
}
