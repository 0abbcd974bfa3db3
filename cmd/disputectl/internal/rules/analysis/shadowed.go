package analysis

import (
	"fmt"
	"strconv"
	"strings"

	"disputecloser/shared/policy"
)

// atlas is where the rules match, in one space.
type atlas struct {
	space   *space
	regions []region
	// sound says which rules are on the atlas: those that are not malformed. Met says which of them some dispute surely
	// matches; a rule that is not met may still take disputes in doubt.
	sound, met []bool
	blankets   []blanket
	// steps is how many steps of search are left.
	steps int
}

func (c *checker) atlas() *atlas {
	n := len(c.doc.Rules)
	a := &atlas{sound: make([]bool, n), met: make([]bool, n), regions: make([]region, n), blankets: make([]blanket, n), steps: maxSteps}
	var sound []policy.Rule
	for i := range c.doc.Rules {
		if a.sound[i] = c.sound(rulePath(i)); a.sound[i] {
			sound = append(sound, c.doc.Rules[i])
		}
	}
	a.space = spaceOf(sound)
	for i := range c.doc.Rules {
		if a.sound[i] {
			a.regions[i] = a.space.region(&c.doc.Rules[i])
			a.met[i] = !a.regions[i].sure.empty()
			a.blankets[i] = blanketOf(a.regions[i].matches, a.space.sizes)
		}
	}
	return a
}

// earlier returns the live rules before the i-th that meet a box.
func (c *checker) earlier(a *atlas, i int, target box) []int {
	var rules []int
	for n := range i {
		if a.sound[n] && !c.doc.Rules[n].Shadow && target.meets(a.regions[n].matches) {
			rules = append(rules, n)
		}
	}
	return rules
}

// shadowed finds rules that no dispute reaches, and returns which they are.
func (c *checker) shadowed(a *atlas) []bool {
	found := make([]bool, len(c.doc.Rules))
	for i := range c.doc.Rules {
		if !a.met[i] {
			continue
		}
		target := a.regions[i].matches
		rules := c.earlier(a, i, target)
		at := rulePath(i).Key("name")
		answer, by := a.cover(target, rules)
		switch answer {
		case covered:
			found[i] = true
			by = a.needed(target, by)
			c.report(Problem{Kind: Shadowed, At: at, Also: rulePath(by[0]).Key("name"),
				Message: fmt.Sprintf("no dispute reaches this rule: %s", c.takers(by)),
				Hint:    "move it up, narrow the rules before it, or remove it"})
		case undecided:
			c.report(Problem{Kind: Undecided, At: at,
				Message: "the rules before this one overlap in too many ways to determine whether any dispute reaches this rule or a later one",
				Hint:    "use fewer rules, or fewer conditions in one"})
			return found
		}
	}
	return found
}

// needed drops the rules without which the others still cover the target.
func (a *atlas) needed(target box, rules []int) []int {
	for i := len(rules) - 1; i >= 0; i-- {
		without := append(append([]int(nil), rules[:i]...), rules[i+1:]...)
		if answer, fewer := a.cover(target, without); answer == covered {
			rules = fewer
			i = min(i, len(rules))
		}
	}
	return rules
}

func (c *checker) takers(rules []int) string {
	names := make([]string, len(rules))
	for i, n := range rules {
		names[i] = strconv.Quote(c.doc.Rules[n].Name)
	}
	if len(names) == 1 {
		return names[0] + " takes all that it could match"
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last] + " together take all that it could match"
}

// taken warns of close rules that take disputes which a later keep or review rule is sure of.
func (c *checker) taken(a *atlas, shadowed []bool) {
	for late := range c.doc.Rules {
		r := &c.doc.Rules[late]
		if !a.met[late] || shadowed[late] || r.Shadow || r.Then == policy.Close {
			continue
		}
		for early := range late {
			first := &c.doc.Rules[early]
			if !a.met[early] || first.Shadow || first.Then != policy.Close {
				continue
			}
			both := a.regions[early].sure.and(a.regions[late].sure)
			if both.empty() {
				continue
			}
			if answer, _ := a.cover(both, c.earlier(a, early, both)); answer != holed {
				continue
			}
			c.report(Problem{Kind: Taken, At: rulePath(late).Key("name"), Also: rulePath(early).Key("name"),
				Message: fmt.Sprintf("%q closes disputes that this rule would %s", first.Name, r.Then),
				Hint:    "if this rule is an exception, move it before the close rule"})
		}
	}
}
