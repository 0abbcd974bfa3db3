package closing_test

import (
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
)

// Each state is valid as a case comes to it, and each field that it may not have, or lacks, is named.
func TestInvalid(t *testing.T) {
	at := noon
	base := closing.Case{ID: "dp_1", DueAt: at}
	held := closing.Spend{Day: "2026-03-02", Currency: "usd", Amount: 1000}
	with := func(c closing.Case, change func(*closing.Case)) closing.Case { change(&c); return c }
	valid := map[closing.State]closing.Case{
		closing.Open:      base,
		closing.Scheduled: with(base, func(c *closing.Case) { c.PlannedAt, c.CloseAt = at, at }),
		closing.Closing: with(base, func(c *closing.Case) {
			c.PlannedAt, c.CloseAt, c.ClaimID, c.ClaimUntil, c.PostedAt, c.Spent = at, at, "claim", at, at, held
		}),
		closing.Closed:   {ID: "dp_1", PostedAt: at, Spent: held, Proof: closing.Answered, EndedAt: at},
		closing.Failed:   base,
		closing.Resolved: {ID: "dp_1", ClaimUntil: at, EndedAt: at},
		closing.Missing:  {ID: "dp_1", UnknownSince: at, PostedAt: at, Spent: held, EndedAt: at},
	}
	for state, c := range valid {
		if c.State = state; c.Invalid() != nil {
			t.Errorf("%s: %v", state, c.Invalid())
		}
	}
	for _, tc := range []struct {
		state closing.State
		spoil func(*closing.Case)
		want  string
	}{
		{closing.Open, func(c *closing.Case) { c.State = "lost" }, "no such state"},
		{closing.Open, func(c *closing.Case) { c.ID = "" }, "no id"},
		{closing.Open, func(c *closing.Case) { c.DueAt = time.Time{} }, "due_at is missing"},
		{closing.Open, func(c *closing.Case) { c.PlannedAt = at }, "planned_at must not be set"},
		{closing.Open, func(c *closing.Case) { c.Ambiguous = true }, "ambiguous without a claim"},
		{closing.Open, func(c *closing.Case) { c.FailedLooks = 1 }, "failed_looks and failed_since"},
		{closing.Open, func(c *closing.Case) { c.FailedSince = at }, "failed_looks and failed_since"},
		{closing.Scheduled, func(c *closing.Case) { c.CloseAt = time.Time{} }, "close_at is missing"},
		{closing.Scheduled, func(c *closing.Case) { c.ClaimID = "claim" }, "claim_id must not be set"},
		{closing.Closing, func(c *closing.Case) { c.ClaimUntil = time.Time{} }, "claim_until is missing"},
		{closing.Closing, func(c *closing.Case) { c.PostedAt = time.Time{} }, "posted_at is missing"},
		{closing.Closing, func(c *closing.Case) { c.Spent = closing.Spend{} }, "spent is missing"},
		{closing.Closing, func(c *closing.Case) { c.Proof = closing.Answered }, "proof must not be set"},
		{closing.Closed, func(c *closing.Case) { c.Proof = "" }, "proof is missing"},
		{closing.Open, func(c *closing.Case) { c.EndedAt = at }, "ended_at must not be set"},
		{closing.Closed, func(c *closing.Case) { c.EndedAt = time.Time{} }, "ended_at is missing"},
		{closing.Closed, func(c *closing.Case) { c.Proof = "guessed" }, "neither answered nor inferred"},
		{closing.Closed, func(c *closing.Case) { c.DueAt = at }, "finished and due"},
		{closing.Resolved, func(c *closing.Case) { c.ArmedAt = at }, "armed and not due"},
		{closing.Missing, func(c *closing.Case) { c.UnknownSince = time.Time{} }, "unknown_since is not set"},
	} {
		c := valid[tc.state]
		c.State = tc.state
		tc.spoil(&c)
		if err := c.Invalid(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.state, err, tc.want)
		}
	}
	contradicted := valid[closing.Closed]
	contradicted.State, contradicted.ArmedAt, contradicted.DueAt = closing.Closed, at, at
	if err := contradicted.Invalid(); err != nil {
		t.Errorf("armed by news: %v", err)
	}
}
