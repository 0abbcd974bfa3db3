package analysis

import (
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/policy"
)

// fewCloses is how many closes a day's budget should allow at least.
const fewCloses = 3

// budgets warns of budgets that a few closes would spend, in currencies that a live rule closes.
func (c *checker) budgets() {
	used := map[string]bool{}
	for i := range c.doc.Rules {
		if r := &c.doc.Rules[i]; r.Then == policy.Close && !r.Shadow {
			for currency := range r.If.Amount {
				used[currency] = true
			}
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(used)) {
		spend, given := c.doc.Budget.Spend[currency]
		ceiling, limited := c.doc.Ceiling[currency]
		at, limit := Path("/budget").Key(currency), Path("/ceiling").Key(currency)
		if !given || !c.sound(at) {
			continue
		}
		if spend.Closes > 0 && spend.Closes < fewCloses {
			c.report(Problem{Kind: ThinBudget, At: at.Key("closes"),
				Message: fmt.Sprintf("the day's budget ends after %d closes of %s", spend.Closes, currency),
				Hint:    fmt.Sprintf("allow %d or more, unless you want so few", fewCloses)})
		}
		if limited && spend.Amount/fewCloses < ceiling && c.sound(limit) {
			c.report(Problem{Kind: ThinBudget, At: at.Key("amount"), Also: limit,
				Message: fmt.Sprintf("fewer than %d closes at the ceiling of %d %s spend the day's budget of %d", fewCloses, ceiling, currency, spend.Amount),
				Hint:    "raise the budget, or lower the ceiling"})
		}
	}
}
