package closing_test

import (
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func TestPerson(t *testing.T) {
	review := &policy.Decision{Action: policy.Review, Rule: "r"}
	refund := &policy.Decision{Action: policy.Review, Rule: "r", Guard: policy.GuardRefunded}
	for _, c := range []struct {
		name string
		it   closing.Case
		want string
	}{
		{"nothing", closing.Case{State: closing.Open}, ""},
		{"failed", closing.Case{State: closing.Failed}, "failed"},
		{"review", closing.Case{State: closing.Open, Decision: review}, "review"},
		{"review in shadow", closing.Case{State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Shadow: true}}, ""},
		{"an earlier review", closing.Case{State: closing.Open, Decision: &policy.Decision{Action: policy.Keep}, Told: []string{"review"}}, ""},
		{"deadline", closing.Case{State: closing.Open, Decision: review, Told: []string{"review", "deadline"}}, "review deadline"},
		{"a deadline that was met", closing.Case{State: closing.Open, Told: []string{"deadline"}, Dispute: dispute.Dispute{Status: dispute.UnderReview}}, ""},
		{"kept by an operator", closing.Case{State: closing.Open, Decision: review, Told: []string{"review", "deadline"},
			Override: &closing.Override{Action: policy.Keep}}, ""},
		{"failed although kept", closing.Case{State: closing.Failed, Override: &closing.Override{Action: policy.Keep}}, "failed"},
		{"an operator's close", closing.Case{State: closing.Scheduled, Decision: review, Override: &closing.Override{Action: policy.Close}}, ""},
		{"an operator's close that a guard stops", closing.Case{State: closing.Open,
			Decision: &policy.Decision{Action: policy.Keep, Operator: "ada", Guard: policy.GuardCeiling}, Override: &closing.Override{Action: policy.Close}}, "stopped"},
		{"a contradiction", closing.Case{State: closing.Closed, Told: []string{"contradiction", "deadline"}}, "contradiction"},
		{"a refund", closing.Case{State: closing.Open, Decision: refund, Told: []string{"review"}}, "refund"},
		{"a refund in shadow", closing.Case{State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Guard: policy.GuardRefunded, Shadow: true}}, ""},
		{"late", closing.Case{State: closing.Scheduled, CloseAt: noon.Add(time.Second), Dispute: dispute.Dispute{DueBy: noon}, Told: []string{"late"}}, "late"},
		{"late and being closed", closing.Case{State: closing.Closing, CloseAt: noon.Add(time.Second), Dispute: dispute.Dispute{DueBy: noon}, Told: []string{"late"}}, ""},
		{"late no more", closing.Case{State: closing.Scheduled, CloseAt: noon, Dispute: dispute.Dispute{DueBy: noon}, Told: []string{"late"}}, ""},
		{"late and kept since", closing.Case{State: closing.Open, Dispute: dispute.Dispute{DueBy: noon}, Told: []string{"late"}}, ""},
		{"an unknown status", closing.Case{State: closing.Open, Dispute: dispute.Dispute{Status: "prevented"}, Told: []string{"unknown status"}}, "unknown status"},
		{"a status that is known again", closing.Case{State: closing.Open, Told: []string{"unknown status"}}, ""},
		{"looks that fail", closing.Case{State: closing.Open, Told: []string{"looks fail"}}, "looks fail"},
		{"missing", closing.Case{State: closing.Missing, Told: []string{"missing", "looks fail"}}, ""},
		{"an end", closing.Case{State: closing.Resolved, Decision: review, Told: []string{"review", "deadline"}}, ""},
	} {
		if c.it.Dispute.Status == "" {
			c.it.Dispute.Status = dispute.NeedsResponse
		}
		if got := strings.Join(closing.Person(c.it), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
