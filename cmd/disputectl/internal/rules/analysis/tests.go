package analysis

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/policy"
)

// testPath is the place of the i-th test.
func testPath(i int) Path { return Path("/tests").Item(i) }

// tests finds tests that expect what no rule gives, contradict each other, or fail.
func (c *checker) tests() {
	settled := make([]bool, len(c.doc.Tests))
	for i := range c.doc.Tests {
		settled[i] = !c.sound(testPath(i)) || !c.possible(i)
	}
	c.contradictions(settled)
	if !c.sound("/rules") {
		return
	}
	rules, err := policy.Compile(c.formless())
	if err != nil {
		return
	}
	for i := range c.doc.Tests {
		if !settled[i] {
			c.try(rules, i)
		}
	}
}

// formless returns the document's rules, without anything else that its tests do not need. Faults that other checks report
// are repaired, so that the tests can still be run.
func (c *checker) formless() policy.Document {
	d := policy.Document{Mode: policy.Live, Budget: policy.Budgets{Failures: 1}}
	d.Rules = append(d.Rules, c.doc.Rules...)
	for i := range d.Rules {
		r := &d.Rules[i]
		r.After, r.BeforeDue = nil, nil
		if r.Then == policy.Close {
			r.After = new(policy.Duration)
		}
	}
	return d
}

// possible reports a test whose expectation no rule can give.
func (c *checker) possible(i int) bool {
	expect, at := c.doc.Tests[i].Expect, testPath(i).Key("expect")
	if expect.Rule == "" {
		if expect.Then == policy.Close {
			c.report(Problem{Kind: Tests, At: at.Key("then"),
				Message: "a test that expects close must name the rule",
				Hint:    "add rule: and the name of the rule that closes"})
		}
		return expect.Then != policy.Close
	}
	for n := range c.doc.Rules {
		if r := &c.doc.Rules[n]; r.Name == expect.Rule {
			return c.gives(i, n)
		}
	}
	if c.sound("/rules") {
		hint := "use a rule's name as the file gives it"
		if near := Nearest(expect.Rule, c.names()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.report(Problem{Kind: Tests, At: at.Key("rule"), Message: fmt.Sprintf("there is no rule %q", expect.Rule), Hint: hint})
	}
	return false
}

func (c *checker) names() []string {
	var names []string
	for i := range c.doc.Rules {
		names = append(names, c.doc.Rules[i].Name)
	}
	return names
}

// gives reports a test that expects of its rule another action, or that a shadow rule decides.
func (c *checker) gives(test, rule int) bool {
	r, expect, at := &c.doc.Rules[rule], c.doc.Tests[test].Expect, testPath(test).Key("expect")
	if !c.sound(rulePath(rule).Key("then")) || !c.sound(rulePath(rule).Key("shadow")) {
		return false
	}
	switch {
	case r.Shadow:
		c.report(Problem{Kind: Tests, At: at.Key("rule"), Also: rulePath(rule).Key("shadow"),
			Message: fmt.Sprintf("rule %q is a shadow rule and decides nothing", r.Name),
			Hint:    "expect what the other rules decide"})
	case r.Then != expect.Then:
		c.report(Problem{Kind: Tests, At: at.Key("then"), Also: rulePath(rule).Key("then"),
			Message: fmt.Sprintf("rule %q can't give %s, it says %s", r.Name, expect.Then, r.Then),
			Hint:    fmt.Sprintf("expect %s, or name another rule", r.Then)})
	default:
		return true
	}
	return false
}

// contradictions reports tests of one dispute that expect different decisions, and settles both.
func (c *checker) contradictions(settled []bool) {
	first := map[string]int{}
	for i := range c.doc.Tests {
		if settled[i] {
			continue
		}
		key := factsKey(c.doc.Tests[i].Dispute)
		earlier, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		if agree(c.doc.Tests[earlier].Expect, c.doc.Tests[i].Expect) {
			continue
		}
		settled[i], settled[earlier] = true, true
		c.report(Problem{Kind: Tests, At: testPath(i).Key("expect"), Also: testPath(earlier).Key("expect"),
			Message: "two tests of the same dispute expect different decisions",
			Hint:    "remove one of the two"})
	}
}

// factsKey is the same text for two samples with the same facts, however their codes are written.
func factsKey(s policy.Sample) string {
	for _, code := range []**string{&s.ReasonType, &s.ReasonCode} {
		if *code != nil {
			key := policy.CodeOf(**code).Key()
			*code = &key
		}
	}
	for _, word := range []**string{&s.Status, &s.ReasonType, &s.ReasonCode} {
		if *word != nil && **word == "" {
			*word = nil
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Sprintf("%+v", s)
	}
	return string(text)
}

func agree(a, b policy.Expect) bool {
	return a.Then == b.Then && (a.Rule == b.Rule || a.Rule == "" || b.Rule == "")
}

func (c *checker) try(rules *policy.Policy, i int) {
	test := &c.doc.Tests[i]
	facts := test.Dispute.Facts()
	got := rules.Explain(&facts, time.Time{})
	if got.Action == test.Expect.Then && (test.Expect.Rule == "" || test.Expect.Rule == got.Rule) {
		return
	}
	c.report(Problem{Kind: Tests, At: testPath(i).Key("expect"),
		Message: fmt.Sprintf("the test fails: expected %s, got %s", outcome(test.Expect.Then, test.Expect.Rule), outcome(got.Action, got.Rule)),
		Hint:    failure(got, test.Expect)})
}

func outcome(a policy.Action, rule string) string {
	if rule == "" {
		return string(a)
	}
	return fmt.Sprintf("%s by %q", a, rule)
}

// failure says why the expected rule did not match, where the trace shows it.
func failure(got policy.Decision, expect policy.Expect) string {
	for _, tried := range got.Tried {
		if tried.Rule != expect.Rule || tried.Matched {
			continue
		}
		for _, cond := range tried.Conditions {
			if cond.Outcome == policy.No {
				return fmt.Sprintf("%q did not match: %s is %s, wanted %s", tried.Rule, cond.Name, cond.Seen, cond.Want)
			}
		}
		return fmt.Sprintf("%q is in doubt and does not close: the test does not say %s", tried.Rule, strings.Join(got.Doubt, ", "))
	}
	return "change the test or the rules so that they agree"
}
