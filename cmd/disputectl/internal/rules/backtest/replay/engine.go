package replay

import (
	"fmt"
	"math"
	"slices"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Engine is a policy that is ready to be replayed. It never changes, and may be used by several goroutines at once.
type Engine struct {
	policy   *policy.Policy
	document policy.Document
	rules    []rule
	// labels are the metadata keys that rules ask for; those whose place is below maxLabels have a doubt of their own.
	labels []string
	// ages and lefts are the ages and the times left, in milliseconds, at which a condition's outcome changes.
	ages, lefts []int64

	livemode, ownMode, evidenceAsRecorded bool
	horizonMs                             int64
	charge                                dispute.Maybe[bool]
	terms                                 closing.Terms
}

// maxRules keeps a rule's place within an int16.
const maxRules = math.MaxInt16

// rule is what a replay needs of a rule besides the policy's verdict.
type rule struct {
	closes   policy.Decision // when the rule closes
	facts    Facts           // that its conditions ask for
	labels   []int           // places in Engine.labels
	possible *policy.Policy
}

// New returns an engine. It returns policy.Compile's error for a document that does not compile.
func New(d policy.Document, o Options) (*Engine, error) {
	compiled, err := policy.Compile(d)
	if err != nil {
		return nil, fmt.Errorf("replay policy: %w", err)
	}
	if len(d.Rules) > maxRules {
		return nil, fmt.Errorf("replay policy: more than %d rules", maxRules)
	}
	e := &Engine{
		policy: compiled, document: d, rules: make([]rule, len(d.Rules)),
		livemode: o.Livemode, ownMode: o.OwnMode, evidenceAsRecorded: o.EvidenceAsRecorded, horizonMs: o.horizon().Milliseconds(),
		charge: o.Refunded.Fact(), terms: closing.DefaultTerms(),
	}
	for i := range d.Rules {
		if err := e.prepare(&d.Rules[i], &e.rules[i]); err != nil {
			return nil, err
		}
	}
	slices.Sort(e.ages)
	slices.Sort(e.lefts)
	e.ages, e.lefts = slices.Compact(e.ages), slices.Compact(e.lefts)
	return e, nil
}

// Policy returns the policy that is replayed.
func (e *Engine) Policy() *policy.Policy { return e.policy }

// Document returns the policy's text.
func (e *Engine) Document() policy.Document { return e.document }

// RuleName returns the name of the rule at a place; empty for -1.
func (e *Engine) RuleName(place int) string {
	if place < 0 {
		return ""
	}
	return e.document.Rules[place].Name
}

func (e *Engine) prepare(from *policy.Rule, r *rule) error {
	r.closes = policy.Decision{Action: policy.Close, Rule: from.Name, Clock: from.Clock()}
	e.asked(from, r)
	if from.Shadow {
		return nil
	}
	e.changes(&from.If)
	if from.Then != policy.Close {
		return nil
	}
	var err error
	if r.possible, err = possible(*from); err != nil {
		return fmt.Errorf("replay policy: rule %q: %w", from.Name, err)
	}
	return nil
}

// possible returns a policy that reviews every dispute for which the rule is not surely false.
func possible(r policy.Rule) (*policy.Policy, error) {
	r.Then, r.After, r.BeforeDue = policy.Review, nil, nil
	return policy.Compile(policy.Document{Mode: policy.Live, Budget: policy.Budgets{Failures: 1}, Rules: []policy.Rule{r}})
}

// changes notes when the outcome of a rule's conditions on time changes. An upper bound on the age holds until
// the millisecond after it, a lower one on the time left likewise. past_due changes in the millisecond after the deadline.
func (e *Engine) changes(c *policy.Conditions) {
	if c.Age != nil {
		if c.Age.AtLeast != nil {
			e.ages = append(e.ages, milliseconds(*c.Age.AtLeast))
		}
		if c.Age.AtMost != nil {
			e.ages = append(e.ages, milliseconds(*c.Age.AtMost)+1)
		}
	}
	if c.TimeLeft != nil {
		if c.TimeLeft.AtLeast != nil {
			e.lefts = append(e.lefts, milliseconds(*c.TimeLeft.AtLeast)-1)
		}
		if c.TimeLeft.AtMost != nil {
			e.lefts = append(e.lefts, milliseconds(*c.TimeLeft.AtMost))
		}
	}
	if c.PastDue != nil {
		e.lefts = append(e.lefts, -1)
	}
}

// milliseconds is exact: a policy's durations are whole seconds.
func milliseconds(d policy.Duration) int64 { return int64(d) / 1_000_000 }

// guard returns what stops a close whatever the rules say.
func (e *Engine) guard(f *policy.Facts) policy.Guard {
	livemode := e.livemode
	if e.ownMode {
		livemode, _ = f.Livemode.Get() // An unknown mode is no key's, and the guard stops it.
	}
	return e.policy.Guard(f, livemode, nil)
}

// at sets the facts that depend on the instant.
func (r *Replayer) at(w *Walk, ms int64) {
	f := &r.facts
	f.Age, f.TimeLeft, f.DueKnown = dispute.Known(between(w.CreatedMs, ms)), noTime, w.DueMs != 0
	if f.DueKnown {
		f.TimeLeft = dispute.Known(between(ms, w.DueMs))
		if f.PastDue.IsKnown() {
			f.PastDue = dispute.Known(ms > w.DueMs)
		}
	}
}

const maxMs = math.MaxInt64 / 1_000_000
