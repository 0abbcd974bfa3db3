package analysis

import (
	"testing"

	"disputecloser/shared/policy"
)

func TestSearchThatRunsOutOfStepsSaysSo(t *testing.T) {
	d := policy.Document{Rules: []policy.Rule{
		{Name: "first", Then: policy.Keep, If: policy.Conditions{HasEvidence: new(true)}},
		{Name: "second", Then: policy.Keep, If: policy.Conditions{HasEvidence: new(true)}},
	}}
	for steps, want := range map[int]Kind{1: Undecided, maxSteps: Shadowed} {
		c := &checker{doc: &d}
		a := c.atlas()
		a.steps = steps
		c.shadowed(a)
		if last := len(c.problems) - 1; last < 0 || c.problems[last].Kind != want || c.problems[last].At != "/rules/1/name" {
			t.Errorf("with %d steps: %+v, want kind %d", steps, c.problems, want)
		}
	}
}
