// Package analysis finds what is wrong with a well-formed policy before it runs: rules that cannot match or
// are shadowed, bounds beyond the limits, clocks that contradict conditions, tests that fail or are missing.
package analysis

import (
	"strconv"
	"strings"

	"disputecloser/shared/policy"
)

// Kind is what sort of problem a finding is about: an error up to Untested, a warning after it.
type Kind int

// The kinds, in the order of the policy file's documentation.
const (
	// Malformed is anything malformed, unknown, duplicate or of the wrong type.
	Malformed Kind = iota + 1
	// NeverMatches is a rule that no facts can surely meet.
	NeverMatches
	// Shadowed is a rule whose every dispute is decided by earlier rules.
	Shadowed
	// Limits is a bound, ceiling or budget that is missing or does not fit the others.
	Limits
	// Clocks is a clock that is missing, doubled or contradicts a condition.
	Clocks
	// Tests is a test that fails or can't pass.
	Tests
	// Untested is a live close rule without its two tests.
	Untested
	// Taken is a close rule that takes disputes a later keep or review rule is sure of.
	Taken
	// Gap is a range of amounts between two alike rules that nothing decides.
	Gap
	// MajorUnits is a bound that looks like dollars where cents are meant.
	MajorUnits
	// MinorUnits is a bound that looks like hundredths where the currency has none.
	MinorUnits
	// ThinBudget is a budget that a few closes would spend.
	ThinBudget
	// Undecided is a rule for which the search for what shadows it took too long.
	Undecided
	// Refunds is a policy that closes even if it is unknown whether the charge was refunded.
	Refunds
	// Large is a limit of what is conceded that is large in absolute terms.
	Large
)

// Warning reports whether the kind is a warning rather than an error.
func (k Kind) Warning() bool { return k > Untested }

// Path is a place in a policy document, such as /rules/1/if/amount/usd/at_most. A key's own slashes and tildes
// are written ~1 and ~0, as in a JSON Pointer (RFC 6901).
type Path string

// Key returns the place of a mapping's entry.
func (p Path) Key(key string) Path {
	return p + "/" + Path(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
}

// Item returns the place of a list's item, counted from 0.
func (p Path) Item(i int) Path { return p + "/" + Path(strconv.Itoa(i)) }

// Parent returns the place that p is in; the whole document for itself.
func (p Path) Parent() Path {
	i := strings.LastIndexByte(string(p), '/')
	return p[:max(i, 0)]
}

// Within reports whether p is q or a place in it.
func (p Path) Within(q Path) bool {
	rest, ok := strings.CutPrefix(string(p), string(q))
	return ok && (rest == "" || rest[0] == '/')
}

// Problem is one finding, at a place in the document.
type Problem struct {
	Kind Kind
	At   Path
	// Message says what is wrong, Hint what to do.
	Message, Hint string
	// Also is the second place that a finding is about; empty if it has one place.
	Also Path
}

// Check returns every problem of a document beyond its form. Broken lists the places already known to be
// malformed: what depends on them is not judged.
func Check(d *policy.Document, broken []Path) []Problem {
	c := &checker{doc: d, broken: broken}
	c.limits()
	c.clocks()
	c.tests()
	c.untested()
	c.empty()
	a := c.atlas()
	c.taken(a, c.shadowed(a))
	c.gaps(a)
	c.units()
	c.budgets()
	c.refunds()
	c.large()
	return c.problems
}

type checker struct {
	doc      *policy.Document
	broken   []Path
	problems []Problem
}

func (c *checker) report(p Problem) { c.problems = append(c.problems, p) }

// sound reports whether nothing at a place, in it or around it is malformed.
func (c *checker) sound(p Path) bool {
	for _, b := range c.broken {
		if b.Within(p) || p.Within(b) {
			return false
		}
	}
	return true
}

// rulePath is the place of the i-th rule.
func rulePath(i int) Path { return Path("/rules").Item(i) }
