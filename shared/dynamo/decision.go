package dynamo

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func decisionItem(d *policy.Decision) attributes {
	a := attributes{}
	putText(a, "action", d.Action)
	putText(a, "rule", d.Rule)
	putFlag(a, "shadow", d.Shadow)
	putText(a, "policy", d.Policy)
	putInstant(a, "at", d.At)
	putDuration(a, "after", d.Clock.After)
	putDuration(a, "before_due", d.Clock.BeforeDue)
	putText(a, "guard", d.Guard)
	putText(a, "guard_reason", d.GuardReason)
	putFlag(a, "refunds_unavailable", d.RefundsUnavailable)
	putList(a, "doubt", d.Doubt, textValue)
	putText(a, "operator", d.Operator)
	putList(a, "tried", d.Tried, object(triedItem))
	return a
}

func triedItem(t policy.Tried) attributes {
	a := attributes{}
	putText(a, "rule", t.Rule)
	putText(a, "then", t.Then)
	putFlag(a, "shadow", t.Shadow)
	putFlag(a, "matched", t.Matched)
	putList(a, "conditions", t.Conditions, object(conditionItem))
	return a
}

func conditionItem(c policy.Check) attributes {
	a := attributes{"outcome": textValue(c.Outcome.String())}
	putText(a, "name", c.Name)
	putText(a, "want", c.Want)
	putText(a, "seen", c.Seen)
	return a
}

// putDuration writes a known duration as Go does: 24h0m0s.
func putDuration(a attributes, name string, m dispute.Maybe[time.Duration]) {
	if d, ok := m.Get(); ok {
		a[name] = &types.AttributeValueMemberS{Value: d.String()}
	}
}

func decisionOf(r *reader, a attributes) *policy.Decision {
	return &policy.Decision{
		Action:             policy.Action(r.text(a, "action")),
		Rule:               r.text(a, "rule"),
		Shadow:             r.flag(a, "shadow"),
		Policy:             r.text(a, "policy"),
		At:                 r.instant(a, "at"),
		Clock:              policy.Clock{After: r.duration(a, "after"), BeforeDue: r.duration(a, "before_due")},
		Guard:              policy.Guard(r.text(a, "guard")),
		GuardReason:        r.text(a, "guard_reason"),
		RefundsUnavailable: r.flag(a, "refunds_unavailable"),
		Doubt:              r.texts(a, "doubt"),
		Operator:           r.text(a, "operator"),
		Tried:              objects(r, a, "tried", triedOf),
	}
}

func triedOf(r *reader, a attributes) policy.Tried {
	return policy.Tried{
		Rule:       r.text(a, "rule"),
		Then:       policy.Action(r.text(a, "then")),
		Shadow:     r.flag(a, "shadow"),
		Matched:    r.flag(a, "matched"),
		Conditions: objects(r, a, "conditions", conditionOf),
	}
}

func conditionOf(r *reader, a attributes) policy.Check {
	return policy.Check{
		Name: r.text(a, "name"), Want: r.text(a, "want"), Seen: r.text(a, "seen"), Outcome: r.truth(a, "outcome"),
	}
}

func (r *reader) truth(a attributes, name string) policy.Truth {
	word := r.text(a, name)
	for _, truth := range []policy.Truth{policy.Yes, policy.No, policy.Unknown} {
		if word == truth.String() {
			return truth
		}
	}
	r.malformed(name, fmt.Errorf("%q is no outcome", word))
	return policy.Unknown
}

func (r *reader) duration(a attributes, name string) dispute.Maybe[time.Duration] {
	word := r.text(a, name)
	if word == "" {
		return dispute.Maybe[time.Duration]{}
	}
	d, err := time.ParseDuration(word)
	if err != nil {
		r.malformed(name, err)
	}
	return dispute.Known(d)
}
