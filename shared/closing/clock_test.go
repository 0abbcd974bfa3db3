package closing_test

import (
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
)

// ahead has WooshPay's clock differ from ours: positive if ours is ahead.
func (w *world) ahead(d time.Duration) {
	w.provider.date = func() time.Time { return w.now.Add(-d).Truncate(time.Second) }
}

// A look whose Date differs from our clock by more than the difference allowed may decide, but not claim.
func TestAClockThatIsOffClaimsNothing(t *testing.T) {
	skew := closing.DefaultTerms().Skew
	for _, tc := range []struct {
		name  string
		ahead time.Duration
		want  closing.State
	}{
		{"ours is right", 0, closing.Closed},
		{"ahead, allowed", skew, closing.Closed},
		{"behind, allowed", -skew, closing.Closed},
		{"ahead by more", skew + 2*time.Second, closing.Scheduled},
		{"behind by more", -skew - 2*time.Second, closing.Scheduled},
		{"ahead by five minutes", 5 * time.Minute, closing.Scheduled},
		{"behind by five minutes", -5 * time.Minute, closing.Scheduled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.pass(time.Hour)
			w.ahead(tc.ahead)
			w.sweepAndWork()
			c := w.wantState(tc.want)
			if tc.want == closing.Closed {
				return
			}
			w.wantPosts(0)
			w.wantSpent(0, 0)
			if w.noted(closing.NoteClock, "") != 1 || !strings.Contains(c.LastError, "clock") {
				t.Fatalf("noted %d times, last error %q", w.noted(closing.NoteClock, ""), c.LastError)
			}
			if wait := c.DueAt.Sub(w.now); wait > 15*time.Minute || wait < 15*time.Minute-max(tc.ahead, 0) {
				t.Fatalf("tried again in %s", wait)
			}
			w.ahead(0)
			w.pass(15 * time.Minute)
			w.sweepAndWork()
			w.wantState(closing.Closed)
			w.wantPosts(1)
		})
	}
}

// A closer whose clock is ahead takes a live claim for lapsed. It must leave it to its holder: the POST may be under way.
func TestTrueClock(t *testing.T) {
	for _, ambiguous := range []bool{false, true} {
		w := newWorld(t)
		w.small()
		w.ahead(0)
		if ambiguous {
			w.provider.onClose = func(*remote) error { return errTimeout }
			w.sweepAndWork()
			w.provider.onClose = nil
		} else {
			w.ledger.before = func() { panic("the machine stops") }
			w.sweepUntilItStops()
		}
		before := w.wantState(closing.Closing)
		w.arm()
		w.pass(5 * time.Minute) // by the wrong clock
		w.ahead(5 * time.Minute)
		w.work()
		c := w.wantState(closing.Closing)
		if c.ClaimID != before.ClaimID || !c.ClaimUntil.Equal(before.ClaimUntil) {
			t.Fatalf("ambiguous %t: the claim was %s until %s, is %s until %s", ambiguous, before.ClaimID, before.ClaimUntil, c.ClaimID, c.ClaimUntil)
		}
		w.wantPosts(1)
		w.wantSpent(1, amount)
		w.ahead(0) // The clock is right again: the claim has lapsed.
		w.sweepAndWork()
		if c := w.wantState(closing.Closed); ambiguous != (c.Attempts == 2) {
			t.Fatalf("closed after %d attempts", c.Attempts)
		}
	}
}

// The budget of a dispute that ended by itself is not returned while a POST may still execute.
func TestAClockThatIsAheadReturnsNothing(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.provider.the().status = "won"
	w.arm()
	w.pass(5 * time.Minute)
	w.ahead(5 * time.Minute)
	w.work()
	c := w.wantState(closing.Resolved)
	w.wantSpent(1, amount)
	if c.ClaimUntil.IsZero() {
		t.Fatal("the claim that has not lapsed is forgotten")
	}
}

// A date that a clock far ahead sets must not lie so late that the case is forgotten.
func TestAClockFarAheadSetsNoLateDate(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).amount = 4000
	w.event("evt_1")
	truth := w.now
	w.pass(365 * 24 * time.Hour)
	w.ahead(365 * 24 * time.Hour)
	w.work()
	if c := w.wantState(closing.Open); c.DueAt.After(truth.Add(25 * time.Hour)) {
		t.Fatalf("due in %s", c.DueAt.Sub(truth))
	}
}

func TestWithoutADateOurClockCounts(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweepAndWork()
	w.wantState(closing.Closed)
}

// A look in the very second in which a claim lapses may be dated before: it is repeated seconds later, and not at once.
func TestALookInTheSecondOfTheLapseIsRepeated(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.now = w.load().ClaimUntil.Add(500 * time.Millisecond)
	w.ahead(0)
	w.provider.date = func() time.Time { return w.now.Add(-time.Second).Truncate(time.Second) }
	w.sweepAndWork()
	if c := w.wantState(closing.Closing); !c.DueAt.After(w.now) || c.DueAt.Sub(w.now) > 5*time.Second {
		t.Fatalf("due in %s", c.DueAt.Sub(w.now))
	}
	w.pass(2 * time.Second)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantPosts(2)
}
