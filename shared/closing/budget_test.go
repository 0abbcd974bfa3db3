package closing_test

import (
	"context"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func TestBudgetRunsOut(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.ledger.beforeClaim = func() {
		for range 3 {
			w.ledger.spend(t, closing.Tally{Day: closing.DayOf(w.now), Currency: currency, Closes: 1, Amount: 1})
		}
	}
	w.sweepAndWork()
	c := w.wantState(closing.Scheduled)
	if !c.DueAt.Equal(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("due %s, want the next UTC day", c.DueAt)
	}
	w.wantPosts(0)
	w.now = c.DueAt.Add(time.Minute)
	w.sweepAndWork()
	w.wantState(closing.Closed)
}

func TestFailuresStopTheCurrency(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.ledger.spend(t, closing.Tally{Day: closing.DayOf(w.now), Currency: currency, Failures: 2})
	w.sweepAndWork()
	w.wantState(closing.Scheduled)
	w.wantPosts(0)
}

func TestPermanentRefusalCountsAFailure(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errRefused }
	w.sweepAndWork()
	w.wantState(closing.Failed)
	got, err := w.ledger.Spent(context.Background(), closing.DayOf(w.now), currency)
	if err != nil || got.Failures != 1 {
		t.Fatalf("failures %d, %v", got.Failures, err)
	}
	if n := w.noted(closing.NotePerson, closing.ReasonFailed); n != 1 {
		t.Fatalf("a person was told %d times", n)
	}
}

func TestPastDayIsNotReturned(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.now = time.Date(2026, 3, 3, 23, 59, 55, 0, time.UTC)
	w.provider.onClose = func(*remote) error { w.pass(10 * time.Second); return errBusy }
	w.sweepAndWork()
	if c := w.wantState(closing.Scheduled); c.Spent != (closing.Spend{}) {
		t.Fatalf("the case still holds %+v", c.Spent)
	}
	w.wantSpent(0, 0)
	w.now = w.now.AddDate(0, 0, -1)
	w.wantSpent(1, amount)
}

// Where WooshPay's clock is behind, the earlier of the two may still say yesterday. What the case holds of a day that is not
// over is returned all the same.
func TestADayThatIsNotOverIsReturned(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.now = time.Date(2026, 3, 4, 0, 0, 5, 0, time.UTC)
	w.provider.onClose = func(*remote) error { return errTimeout }
	w.sweepAndWork()
	w.wantState(closing.Closing)
	w.pass(5 * time.Minute)
	w.ahead(time.Minute)
	w.sweepAndWork()
	w.wantState(closing.Scheduled)
	w.wantSpent(1, amount)
	w.provider.the().status = dispute.Won
	w.ahead(10 * time.Minute)
	w.arm()
	w.work()
	if c := w.wantState(closing.Resolved); c.Spent != (closing.Spend{}) {
		t.Fatalf("the case still holds %+v", c.Spent)
	}
	w.wantSpent(0, 0)
}

// A failure is counted on the day whose spend is returned with it: one tally is about one day.
func TestAFailureIsCountedWithItsReturn(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.now = time.Date(2026, 3, 4, 0, 0, 5, 0, time.UTC)
	w.provider.onClose = func(*remote) error { w.pass(-10 * time.Second); return errRefused }
	w.sweepAndWork()
	w.wantState(closing.Failed)
	got, err := w.ledger.Spent(context.Background(), "2026-03-04", currency)
	if err != nil || got.Failures != 1 || got.Closes != 0 || got.Amount != 0 {
		t.Fatalf("the day's budget counts %+v, %v", got, err)
	}
}

// A case that holds today's budget for one amount closes no other on it: it waits for the next day.
func TestAHoldForAnotherAmountWaits(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.provider.the().amount = 900
	w.pass(5 * time.Minute)
	w.sweepAndWork()
	c := w.wantState(closing.Scheduled)
	w.wantPosts(1)
	w.wantSpent(1, amount)
	if end := closing.DayOf(w.now).End(); !c.DueAt.Equal(end) {
		t.Fatalf("tried again at %s, want %s", c.DueAt, end)
	}
	w.pass(grace)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantSpent(1, 900)
}
