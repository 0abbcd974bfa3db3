package policy

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// Compile works out a policy's meaning. It returns an error that joins every fault of form, such as a
// close rule without a clock; whether the rules make sense together is not its matter.
func Compile(d Document) (*Policy, error) {
	if err := d.faults(); err != nil {
		return nil, err
	}
	hash, err := d.behaviour()
	if err != nil {
		return nil, err
	}
	p := &Policy{
		hash:    hash,
		live:    d.Mode == Live,
		ceiling: maps.Clone(d.Ceiling),
		budget:  make(map[string]Budget, len(d.Budget.Spend)),
		rules:   make([]rule, len(d.Rules)),
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
	clock := Clock{After: span(r.After), BeforeDue: span(r.BeforeDue)}
	compiled := rule{
		name:    r.Name,
		then:    r.Then,
		shadow:  r.Shadow,
		verdict: Verdict{Action: r.Then, Rule: r.Name, Index: index, Clock: clock, Shadow: !live},
	}
	compiled.conditions = compileConditions(&r.If)
	if r.BeforeDue != nil {
		due := condition{kind: isDue, name: "due_by", want: "known, for before_due: " + r.BeforeDue.String()}
		compiled.conditions = append(compiled.conditions, due)
	}
	return compiled
}

func compileConditions(c *Conditions) []condition {
	var all []condition
	words := func(kind kind, name string, w *Words, key func(string) string) {
		if w != nil {
			all = append(all, wordsCondition(kind, name, *w, key))
		}
	}
	spans := func(name string, s *Span) {
		if s != nil {
			bounds := intervalOf((*int64)(s.AtLeast), (*int64)(s.AtMost))
			all = append(all, condition{kind: isSpan, name: name, want: s.String(), bounds: bounds})
		}
	}
	flag := func(name string, want *bool) {
		if want != nil {
			all = append(all, condition{kind: isFlag, name: name, want: strconv.FormatBool(*want), flag: *want})
		}
	}
	words(isWord, "status", c.Status, asIs)
	words(isWord, "currency", c.Currency, asIs)
	if c.Amount != nil {
		all = append(all, amountCondition(c.Amount))
	}
	words(isCode, "reason_type", c.ReasonType, codeKey)
	words(isCode, "reason_code", c.ReasonCode, codeKey)
	flag("has_evidence", c.HasEvidence)
	flag("past_due", c.PastDue)
	flag("refunded", c.Refunded)
	flag("livemode", c.Livemode)
	spans("age", c.Age)
	spans("time_left", c.TimeLeft)
	if b := c.SubmissionCount; b != nil {
		bounds := intervalOf(b.AtLeast, b.AtMost)
		all = append(all, condition{kind: isCount, name: "submission_count", want: b.String(), bounds: bounds})
	}
	for _, key := range slices.Sorted(maps.Keys(c.Metadata)) {
		label := wordsCondition(isLabel, "metadata", c.Metadata[key], asIs)
		label.label = key
		all = append(all, label)
	}
	return all
}

func asIs(s string) string { return s }

func wordsCondition(kind kind, name string, w Words, key func(string) string) condition {
	c := condition{kind: kind, name: name, want: w.String(), negate: len(w.Not) > 0}
	for _, text := range slices.Concat(w.In, w.Not) {
		c.words = append(c.words, key(text))
	}
	return c
}

func amountCondition(amounts map[string]Bounds) condition {
	c := condition{kind: isAmount, name: "amount", want: amountText(amounts)}
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
