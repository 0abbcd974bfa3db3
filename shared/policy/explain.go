package policy

import (
	"slices"
	"time"
)

// Explain returns what Decide returns, with every rule that was tried, each of its conditions with the
// value seen, and the unknown facts that stopped a close or asked for a person.
func (p *Policy) Explain(f *Facts, at time.Time) Decision {
	d := Decision{Action: Keep, Shadow: !p.live, Policy: p.Hash(), At: at, RefundsUnavailable: p.RefundsUnavailable()}
	for i := range p.rules {
		r := &p.rules[i]
		tried, unknown := r.explain(f)
		d.Tried = append(d.Tried, tried)
		if r.shadow {
			continue
		}
		if tried.Matched || r.then == Close && tried.doubtful() {
			d.Doubt = addNames(d.Doubt, unknown)
		}
		if tried.Matched {
			d.Action, d.Rule, d.Clock = r.verdict.Action, r.verdict.Rule, r.verdict.Clock
			break
		}
	}
	if d.Action == Close {
		d.Doubt = nil
	}
	return d
}

// explain returns the rule as tried on f, and the unknown facts that its conditions met.
func (r *rule) explain(f *Facts) (Tried, []string) {
	t := Tried{Rule: r.name, Then: r.then, Shadow: r.shadow, Matched: r.matches(f)}
	var unknown []string
	for i := range r.predicates {
		c := &r.predicates[i]
		outcome := c.try(f)
		t.Conditions = append(t.Conditions, Check{Name: c.title(), Want: c.want, Seen: c.seen(f), Outcome: outcome})
		if outcome == Unknown {
			unknown = append(unknown, c.unknowns(f)...)
		}
	}
	return t, unknown
}

// doubtful reports whether no condition is surely false and one is unknown.
func (t Tried) doubtful() bool {
	doubt := false
	for _, c := range t.Conditions {
		if c.Outcome == No {
			return false
		}
		doubt = doubt || c.Outcome == Unknown
	}
	return doubt
}

func addNames(names, more []string) []string {
	for _, n := range more {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}
