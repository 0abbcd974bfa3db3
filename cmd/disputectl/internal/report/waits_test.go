package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/cmd/disputectl/internal/report"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// waiting returns an unfinished case of 100 cents.
func waiting(id string, state closing.State, change func(*closing.Case)) closing.Case {
	c := closing.Case{
		ID: dispute.ID(id), State: state, DueAt: noon.Add(time.Hour),
		Dispute: dispute.Dispute{ID: dispute.ID(id), Amount: dispute.Known[int64](100), Currency: "usd", Status: dispute.NeedsResponse},
	}
	if change != nil {
		change(&c)
	}
	return c
}

// waitingCases are one of each kind.
func waitingCases() []closing.Case {
	return []closing.Case{
		waiting("dp_kept", closing.Open, func(c *closing.Case) { c.Decision = &policy.Decision{Action: policy.Keep} }),
		waiting("dp_planned", closing.Scheduled, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Close, Rule: "small"}
			c.CloseAt, c.Dispute.ReasonCode = noon.Add(2*time.Hour), "10.4"
		}),
		waiting("dp_closing", closing.Closing, nil),
		waiting("dp_ambiguous", closing.Closing, func(c *closing.Case) { c.Ambiguous = true }),
		waiting("dp_doubt", closing.Open, func(c *closing.Case) { c.Doubt = true }),
		waiting("dp_failed", closing.Failed, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Close, Operator: "ada"}
		}),
		waiting("dp_review", closing.Open, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Review, Rule: "look"}
			c.Dispute.Amount = dispute.Maybe[int64]{}
		}),
		waiting("dp_urgent", closing.Open, func(c *closing.Case) { c.Dispute.DueBy = noon.Add(7 * 24 * time.Hour) }),
		waiting("dp_later", closing.Open, func(c *closing.Case) { c.Dispute.DueBy = noon.Add(7*24*time.Hour + time.Second) }),
		waiting("dp_answered", closing.Open, func(c *closing.Case) {
			c.Dispute.DueBy, c.Dispute.Status = noon.Add(time.Hour), dispute.UnderReview
		}),
	}
}

func TestWhatWaitsIsCounted(t *testing.T) {
	n := func(cases int64) report.Count { return report.Count{Cases: cases, Amount: 100 * cases} }
	w := sum(nil, waitingCases()...).Waits
	want := []report.WaitRow{{Key: report.Key{Name: "usd", Currency: "usd"}, Waiting: report.Waiting{
		Unfinished: report.Count{Cases: 10, Amount: 900}, Planned: n(1), Closing: n(2), InDoubt: n(2), Failed: n(1), Person: report.Count{Cases: 2, Amount: 100},
	}}}
	if diff := cmp.Diff(want, w.Currencies); diff != "" {
		t.Error(diff)
	}
	var rules, reasons []report.Key
	for _, row := range w.Rules {
		rules = append(rules, row.Key)
	}
	for _, row := range w.Reasons {
		reasons = append(reasons, row.Key)
	}
	if diff := cmp.Diff([]report.Key{
		{By: report.ByNoRule, Currency: "usd"}, {By: report.ByNobody, Currency: "usd"}, {By: report.ByOperator, Currency: "usd"},
		{Name: "look", By: report.ByRule, Currency: "usd"}, {Name: "small", By: report.ByRule, Currency: "usd"},
	}, rules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]report.Key{{Currency: "usd"}, {Name: "10.4", Currency: "usd"}}, reasons); diff != "" {
		t.Error(diff)
	}
}

// TestWhatWaitsIsListed without what is only kept, whose deadline is far or answered.
func TestWhatWaitsIsListed(t *testing.T) {
	type line struct {
		ID      string
		By      report.By
		CloseAt time.Time
		InDoubt bool
		Reason  string
	}
	var got []line
	for _, c := range sum(nil, waitingCases()...).Waits.Cases {
		got = append(got, line{string(c.Dispute), c.By, c.CloseAt, c.InDoubt, c.ReasonCode})
	}
	want := []line{
		{"dp_failed", report.ByOperator, time.Time{}, false, ""}, {"dp_review", report.ByRule, time.Time{}, false, ""},
		{"dp_ambiguous", report.ByNobody, time.Time{}, true, ""}, {"dp_closing", report.ByNobody, time.Time{}, false, ""},
		{"dp_planned", report.ByRule, noon.Add(2 * time.Hour), false, "10.4"},
		{"dp_doubt", report.ByNobody, time.Time{}, true, ""}, {"dp_urgent", report.ByNobody, time.Time{}, false, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
