package analysis

import (
	"fmt"

	"disputecloser/shared/policy"
)

// clocks finds clocks that are missing, doubled, on a rule that does not close, or at odds with the rule's own times.
func (c *checker) clocks() {
	for i := range c.doc.Rules {
		r, at := &c.doc.Rules[i], rulePath(i)
		if !c.sound(at.Key("then")) || !c.sound(at.Key("after")) || !c.sound(at.Key("before_due")) {
			continue
		}
		if r.Then == policy.Close {
			c.oneClock(r, at)
			c.afterFits(r, at)
			c.beforeDueFits(r, at)
			continue
		}
		c.noClock(r, "after", r.After, at)
		c.noClock(r, "before_due", r.BeforeDue, at)
	}
}

func (c *checker) noClock(r *policy.Rule, name string, clock *policy.Duration, at Path) {
	if clock == nil {
		return
	}
	c.report(Problem{
		Kind: Clocks, At: at.Key(name), Also: at.Key("then"),
		Message: fmt.Sprintf("%s is for close rules, and this one says %s", name, r.Then),
		Hint:    "remove " + name,
	})
}

func (c *checker) oneClock(r *policy.Rule, at Path) {
	switch {
	case r.After == nil && r.BeforeDue == nil:
		c.report(Problem{
			Kind: Clocks, At: at.Key("then"),
			Message: "a close rule needs a clock",
			Hint:    "add after: 24h (from the decision) or before_due: 24h (back from the deadline)",
		})
	case r.After != nil && r.BeforeDue != nil:
		c.report(Problem{
			Kind: Clocks, At: at.Key("before_due"), Also: at.Key("after"),
			Message: "a close rule has one clock, not both after and before_due",
			Hint:    "keep one of the two",
		})
	}
}

// afterFits compares `after` with the times that must still hold when it has passed: the rule is decided again then.
func (c *checker) afterFits(r *policy.Rule, at Path) {
	if r.After == nil {
		return
	}
	left, age := r.If.TimeLeft, r.If.Age
	if place := at.Key("if").Key("time_left").Key("at_most"); left != nil && left.AtMost != nil && *r.After >= *left.AtMost && c.sound(place) {
		c.report(Problem{
			Kind: Clocks, At: at.Key("after"), Also: place,
			Message: fmt.Sprintf("after %s the deadline has passed, because the rule waits until at most %s is left", r.After, left.AtMost),
			Hint:    fmt.Sprintf("make after shorter than %s, or use before_due", left.AtMost),
		})
	}
	if place := at.Key("if").Key("age").Key("at_most"); age != nil && age.AtMost != nil && *age.AtMost <= *r.After && c.sound(place) {
		c.report(Problem{
			Kind: Clocks, At: place, Also: at.Key("after"),
			Message: fmt.Sprintf("after %s no dispute is still at most %s old", r.After, age.AtMost),
			Hint:    fmt.Sprintf("raise at_most above %s, or make after shorter", r.After),
		})
	}
}

func (c *checker) beforeDueFits(r *policy.Rule, at Path) {
	left, place := r.If.TimeLeft, at.Key("if").Key("time_left").Key("at_least")
	if r.BeforeDue == nil || left == nil || left.AtLeast == nil || *left.AtLeast <= *r.BeforeDue || !c.sound(place) {
		return
	}
	c.report(Problem{
		Kind: Clocks, At: place, Also: at.Key("before_due"),
		Message: fmt.Sprintf("%s before the deadline less than %s are left", r.BeforeDue, left.AtLeast),
		Hint:    fmt.Sprintf("lower at_least to %s or less, or make before_due longer", r.BeforeDue),
	})
}
