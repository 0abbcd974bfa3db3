// Package policy decides, by a merchant's rules, what is to be done with a dispute: close, keep or review.
//
// The merchant writes the rules as a Document, which packages source and analysis check. This package compiles them,
// stores them as JSON with a hash, and tries them on Facts that may be unknown: in doubt, it does not close. A decision is
// a pure function, without a clock or I/O.
package policy

// Policy is a compiled policy. It never changes, and may be used by several goroutines at once.
type Policy struct {
	hash string
	live bool
	// environment is Document.Environment.
	environment string
	refunds     Refunds
	ceiling     map[string]int64
	budget      map[string]Budget
	rules       []rule
}

type rule struct {
	name       string
	then       Action
	shadow     bool
	verdict    Verdict
	predicates []predicate
}

// Verdict is a decision without its reasons.
type Verdict struct {
	Action Action
	// Rule is the rule that decided; empty if none matched.
	Rule string
	// Index is the rule's place in the file, counted from 0; -1 if none matched.
	Index int
	// Clock is set for Close only.
	Clock Clock
	// Shadow means that the decision is only recorded, because the policy's mode is shadow.
	Shadow bool
}

// hashDigits is how much of the hash is shown: 48 bits distinguish all policies that one table will see.
const hashDigits = 12

// Hash identifies what the policy does: 12 hexadecimal digits of a SHA-256 over mode, ceiling, refunds, budget
// and rules. The policy's tests do not change it.
func (p *Policy) Hash() string { return p.hash[:hashDigits] }

// Live reports whether closes are carried out.
func (p *Policy) Live() bool { return p.live }

// Environment returns the environment that the policy was built for, "test" or "live", or nothing if it was built for none.
func (p *Policy) Environment() string { return p.environment }

// RefundsUnavailable reports whether an unknown refund of the charge stops nothing.
func (p *Policy) RefundsUnavailable() bool { return p.refunds == RefundsUnavailable }

// Ceiling returns the largest amount, in the currency's minor unit, that anybody may close; false if the
// currency has none and is never closed.
func (p *Policy) Ceiling(currency string) (int64, bool) {
	amount, ok := p.ceiling[currency]
	return amount, ok
}

// Budget returns the currency's limits of one UTC day; false if it has none and is never closed.
func (p *Policy) Budget(currency string) (Budget, bool) {
	b, ok := p.budget[currency]
	return b, ok
}

// Decide returns what the rules decide. The first matching rule that is not a shadow rule decides; without one, the
// dispute is kept. It does not ask the guards, which may still stop a close.
func (p *Policy) Decide(f *Facts) Verdict {
	for i := range p.rules {
		if r := &p.rules[i]; !r.shadow && r.matches(f) {
			return r.verdict
		}
	}
	return Verdict{Action: Keep, Index: -1, Shadow: !p.live}
}

// matches is the law "in doubt, do not close": a close rule matches if every condition is surely true,
// any other unless one is surely false.
func (r *rule) matches(f *Facts) bool {
	least := Unknown
	if r.then == Close {
		least = Yes
	}
	for i := range r.predicates {
		if r.predicates[i].try(f) < least {
			return false
		}
	}
	return true
}
