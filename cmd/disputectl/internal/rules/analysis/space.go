package analysis

import (
	"maps"
	"math"
	"slices"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// space is everything that a dispute can be, as far as a policy's conditions distinguish: a product of independent
// dimensions, each cut into the atoms between which no condition distinguishes. A fact that may be unknown has an
// atom for that. Analyses of it are exact, because two disputes in the same atom of every dimension get the same decision.
type space struct {
	status                 words
	money                  money
	reasonType, reasonCode words
	age, timeLeft, count   numbers
	labels                 map[string]words
	labelKeys              []string
	sizes                  []int
}

// The dimensions in the order of a box; the metadata keys follow.
const (
	dimStatus = iota
	dimMoney
	dimReasonType
	dimReasonCode
	dimAge
	dimTimeLeft
	dimCount
	dimHasEvidence
	dimPastDue
	dimRefunded
	dimLivemode
	dimLabels
)

func asIs(s string) string    { return s }
func codeKey(s string) string { return policy.CodeOf(s).Key() }

// spaceOf cuts the dimensions by the conditions of the rules.
func spaceOf(rules []policy.Rule) *space {
	lists := func(of func(*policy.Conditions) *policy.Words) []*policy.Words {
		var all []*policy.Words
		for i := range rules {
			all = append(all, of(&rules[i].If))
		}
		return all
	}
	s := &space{money: moneyOf(rules), labels: map[string]words{}}
	var known policy.Words
	for _, status := range dispute.Statuses() {
		known.In = append(known.In, string(status))
	}
	s.status = wordsOf([]*policy.Words{&known}, asIs)
	s.reasonType = wordsOf(lists(func(c *policy.Conditions) *policy.Words { return c.ReasonType }), codeKey)
	s.reasonCode = wordsOf(lists(func(c *policy.Conditions) *policy.Words { return c.ReasonCode }), codeKey)
	s.cutNumbers(rules)
	keys := map[string][]*policy.Words{}
	for i := range rules {
		for key, w := range rules[i].If.Metadata {
			keys[key] = append(keys[key], &w)
		}
	}
	for key, lists := range keys {
		s.labels[key] = wordsOf(lists, asIs)
	}
	s.labelKeys = slices.Sorted(maps.Keys(keys))
	s.sizes = s.dimensions()
	return s
}

func (s *space) cutNumbers(rules []policy.Rule) {
	age, timeLeft, count := newCuts(0), newCuts(math.MinInt64), newCuts(0)
	for i := range rules {
		c := &rules[i].If
		if c.Age != nil {
			age.bound((*int64)(c.Age.AtLeast), (*int64)(c.Age.AtMost))
		}
		if c.TimeLeft != nil {
			timeLeft.bound((*int64)(c.TimeLeft.AtLeast), (*int64)(c.TimeLeft.AtMost))
		}
		if c.SubmissionCount != nil {
			count.bound(c.SubmissionCount.AtLeast, c.SubmissionCount.AtMost)
		}
	}
	s.age, s.timeLeft, s.count = age.numbers(), timeLeft.numbers(), count.numbers()
}

// flagAtoms are false, true and unknown.
const flagAtoms = 3

func (s *space) dimensions() []int {
	sizes := []int{s.status.size(), s.money.total, s.reasonType.size(), s.reasonCode.size(), s.age.size(), s.timeLeft.size(),
		s.count.size(), flagAtoms, flagAtoms, flagAtoms, flagAtoms}
	for _, key := range s.labelKeys {
		sizes = append(sizes, s.labels[key].size())
	}
	return sizes
}
