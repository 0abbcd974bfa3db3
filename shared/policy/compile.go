package policy

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// Compile makes a document ready to decide. It returns an error that joins every fault of form, such as a close rule
// without a clock. It does not check whether the rules make sense together; package analysis does.
func Compile(d Document) (*Policy, error) {
	if err := d.faults(); err != nil {
		return nil, err
	}
	hash, err := d.behaviour()
	if err != nil {
		return nil, err
	}
	p := &Policy{
		hash:        hash,
		live:        d.Mode == Live,
		environment: d.Environment,
		refunds:     d.Refunds,
		ceiling:     maps.Clone(d.Ceiling),
		budget:      make(map[string]Budget, len(d.Budget.Spend)),
		rules:       make([]rule, len(d.Rules)),
	}
	for currency, spend := range d.Budget.Spend {
		p.budget[currency] = Budget{Closes: spend.Closes, Amount: spend.Amount, Failures: d.Budget.Failures}
	}
	for i := range d.Rules {
		p.rules[i] = compileRule(&d.Rules[i], i, p.live)
	}
	return p, nil
}

func compileRule(r *Rule, index int, live bool) rule {
	compiled := rule{
		name:    r.Name,
		then:    r.Then,
		shadow:  r.Shadow,
		verdict: Verdict{Action: r.Then, Rule: r.Name, Index: index, Clock: r.Clock(), Shadow: !live},
	}
	compiled.predicates = predicatesOf(&r.If)
	if r.BeforeDue != nil {
		due := predicate{kind: ofDueBy, want: "known, for before_due: " + r.BeforeDue.String()}
		compiled.predicates = append(compiled.predicates, due)
	}
	return compiled
}

func predicatesOf(c *Conditions) []predicate {
	var all []predicate
	words := func(kind kind, w *Words, key func(string) string) {
		if w != nil {
			all = append(all, wordsPredicate(kind, *w, key))
		}
	}
	flag := func(kind kind, want *bool) {
		if want != nil {
			all = append(all, predicate{kind: kind, want: strconv.FormatBool(*want), flag: *want})
		}
	}
	span := func(kind kind, s *Span) {
		if s != nil {
			all = append(all, predicate{kind: kind, want: s.String(), bounds: intervalOf((*int64)(s.AtLeast), (*int64)(s.AtMost))})
		}
	}
	words(ofStatus, c.Status, asIs)
	words(ofCurrency, c.Currency, asIs)
	if c.Amount != nil {
		all = append(all, amountPredicate(c.Amount))
	}
	words(ofReasonType, c.ReasonType, codeKey)
	words(ofReasonCode, c.ReasonCode, codeKey)
	flag(ofHasEvidence, c.HasEvidence)
	flag(ofPastDue, c.PastDue)
	flag(ofRefunded, c.Refunded)
	flag(ofLivemode, c.Livemode)
	span(ofAge, c.Age)
	span(ofTimeLeft, c.TimeLeft)
	if b := c.SubmissionCount; b != nil {
		all = append(all, predicate{kind: ofSubmissionCount, want: b.String(), bounds: intervalOf(b.AtLeast, b.AtMost)})
	}
	for _, key := range slices.Sorted(maps.Keys(c.Metadata)) {
		label := wordsPredicate(ofMetadata, c.Metadata[key], asIs)
		label.label = key
		all = append(all, label)
	}
	return all
}

func asIs(s string) string { return s }

func wordsPredicate(kind kind, w Words, key func(string) string) predicate {
	c := predicate{kind: kind, want: w.String(), negate: len(w.Not) > 0}
	for _, text := range slices.Concat(w.In, w.Not) {
		c.words = append(c.words, key(text))
	}
	return c
}

func amountPredicate(amounts map[string]Bounds) predicate {
	c := predicate{kind: ofAmount, want: amountText(amounts)}
	for _, currency := range slices.Sorted(maps.Keys(amounts)) {
		b := amounts[currency]
		c.amounts = append(c.amounts, amountBound{currency, intervalOf(b.AtLeast, b.AtMost)})
	}
	return c
}

func intervalOf(least, most *int64) interval {
	i := interval{low: math.MinInt64, high: math.MaxInt64}
	if least != nil {
		i.low = *least
	}
	if most != nil {
		i.high = *most
	}
	return i
}
