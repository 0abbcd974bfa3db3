package closing_test

import (
	"testing"
	"time"

	"disputecloser/shared/closing"
)

// differ has WooshPay's clock differ from ours: positive if ours is ahead.
func (w *world) differ(d time.Duration) {
	w.provider.date = func() time.Time { return w.now.Add(-d).Truncate(time.Second) }
}

// A grace begins at the later of both clocks: neither one that is behind nor one that is ahead shortens it.
func TestNoClockShortensAGrace(t *testing.T) {
	for _, tc := range []struct {
		name string
		// ours is by how much our clock is ahead when the plan is made, theirs by how much WooshPay's is.
		ours, theirs time.Duration
	}{
		{"both are right", 0, 0},
		{"ours is behind", -5 * time.Hour, 0},
		{"ours is ahead", 5 * time.Hour, 0},
		{"WooshPay's is behind", 0, -5 * time.Hour},
		{"WooshPay's is ahead", 0, 5 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.provider.add(theID)
			w.event("evt_1")
			truth := w.now
			w.pass(tc.ours)
			w.differ(tc.ours - tc.theirs)
			w.work()
			w.wantState(closing.Scheduled)
			w.now = truth.Add(grace - 2*time.Second)
			w.differ(0)
			w.event("evt_2")
			w.work()
			w.wantPosts(0)
			for range 3 {
				w.now = w.load().DueAt.Add(time.Second)
				w.sweepAndWork()
			}
			w.wantState(closing.Closed)
			if late := w.now.Sub(truth); late > 2*grace+time.Hour {
				t.Fatalf("closed %s after the plan", late)
			}
		})
	}
}

// A plan that a clock far ahead makes is looked at again within a day, and made anew.
func TestAPlanMadeFarAheadIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	truth := w.now
	w.pass(365 * 24 * time.Hour)
	w.differ(365 * 24 * time.Hour)
	w.work()
	c := w.wantState(closing.Scheduled)
	if c.DueAt.After(truth.Add(25 * time.Hour)) {
		t.Fatalf("due in %s", c.DueAt.Sub(truth))
	}
	w.now = c.DueAt
	w.differ(0)
	w.sweepAndWork()
	if c := w.wantState(closing.Scheduled); !c.CloseAt.Equal(w.now.Add(grace)) {
		t.Fatalf("closes in %s, want after its grace", c.CloseAt.Sub(w.now))
	}
}

// A machine whose clock is behind, and that stalls before it reads the answer, does not know how far it is behind: the
// grace begins at the latest instant that it can be. Found by the simulation, seed 789240.
func TestAStallHidesNoClockThatIsBehind(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	const behind = 15 * time.Minute
	truth := func() time.Time { return w.now.Add(behind) }
	w.provider.date = func() time.Time { return truth().Truncate(time.Second) }
	w.provider.afterDate = func() { w.pass(3 * time.Minute) } // the answer is written, and read later
	w.work()
	if c := w.wantState(closing.Scheduled); c.PlannedAt.Before(truth()) {
		t.Fatalf("the grace begins %s early", truth().Sub(c.PlannedAt))
	}
}

// A stall may hide altogether that a clock is behind: the answer is dated before the instant at which it is read. Then the
// grace begins so late that it is not shortened by more than clocks may differ. Found by the simulation, seed 889213.
func TestAStallHidesNoClockThatSeemsRight(t *testing.T) {
	skew := closing.DefaultTerms().Skew
	for _, behind := range []time.Duration{0, skew, 50 * time.Second, 15 * time.Minute} {
		for _, stall := range []time.Duration{0, time.Second, skew, 3 * time.Minute, time.Hour} {
			w := newWorld(t)
			w.provider.add(theID)
			w.event("evt_1")
			truth := func() time.Time { return w.now.Add(behind) }
			w.provider.date = func() time.Time { return truth().Truncate(time.Second) }
			w.provider.afterGet = func() { w.pass(stall / 2) } // the request is on its way
			w.provider.afterDate = func() { w.pass(stall / 2) }
			w.work()
			c := w.wantState(closing.Scheduled)
			if early := truth().Sub(c.PlannedAt); early > skew {
				t.Errorf("behind by %s, with a stall of %s: the grace begins %s early", behind, stall, early)
			}
			if late := c.PlannedAt.Sub(truth()); late > stall+2*time.Second {
				t.Errorf("behind by %s, with a stall of %s: the grace begins %s late", behind, stall, late)
			}
		}
	}
}
