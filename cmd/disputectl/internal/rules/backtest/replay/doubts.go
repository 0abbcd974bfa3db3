package replay

import (
	"encoding/json"
	"maps"
	"slices"

	"disputecloser/shared/policy"
)

// Facts is a set of facts that may be unknown, each a bit: the facts of factNames, then metadata keys.
type Facts uint64

const (
	status Facts = 1 << iota
	currency
	amount
	reasonType
	reasonCode
	age
	timeLeft
	submissionCount
	hasEvidence
	pastDue
	refunded
	livemode
	metadata
	dueBy
	firstLabel
)

var factNames = [...]string{"status", "currency", "amount", "reason_type", "reason_code", "age", "time_left",
	"submission_count", "has_evidence", "past_due", "refunded", "livemode", "metadata", "due_by"}

// maxLabels is how many metadata keys have a doubt of their own; the rest share the last one's.
const maxLabels = 64 - len(factNames)

// Doubts are the unknown facts that decided what became of a dispute, as in policy.Decision's Doubt.
type Doubts struct {
	// Stopped are those that kept a close rule from matching, Held those that made a keep or review rule match.
	Stopped, Held Facts
}

// Bits returns the facts of the set as numbers for FactName.
func (f Facts) Bits(each func(bit int)) {
	for bit := 0; f != 0; bit, f = bit+1, f>>1 {
		if f&1 != 0 {
			each(bit)
		}
	}
}

// FactName returns the policy file's word for a fact.
func (e *Engine) FactName(bit int) string {
	if bit < len(factNames) {
		return factNames[bit]
	}
	if label := bit - len(factNames); label < maxLabels-1 || len(e.labels) == maxLabels {
		return "metadata." + e.labels[label]
	}
	return "metadata, other keys"
}

// asked notes which facts a rule asks for.
func (e *Engine) asked(from *policy.Rule, r *rule) {
	c := &from.If
	for _, f := range []struct {
		asks bool
		fact Facts
	}{
		{c.Status != nil, status}, {c.Currency != nil, currency}, {c.Amount != nil, amount | currency},
		{c.ReasonType != nil, reasonType}, {c.ReasonCode != nil, reasonCode}, {c.Age != nil, age}, {c.TimeLeft != nil, timeLeft},
		{c.SubmissionCount != nil, submissionCount}, {c.HasEvidence != nil, hasEvidence}, {c.PastDue != nil, pastDue},
		{c.Refunded != nil, refunded}, {c.Livemode != nil, livemode}, {len(c.Metadata) > 0, metadata}, {from.BeforeDue != nil, dueBy},
	} {
		if f.asks {
			r.facts |= f.fact
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Metadata)) {
		if !slices.Contains(e.labels, key) {
			e.labels = append(e.labels, key)
		}
		r.labels = append(r.labels, slices.Index(e.labels, key))
	}
}

// unknown is the set of facts that are not known, metadata keys aside.
func unknown(f *policy.Facts) (set Facts) {
	add := func(known bool, fact Facts) {
		if !known {
			set |= fact
		}
	}
	add(f.Status != "", status)
	add(f.Currency != "", currency)
	add(f.Amount.IsKnown(), amount)
	add(f.ReasonType.Known(), reasonType)
	add(f.ReasonCode.Known(), reasonCode)
	add(f.Age.IsKnown(), age)
	add(f.TimeLeft.IsKnown(), timeLeft)
	add(f.SubmissionCount.IsKnown(), submissionCount)
	add(f.HasEvidence.IsKnown(), hasEvidence)
	add(f.PastDue.IsKnown(), pastDue)
	add(f.Refunded.IsKnown(), refunded)
	add(f.Livemode.IsKnown(), livemode)
	add(f.Metadata != nil, metadata)
	add(f.DueKnown, dueBy)
	return set
}

// unknownOf is the set of unknown facts that a rule asks for.
func (r *Replayer) unknownOf(place int, set Facts) Facts {
	u := &r.rules[place]
	set &= u.facts
	for _, label := range u.labels {
		if v, present := r.facts.Metadata[r.labels[label]]; present && isNull(v) {
			set |= firstLabel << min(label, maxLabels-1)
		}
	}
	return set
}

func isNull(v json.RawMessage) bool { return string(v) == "null" }

// doubt adds what was in doubt when the rule at a place decided not to close; -1 if none matched.
func (r *Replayer) doubt(d *Doubts, decided int) {
	set := unknown(&r.facts)
	tried := decided
	if decided < 0 {
		tried = len(r.rules)
	} else {
		d.Held |= r.unknownOf(decided, set)
	}
	for i := range tried {
		u := &r.rules[i]
		if u.possible == nil {
			continue
		}
		if facts := r.unknownOf(i, set); facts != 0 && u.possible.Decide(&r.facts).Action == policy.Review {
			d.Stopped |= facts
		}
	}
}
