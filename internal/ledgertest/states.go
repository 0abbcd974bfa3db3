package ledgertest

import (
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

var states = []Check{{"a case of every state is kept as valid as it was", keepsStates}}

// keepsStates stores a case of each state as closing's table of fields allows it, and reads it back.
func keepsStates(t testing.TB, s Store) {
	spent := closing.Spend{Day: closing.DayOf(noon), Currency: "usd", Amount: 1500}
	for state, change := range map[closing.State]func(c *closing.Case){
		closing.Open:      func(*closing.Case) {},
		closing.Scheduled: func(c *closing.Case) { c.PlannedAt, c.CloseAt = noon, noon },
		closing.Closing: func(c *closing.Case) {
			c.PlannedAt, c.CloseAt, c.ClaimID, c.ClaimUntil, c.PostedAt, c.Spent = noon, noon, "claim", noon, noon, spent
		},
		closing.Closed: func(c *closing.Case) {
			c.PostedAt, c.Spent, c.Proof, c.DueAt, c.EndedAt = noon, spent, closing.Inferred, time.Time{}, noon
		},
		closing.Failed:   func(*closing.Case) {},
		closing.Resolved: func(c *closing.Case) { c.ClaimUntil, c.DueAt, c.EndedAt = noon, time.Time{}, noon },
		closing.Missing:  func(c *closing.Case) { c.UnknownSince, c.DueAt, c.EndedAt = noon, time.Time{}, noon },
	} {
		c := sample(t, "dp_"+string(state))
		c.State, c.DueAt = state, noon
		change(&c)
		if err := c.Invalid(); err != nil {
			t.Fatal(err)
		}
		save(t, s, c)
		if err := load(t, s, dispute.ID("dp_"+state)).Invalid(); err != nil {
			t.Errorf("read back: %v", err)
		}
	}
}
