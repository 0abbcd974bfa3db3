package naive

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"disputecloser/shared/policy"
)

// The small vocabulary of random policies, in which a brute-force search is short. Each list of facts has one value
// more than the conditions ever name.
var (
	statuses   = []string{"needs_response", "warning_needs_response", "under_review", "won"}
	currencies = []string{"usd", "eur", "jpy"}
	codes      = []string{"10.4", "104", "C-08", "c08", "13.1"}
	tiers      = []string{"gold", "5", ""}
)

const topAmount, topCount, topHours = 4, 3, 1

// Random makes random policies and disputes.
type Random struct{ *rand.Rand }

// NewRandom returns the generator of a seed.
func NewRandom(seed uint64) Random { return Random{rand.New(rand.NewPCG(seed, 1))} }

func some[T any](r Random, list []T) T { return list[r.IntN(len(list))] }

func (r Random) chance(percent int) bool { return r.IntN(100) < percent }

// Policy returns a well-formed policy of one to six rules on a few facts each, which need not make sense.
func (r Random) Policy() policy.Document {
	d := policy.Document{Mode: policy.Live, Ceiling: map[string]int64{}, Budget: policy.Budgets{Failures: 1, Spend: map[string]policy.Spend{}}}
	if r.chance(50) {
		d.Mode = policy.Shadow
	}
	facts := r.Perm(13)[:1+r.IntN(3)]
	for i := range 1 + r.IntN(6) {
		d.Rules = append(d.Rules, r.rule(fmt.Sprint("rule ", i), facts))
	}
	return d
}

func (r Random) rule(name string, facts []int) policy.Rule {
	rule := policy.Rule{Name: name, Then: some(r, []policy.Action{policy.Close, policy.Keep, policy.Review}), Shadow: r.chance(15)}
	for n, fact := range facts {
		if n == 0 || r.chance(60) {
			r.condition(&rule.If, fact)
		}
	}
	if rule.Then == policy.Close {
		hours := policy.Duration(r.IntN(3)) * policy.Duration(time.Hour)
		if r.chance(40) {
			rule.BeforeDue = &hours
		} else {
			rule.After = &hours
		}
	}
	return rule
}

func (r Random) condition(c *policy.Conditions, fact int) {
	flag := func() *bool { return new(r.chance(50)) }
	switch fact {
	case 0:
		c.Status = r.words(statuses, 2)
	case 1:
		c.Currency = r.words(currencies, 2)
	case 2:
		c.ReasonType = r.words(codes[2:], 1)
	case 3:
		c.ReasonCode = r.words(codes[:3], 1)
	case 4, 5:
		c.Amount = map[string]policy.Bounds{}
		for range 1 + r.IntN(2) {
			c.Amount[some(r, currencies)] = r.bounds(1, topAmount-1)
		}
	case 6:
		c.Age = r.span(0)
	case 7:
		c.TimeLeft = r.span(-1)
	case 8:
		c.SubmissionCount = new(r.bounds(0, topCount-1))
	case 9:
		c.HasEvidence = flag()
	case 10:
		c.PastDue = flag()
	case 11:
		c.Refunded, c.Livemode = flag(), flag()
	case 12:
		c.Metadata = map[string]policy.Words{"tier": *r.words(tiers, 2)}
		if r.chance(15) {
			c.Metadata["other"] = *r.words(tiers, 1)
		}
	}
}

func (r Random) words(from []string, atMost int) *policy.Words {
	var list []string
	for _, i := range r.Perm(len(from))[:1+r.IntN(atMost)] {
		list = append(list, from[i])
	}
	if r.chance(50) {
		return &policy.Words{Not: list}
	}
	return &policy.Words{In: list}
}

// bounds are crossed now and then.
func (r Random) bounds(least, most int64) policy.Bounds {
	number := func() *int64 { return new(least + r.Int64N(most-least+1)) }
	switch r.IntN(3) {
	case 0:
		return policy.Bounds{AtLeast: number()}
	case 1:
		return policy.Bounds{AtMost: number()}
	default:
		return policy.Bounds{AtLeast: number(), AtMost: number()}
	}
}

func (r Random) span(least int64) *policy.Span {
	b := r.bounds(least, topHours)
	hours := func(n *int64) *policy.Duration {
		if n == nil {
			return nil
		}
		return new(policy.Duration(*n) * policy.Duration(time.Hour))
	}
	return &policy.Span{AtLeast: hours(b.AtLeast), AtMost: hours(b.AtMost)}
}

// Case returns a dispute; each fact is sometimes unknown.
func (r Random) Case() Case {
	all := Domain(nil)
	var c Case
	for _, fact := range all {
		fact[r.IntN(len(fact))](&c)
	}
	return c
}

// Set gives a case one value of a fact.
type Set func(*Case)

// Domain returns, for each fact that a policy asks about, every value that its conditions distinguish, unknown
// included. For nil it returns every fact.
func Domain(d *policy.Document) [][]Set {
	asked := func(of func(*policy.Rule) bool) bool {
		for i := range rules(d) {
			if of(&d.Rules[i]) {
				return true
			}
		}
		return d == nil
	}
	var all [][]Set
	add := func(is bool, values []Set) {
		if is {
			all = append(all, values)
		}
	}
	words := append([]string{"never_seen", "lost"}, statuses...)
	if !asked(func(r *policy.Rule) bool { return r.If.Status != nil }) {
		words = []string{"needs_response", "won"}
	}
	add(true, values(words, func(c *Case, v *string) { c.Status = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.Currency != nil || r.If.Amount != nil }),
		values(append([]string{"gbp"}, currencies...), func(c *Case, v *string) { c.Currency = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.Amount != nil }), values(numbers(1, topAmount), func(c *Case, v *int64) { c.Amount = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.ReasonType != nil }), values([]string{"c 08", "131", "999", "-"}, func(c *Case, v *string) { c.ReasonType = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.ReasonCode != nil }), values([]string{"1.0.4", "C08", "999"}, func(c *Case, v *string) { c.ReasonCode = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.Age != nil }), values(times(0), func(c *Case, v *policy.Duration) { c.Age = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.TimeLeft != nil || r.BeforeDue != nil }), values(times(-1), func(c *Case, v *policy.Duration) {
		c.TimeLeft, c.DueKnown = v, v != nil
	}))
	add(asked(func(r *policy.Rule) bool { return r.If.SubmissionCount != nil }), values(numbers(0, topCount), func(c *Case, v *int64) { c.SubmissionCount = v }))
	flags := []bool{false, true}
	add(asked(func(r *policy.Rule) bool { return r.If.HasEvidence != nil }), values(flags, func(c *Case, v *bool) { c.HasEvidence = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.PastDue != nil }), values(flags, func(c *Case, v *bool) { c.PastDue = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.Refunded != nil }), values(flags, func(c *Case, v *bool) { c.Refunded = v }))
	add(asked(func(r *policy.Rule) bool { return r.If.Livemode != nil }), values(flags, func(c *Case, v *bool) { c.Livemode = v }))
	var keys []string
	for _, key := range []string{"tier", "other"} {
		if asked(func(r *policy.Rule) bool { _, ok := r.If.Metadata[key]; return ok }) {
			keys = append(keys, key)
		}
	}
	add(len(keys) > 0, metadata(keys))
	return all
}

func rules(d *policy.Document) []policy.Rule {
	if d == nil {
		return nil
	}
	return d.Rules
}

// values returns setters of each value, and one of unknown.
func values[T any](list []T, to func(*Case, *T)) []Set {
	all := []Set{func(c *Case) { to(c, nil) }}
	for _, v := range list {
		all = append(all, func(c *Case) { to(c, &v) })
	}
	return all
}

func numbers(from, to int64) []int64 {
	var all []int64
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

// times are every bound that a random condition may have, and a moment before and after it.
func times(from int64) []policy.Duration {
	var all []policy.Duration
	for h := from; h <= topHours; h++ {
		at := policy.Duration(h) * policy.Duration(time.Hour)
		if h > from || from < 0 {
			all = append(all, at-1)
		}
		all = append(all, at, at+1)
	}
	return all
}

// metadata returns setters of every combination of the keys' values, each of which may be absent, and of no metadata.
func metadata(keys []string) []Set {
	combined := []map[string]json.RawMessage{{}}
	for _, key := range keys {
		for _, m := range combined {
			for _, text := range []string{`null`, `"gold"`, `5`, `"5"`, `""`, `"else"`, `"\u0067old"`} {
				more := maps.Clone(m)
				more[key] = json.RawMessage(text)
				combined = append(combined, more)
			}
		}
	}
	return values(combined, func(c *Case, v *map[string]json.RawMessage) {
		c.Metadata = nil
		if v != nil {
			c.Metadata = *v
		}
	})
}

// Each calls do with every case of a domain, until it returns false.
func Each(domain [][]Set, do func(Case) bool) {
	var walk func(c Case, rest [][]Set) bool
	walk = func(c Case, rest [][]Set) bool {
		if len(rest) == 0 {
			return do(c)
		}
		for _, value := range rest[0] {
			next := c
			value(&next)
			if !walk(next, rest[1:]) {
				return false
			}
		}
		return true
	}
	walk(Case{}, domain)
}
