package analysis

import (
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/policy"
)

// limits finds close rules that are not bounded by status, amount, ceiling and budget.
func (c *checker) limits() {
	largest := map[string]bound{}
	for i := range c.doc.Rules {
		if c.doc.Rules[i].Then == policy.Close {
			c.statuses(i)
			c.amounts(i, largest)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(largest)) {
		c.budget(currency, largest[currency])
	}
}

// bound is an upper bound of a close rule and where it stands.
type bound struct {
	amount int64
	at     Path
}

func (c *checker) statuses(i int) {
	at, status := rulePath(i).Key("if").Key("status"), c.doc.Rules[i].If.Status
	if !c.sound(at) || status != nil && len(status.Not) == 0 {
		return
	}
	if status == nil {
		at = rulePath(i).Key("then")
	}
	c.report(Problem{
		Kind: Limits, At: at,
		Message: "a close rule must list its statuses",
		Hint:    "say which ones it closes: status: [needs_response]",
	})
}

func (c *checker) amounts(i int, largest map[string]bound) {
	at, amount := rulePath(i).Key("if").Key("amount"), c.doc.Rules[i].If.Amount
	if amount == nil && c.sound(at) {
		c.report(Problem{
			Kind: Limits, At: rulePath(i).Key("then"),
			Message: "a close rule must have an upper amount bound for every currency it can match",
			Hint:    "add a bound in minor units: amount: {usd: {at_most: 1500}}",
		})
	}
	for _, currency := range slices.Sorted(maps.Keys(amount)) {
		if !c.sound(at.Key(currency)) {
			continue
		}
		c.allowed(currency, at.Key(currency))
		most := amount[currency].AtMost
		if most == nil {
			c.report(Problem{
				Kind: Limits, At: at.Key(currency),
				Message: fmt.Sprintf("a close rule must have an upper bound for %s", currency),
				Hint:    "add at_most, in minor units",
			})
			continue
		}
		b := bound{*most, at.Key(currency).Key("at_most")}
		c.ceiling(currency, b)
		if known, ok := largest[currency]; !ok || known.amount < b.amount {
			largest[currency] = b
		}
	}
}

// allowed reports a close rule's currency that has no ceiling or no budget.
func (c *checker) allowed(currency string, at Path) {
	_, hasCeiling := c.doc.Ceiling[currency]
	_, hasBudget := c.doc.Budget.Spend[currency]
	for _, limit := range []struct {
		name  string
		given bool
		form  string
	}{{"ceiling", hasCeiling, "%s: 5000"}, {"budget", hasBudget, "%s: {closes: 50, amount: 50000}"}} {
		if place := Path("").Key(limit.name); !limit.given && c.sound(place.Key(currency)) {
			c.report(Problem{
				Kind: Limits, At: at, Also: place,
				Message: fmt.Sprintf("%s has no %s, so this rule may never close it", currency, limit.name),
				Hint:    fmt.Sprintf("add %s to %s, or drop the currency from the rule", fmt.Sprintf(limit.form, currency), limit.name),
			})
		}
	}
}

func (c *checker) ceiling(currency string, b bound) {
	ceiling, given := c.doc.Ceiling[currency]
	place := Path("/ceiling").Key(currency)
	if !given || b.amount <= ceiling || !c.sound(place) || !c.sound(b.at) {
		return
	}
	c.report(Problem{
		Kind: Limits, At: b.at, Also: place,
		Message: fmt.Sprintf("the bound %d is above the ceiling of %d %s", b.amount, ceiling, currency),
		Hint:    fmt.Sprintf("lower the bound to %d, or raise the ceiling", ceiling),
	})
}

// budget reports a day's budget that is smaller than one close of the largest bound.
func (c *checker) budget(currency string, largest bound) {
	spend, given := c.doc.Budget.Spend[currency]
	place := Path("/budget").Key(currency)
	if !given {
		return
	}
	if at := place.Key("amount"); spend.Amount < largest.amount && c.sound(at) && c.sound(largest.at) {
		c.report(Problem{
			Kind: Limits, At: at, Also: largest.at,
			Message: fmt.Sprintf("the budget of %d %s a day is smaller than one close of %d", spend.Amount, currency, largest.amount),
			Hint:    fmt.Sprintf("raise it to %d or more, or lower the bound", largest.amount),
		})
	}
	if at := place.Key("closes"); spend.Closes == 0 && c.sound(at) {
		c.report(Problem{
			Kind: Limits, At: at, Also: largest.at,
			Message: fmt.Sprintf("a budget of no closes a day, but a rule closes %s", currency),
			Hint:    "allow 1 or more, or drop the currency from the rules that close it",
		})
	}
}
