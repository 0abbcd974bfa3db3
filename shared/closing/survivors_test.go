package closing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// failed brings the case to where WooshPay has refused the close for good.
func (w *world) failed() {
	w.t.Helper()
	w.small()
	w.provider.onClose = func(*remote) error { return errRefused }
	w.sweepAndWork()
	w.wantState(closing.Failed)
	w.provider.onClose = nil
}

// An operator's order on a failed case is carried out at once, and not deferred to the next day.
func TestAnOrderOnAFailedCaseIsActedOn(t *testing.T) {
	agreed := dispute.Money{Amount: amount, Currency: currency}
	for _, tc := range []struct {
		order string
		give  func(closing.Operator) (closing.Case, error)
		want  closing.State
	}{
		{"close", func(o closing.Operator) (closing.Case, error) {
			return o.Close(context.Background(), closing.Order{ID: theID, Why: "once more"}, agreed)
		}, closing.Closed},
		{"keep", func(o closing.Operator) (closing.Case, error) {
			return o.Keep(context.Background(), closing.Order{ID: theID, Why: "we defend it"})
		}, closing.Open},
		{"release", func(o closing.Operator) (closing.Case, error) {
			return o.Release(context.Background(), closing.Order{ID: theID, Why: "try again"})
		}, closing.Scheduled},
	} {
		t.Run(tc.order, func(t *testing.T) {
			w := newWorld(t)
			w.failed()
			if _, err := tc.give(w.operator()); err != nil {
				t.Fatal(err)
			}
			w.work()
			c := w.wantState(tc.want)
			if tc.order != "release" && c.Decision.Operator != "ada" {
				t.Fatalf("decided by %q, want by the operator", c.Decision.Operator)
			}
			if tc.want != closing.Closed && c.Attempts != 0 {
				t.Fatalf("%d attempts are counted, want that they begin anew", c.Attempts)
			}
		})
	}
}

// Looks that failed count until one succeeds: then the back-off begins anew, and nobody is told of the deadline for them.
func TestFailedLooksAreCountedInARow(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).amount = 4000
	w.provider.the().dueBy = w.now.Add(200 * time.Hour)
	w.event("evt_1")
	fails := func(n int) (next time.Duration) {
		w.provider.onGet = func() error { return errTimeout }
		for range n {
			w.sweepAndWork()
			next = w.load().DueAt.Sub(w.now)
			w.now = w.load().DueAt
		}
		w.provider.onGet = nil
		return next
	}
	first := fails(1)
	if third := fails(2); third <= first {
		t.Fatalf("the third look in a row comes after %s, the first after %s", third, first)
	}
	w.sweepAndWork()
	if c := w.load(); c.FailedLooks != 0 || c.LastError != "" || !c.FailedSince.IsZero() {
		t.Fatalf("%d failed looks since %s, %q, after one that succeeded", c.FailedLooks, c.FailedSince, c.LastError)
	}
	w.event("evt_2")
	if again := fails(1); again != first {
		t.Fatalf("after a look that succeeded the next comes after %s, want %s", again, first)
	}
	w.now = w.provider.the().dueBy.Add(-time.Hour)
	w.sweepAndWork()
	if c := w.load(); told(c, closing.ReasonDeadline) {
		t.Fatal("a person was told of a deadline that the rules let pass")
	}
}

// WooshPay is left alone for as long as it asks, after a look as after a close, up to a day.
func TestRetryAfterIsHonoured(t *testing.T) {
	for _, tc := range []struct{ asked, want time.Duration }{
		{90 * time.Second, 90 * time.Second}, {3 * time.Hour, 3 * time.Hour}, {time.Second, time.Minute}, {1000 * time.Hour, 24 * time.Hour},
	} {
		busy := &fault.Error{Class: fault.Retryable, RetryAfter: tc.asked, Err: errors.New("429")}
		t.Run("a look: "+tc.asked.String(), func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.onGet = func() error { return busy }
			w.sweepAndWork()
			if got := w.load().DueAt.Sub(w.now); got != tc.want {
				t.Fatalf("the next look comes after %s, want %s", got, tc.want)
			}
		})
		t.Run("a charge: "+tc.asked.String(), func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.onChargeGet = func() error { return busy }
			w.sweepAndWork()
			if got := w.load().DueAt.Sub(w.now); got != tc.want {
				t.Fatalf("the next look comes after %s, want %s", got, tc.want)
			}
		})
		t.Run("a close: "+tc.asked.String(), func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.onClose = func(*remote) error { return busy }
			w.sweepAndWork()
			refused := w.now
			w.provider.onClose = nil
			w.pass(tc.want - time.Second)
			w.event("evt_2") // News does not shorten it.
			w.work()
			w.wantPosts(1)
			if got := w.load().DueAt.Sub(refused); got != tc.want {
				t.Fatalf("the next close comes after %s, want %s", got, tc.want)
			}
			w.pass(time.Second)
			w.sweepAndWork()
			w.wantPosts(2)
		})
	}
}

// Once the reminder has passed, it draws no date to itself: the case would be due at once, for ever.
func TestAReminderThatHasPassedDrawsNoDate(t *testing.T) {
	for _, left := range []time.Duration{23 * time.Hour, time.Hour, -time.Hour} {
		w := newWorld(t)
		w.provider.add(theID).amount = 4000
		w.provider.the().dueBy = w.now.Add(left)
		w.event("evt_1")
		w.work()
		if c := w.wantState(closing.Open); !c.DueAt.Equal(w.now.Add(24 * time.Hour)) {
			t.Errorf("%s before the deadline, due in %s, want a day", left, c.DueAt.Sub(w.now))
		}
	}
}

// strict is a ledger that stores nothing for a caller who has given up, as every real one.
type strict struct{ *ledger }

func (l strict) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if ctx.Err() != nil {
		return closing.Case{}, ctx.Err()
	}
	return l.ledger.Load(ctx, id)
}

func (l strict) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if ctx.Err() != nil {
		return closing.Case{}, ctx.Err()
	}
	return l.ledger.Save(ctx, c, t)
}

// What a close came to is stored although the invocation is given up while it is under way, and for no longer than the
// reserve.
func TestARecordOutlivesItsCaller(t *testing.T) {
	for _, conflict := range []bool{false, true} {
		w := newWorld(t)
		w.small()
		w.closer.Ledger = strict{w.ledger}
		w.sweep()
		ctx, cancel := context.WithCancel(t.Context())
		w.provider.onClose = func(r *remote) error {
			r.execute()
			if conflict {
				w.event("evt_meanwhile")
			}
			cancel()
			return nil
		}
		if err := w.closer.Work(ctx, theID); err != nil {
			t.Fatal(err)
		}
		if c := w.wantState(closing.Closed); c.Proof != closing.Answered {
			t.Fatalf("proof %q", c.Proof)
		}
	}
}

func TestARecordEndsWithItsReserve(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	var left time.Duration
	w.closer.Ledger = timed{w.ledger, &left}
	w.work()
	if reserve := closing.DefaultTerms().Reserve; left <= 0 || left > reserve {
		t.Fatalf("the record may take %s, want up to %s", left, reserve)
	}
}

// timed notes for how long the last save may take.
type timed struct {
	*ledger
	left *time.Duration
}

func (l timed) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if deadline, ok := ctx.Deadline(); ok {
		*l.left = time.Until(deadline)
	}
	return l.ledger.Save(ctx, c, t)
}
