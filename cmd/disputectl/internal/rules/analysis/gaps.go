package analysis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/policy"
)

// edge is one live rule's bounds in one currency.
type edge struct {
	rule int
	policy.Bounds
}

// gaps warns of amounts between two rules, equal in every other condition, that no rule can surely match.
func (c *checker) gaps(a *atlas) {
	alike := map[string][]edge{}
	for i := range c.doc.Rules {
		r := &c.doc.Rules[i]
		if !a.met[i] || r.Shadow {
			continue
		}
		rest := restKey(r.If)
		for currency, b := range r.If.Amount {
			if b.AtLeast == nil || b.AtMost == nil || *b.AtLeast <= *b.AtMost {
				alike[currency+" "+rest] = append(alike[currency+" "+rest], edge{i, b})
			}
		}
	}
	seen := map[amountRange]bool{}
	for _, key := range slices.Sorted(maps.Keys(alike)) {
		c.gapsBetween(a, key[:3], alike[key], seen)
	}
}

// restKey is the same for rules that are equal in every condition but amount.
func restKey(c policy.Conditions) string {
	c.Amount = nil
	for _, w := range []**policy.Words{&c.Status, &c.Currency} {
		*w = sortedWords(*w, asIs)
	}
	for _, w := range []**policy.Words{&c.ReasonType, &c.ReasonCode} {
		*w = sortedWords(*w, codeKey)
	}
	metadata := map[string]policy.Words{}
	for key, w := range c.Metadata {
		metadata[key] = *sortedWords(&w, asIs)
	}
	c.Metadata = metadata
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Sprintf("%+v", c)
	}
	return string(text)
}

func sortedWords(w *policy.Words, key func(string) string) *policy.Words {
	if w == nil {
		return nil
	}
	keys := func(list []string) []string {
		var out []string
		for _, text := range list {
			out = append(out, key(text))
		}
		slices.Sort(out)
		return out
	}
	return &policy.Words{In: keys(w.In), Not: keys(w.Not)}
}

// gapsBetween goes up the bounds of rules that are alike, and looks at what lies between one's end and the next one's start.
func (c *checker) gapsBetween(a *atlas, currency string, edges []edge, seen map[amountRange]bool) {
	low := func(e edge) int64 {
		if e.AtLeast == nil {
			return 1
		}
		return *e.AtLeast
	}
	slices.SortStableFunc(edges, func(x, y edge) int { return cmp.Compare(low(x), low(y)) })
	highest := edges[0]
	for _, e := range edges[1:] {
		if highest.AtMost == nil {
			return
		}
		if low(e) > *highest.AtMost {
			c.gap(a, currency, highest, e, seen)
		}
		if e.AtMost == nil || *e.AtMost > *highest.AtMost {
			highest = e
		}
	}
}

// gap reports the undecided amounts above one rule's bounds and below another's.
func (c *checker) gap(a *atlas, currency string, below, above edge, seen map[amountRange]bool) {
	at := rulePath(above.rule).Key("if").Key("amount").Key(currency).Key("at_least")
	for _, r := range c.undecidedAmounts(a, currency, *below.AtMost+1, *above.AtLeast-1) {
		if seen[r] {
			continue
		}
		seen[r] = true
		c.report(Problem{Kind: Gap, At: at, Also: rulePath(below.rule).Key("if").Key("amount").Key(currency).Key("at_most"),
			Message: fmt.Sprintf("no rule decides %s: %q ends below and %q begins above", r, c.doc.Rules[below.rule].Name, c.doc.Rules[above.rule].Name),
			Hint:    "let the two bounds meet, or add a rule for what lies between"})
	}
}

// amountRange is a range of amounts in a currency, inclusive.
type amountRange struct {
	currency  string
	low, high int64
}

func (r amountRange) String() string {
	if r.low == r.high {
		return fmt.Sprintf("%d %s", r.low, r.currency)
	}
	return fmt.Sprintf("%d to %d %s", r.low, r.high, r.currency)
}

// undecidedAmounts returns the amounts from low to high that no live rule can surely match, whatever the other facts.
func (c *checker) undecidedAmounts(a *atlas, currency string, low, high int64) []amountRange {
	n := slices.Index(a.space.money.currencies, currency)
	starts := a.space.money.amounts[n].starts
	decided := newSet(len(starts))
	for i := range c.doc.Rules {
		if a.met[i] && !c.doc.Rules[i].Shadow {
			for _, atom := range a.space.amountsAt(a.regions[i], currency) {
				decided.add(atom)
			}
		}
	}
	var ranges []amountRange
	for atom, start := range starts {
		if start < low || start > high || decided.has(atom) {
			continue
		}
		end := high
		if atom+1 < len(starts) {
			end = min(high, starts[atom+1]-1)
		}
		if last := len(ranges) - 1; last >= 0 && ranges[last].high+1 == start {
			ranges[last].high = end
			continue
		}
		ranges = append(ranges, amountRange{currency, start, end})
	}
	return ranges
}
