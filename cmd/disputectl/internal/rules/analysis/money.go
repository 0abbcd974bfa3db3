package analysis

import (
	"maps"
	"slices"

	"disputecloser/shared/policy"
)

// money is the dimension of currency and amount together. Its atoms are, for each currency that conditions mention,
// its amounts and an unknown one; then one for every other currency, and one for an unknown currency.
type money struct {
	currencies []string
	amounts    []numbers
	// first is where a currency's atoms begin.
	first []int
	total int
}

func moneyOf(rules []policy.Rule) money {
	all := map[string]cuts{}
	mention := func(currency string) cuts {
		if _, ok := all[currency]; !ok {
			all[currency] = newCuts(1)
		}
		return all[currency]
	}
	for i := range rules {
		c := &rules[i].If
		if c.Currency != nil {
			for _, currency := range slices.Concat(c.Currency.In, c.Currency.Not) {
				mention(currency)
			}
		}
		for currency, b := range c.Amount {
			mention(currency).bound(b.AtLeast, b.AtMost)
		}
	}
	var m money
	for _, currency := range slices.Sorted(maps.Keys(all)) {
		m.currencies = append(m.currencies, currency)
		m.amounts = append(m.amounts, all[currency].numbers())
		m.first = append(m.first, m.total)
		m.total += all[currency].numbers().size()
	}
	m.total += 2
	return m
}

// conditions adds to no what a rule's amount and currency conditions surely exclude, and to unsure what they leave open.
func (m money) conditions(c *policy.Conditions, no, unsure set) {
	for n, currency := range m.currencies {
		for a := range m.amounts[n].size() {
			judge(m.currency(c, currency), m.first[n]+a, no, unsure)
			judge(m.amount(c, n, a), m.first[n]+a, no, unsure)
		}
	}
	other, unknown := m.total-2, m.total-1
	judge(m.currency(c, ""), other, no, unsure)
	if c.Amount != nil {
		no.add(other)
	}
	if c.Amount != nil || c.Currency != nil {
		unsure.add(unknown)
	}
}

// currency is the currency condition's outcome; any currency that no condition mentions is the empty text.
func (m money) currency(c *policy.Conditions, currency string) policy.Truth {
	switch w := c.Currency; {
	case w == nil:
		return policy.Yes
	case len(w.In) > 0:
		return truth(slices.Contains(w.In, currency))
	default:
		return truth(!slices.Contains(w.Not, currency))
	}
}

func (m money) amount(c *policy.Conditions, currency, atom int) policy.Truth {
	if c.Amount == nil {
		return policy.Yes
	}
	b, listed := c.Amount[m.currencies[currency]]
	if !listed {
		return policy.No
	}
	return m.amounts[currency].try(b.AtLeast, b.AtMost, atom)
}
