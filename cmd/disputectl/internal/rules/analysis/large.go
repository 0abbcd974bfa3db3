package analysis

import (
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// From these amounts on, in rough US dollars, a limit is large whatever the merchant's size: what is conceded without a
// person, what anybody may concede at once, and what a day may concede.
const (
	largeBound   = 500
	largeCeiling = 5_000
	largeBudget  = 50_000
)

// large warns of limits of what live rules close that are large in absolute terms. An amount in a currency without decimals
// may be in the wrong unit, and its bound is left to units.
func (c *checker) large() {
	used := map[string]bool{}
	for i := range c.doc.Rules {
		r, at := &c.doc.Rules[i], rulePath(i).Key("if").Key("amount")
		if r.Then != policy.Close || r.Shadow {
			continue
		}
		for _, code := range slices.Sorted(maps.Keys(r.If.Amount)) {
			used[code] = true
			bound := r.If.Amount[code].AtMost
			if known, _ := currency.Lookup(code); bound != nil && known.Decimals > 0 {
				c.largeAt(at.Key(code).Key("at_most"), *bound, code, largeBound, "every dispute up to %s is closed without a person")
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(used)) {
		c.largeAt(Path("/ceiling").Key(code), c.doc.Ceiling[code], code, largeCeiling, "a dispute of %s may be closed")
		c.largeAt(Path("/budget").Key(code).Key("amount"), c.doc.Budget.Spend[code].Amount, code, largeBudget, "%s may be conceded in one day")
	}
}

func (c *checker) largeAt(at Path, amount int64, code string, from float64, what string) {
	known, _ := currency.Lookup(code)
	if known.Dollars(amount) < from || !c.sound(at) {
		return
	}
	c.report(Problem{Kind: Large, At: at,
		Message: fmt.Sprintf(what, currency.Text(amount, code)) + ", which is large",
		Hint:    "look for a digit too many; `disputectl policy backtest` says what it would have conceded"})
}
