package closing

import (
	"math/rand/v2"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// datesOf is what a backtest takes of a case.
type datesOf struct {
	state                                       State
	dueAt, armedAt, plannedAt, closeAt, retryAt time.Time
}

func dates(c Case) datesOf {
	return datesOf{c.State, c.DueAt, c.ArmedAt, c.PlannedAt, c.CloseAt, c.RetryAt}
}

// A replayed case has the dates of the closer's, decision after decision, and closes when the closer would.
func TestReplayedHasTheClosersDates(t *testing.T) {
	terms, start := DefaultTerms(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	closes, waits := 0, 0
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 7))
		c := Case{ID: "dp_1", State: Open, ArmedAt: start, DueAt: start, Dispute: dispute.Dispute{Status: dispute.NeedsResponse}}
		if rng.IntN(4) > 0 {
			c.Dispute.DueBy = start.Add(time.Duration(rng.IntN(9*24)-24) * time.Hour)
		}
		if rng.IntN(3) == 0 {
			c.RetryAt = start.Add(time.Duration(rng.IntN(30)) * time.Hour)
		}
		replayed, now := c, start
		for range 12 {
			d := randomDecision(rng)
			c = c.decided(d, now, now, terms)
			ready := c.ready(Look{SafeAt: now}, now)
			var closing bool
			if replayed, closing = replayed.Replayed(&d, now, terms); closing != ready || dates(replayed) != dates(c) {
				t.Fatalf("seed %d, %+v: closes %t, %+v, want %t, %+v", seed, d, closing, dates(replayed), ready, dates(c))
			}
			if waits++; ready {
				closes++
				c = c.postponed(ErrBudget, DayOf(now).End(), now, terms)
				if replayed = replayed.Refused(DayOf(now).End(), now, terms); dates(replayed) != dates(c) {
					t.Fatalf("seed %d, refused: %+v, want %+v", seed, dates(replayed), dates(c))
				}
			}
			now = c.DueAt
		}
		if replayed.History != nil || replayed.Told != nil {
			t.Fatalf("seed %d: a replay recorded %v and called a person for %v", seed, replayed.History, replayed.Told)
		}
	}
	if closes == 0 || closes == waits {
		t.Errorf("%d of %d looks close: the decisions are too dull", closes, waits)
	}
}

func randomDecision(rng *rand.Rand) policy.Decision {
	hours := func() dispute.Maybe[time.Duration] { return dispute.Known(time.Duration(rng.IntN(60)) * time.Hour) }
	d := policy.Decision{Action: policy.Close, Rule: []string{"a", "b"}[rng.IntN(8)/7], Clock: policy.Clock{After: hours()}}
	switch rng.IntN(10) {
	case 0:
		d.Action, d.Clock = policy.Keep, policy.Clock{}
	case 1:
		d.Action, d.Clock = policy.Review, policy.Clock{}
	case 2:
		d.Shadow = true
	case 3, 4, 5:
		d.Rule, d.Operator, d.Clock = "", []string{"ada", "eve"}[rng.IntN(2)], policy.Clock{}
	case 6, 7:
		d.Clock = policy.Clock{BeforeDue: hours()}
	}
	return d
}
