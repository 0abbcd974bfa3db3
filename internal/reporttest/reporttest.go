// Package reporttest holds cases and lines of the journal for tests of reports.
package reporttest

import (
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

// Noon is the time of the tests.
var Noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)

// Ended returns the line of a case that ended at noon, of 100 cents.
func Ended(e closing.Ended) closing.Line {
	return closing.Line{
		At: Noon, What: string(e.State), Dispute: "dp_1", Money: dispute.Money{Amount: 100, Currency: "usd"}, Ended: &e,
	}
}

// Sum reports at noon on lines and cases.
func Sum(lines []closing.Line, cases ...closing.Case) *report.Report {
	r := report.New("2026-03-02", "2026-03-08", Noon, 7*24*time.Hour)
	for _, c := range cases {
		r.AddCase(c)
	}
	for _, l := range lines {
		r.AddLine(l)
	}
	r.Finish()
	return r
}

// Waiting returns an unfinished case of 100 cents.
func Waiting(id string, state closing.State, change func(*closing.Case)) closing.Case {
	c := closing.Case{
		ID: dispute.ID(id), State: state, DueAt: Noon.Add(time.Hour),
		Dispute: dispute.Dispute{ID: dispute.ID(id), Amount: dispute.Known[int64](100), Currency: "usd", Status: dispute.NeedsResponse},
	}
	if change != nil {
		change(&c)
	}
	return c
}

// OneOfEach returns an unfinished case of each kind.
func OneOfEach() []closing.Case {
	return []closing.Case{
		Waiting("dp_kept", closing.Open, func(c *closing.Case) { c.Decision = &policy.Decision{Action: policy.Keep} }),
		Waiting("dp_planned", closing.Scheduled, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Close, Rule: "small"}
			c.CloseAt, c.Dispute.ReasonCode = Noon.Add(2*time.Hour), "10.4"
		}),
		Waiting("dp_closing", closing.Closing, nil),
		Waiting("dp_ambiguous", closing.Closing, func(c *closing.Case) { c.Ambiguous = true }),
		Waiting("dp_doubt", closing.Open, func(c *closing.Case) { c.Doubt = true }),
		Waiting("dp_failed", closing.Failed, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Close, Operator: "ada"}
		}),
		Waiting("dp_review", closing.Open, func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Review, Rule: "look"}
			c.Dispute.Amount = dispute.Maybe[int64]{}
		}),
		Waiting("dp_urgent", closing.Open, func(c *closing.Case) { c.Dispute.DueBy = Noon.Add(7 * 24 * time.Hour) }),
		Waiting("dp_later", closing.Open, func(c *closing.Case) { c.Dispute.DueBy = Noon.Add(7*24*time.Hour + time.Second) }),
		Waiting("dp_answered", closing.Open, func(c *closing.Case) {
			c.Dispute.DueBy, c.Dispute.Status = Noon.Add(time.Hour), dispute.UnderReview
		}),
	}
}
