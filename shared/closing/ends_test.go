package closing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// lookFor sweeps and works every six hours for a time.
func (w *world) lookFor(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); w.pass(6 * time.Hour) {
		w.sweepAndWork()
	}
}

// A dispute that WooshPay does not know for days ends as missing: a person is told once, and it never counts as an outage.
func TestADisputeThatWooshPayDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	w.provider.onGet = func() error { return errNoCharge }
	w.lookFor(closing.DefaultTerms().Unknown)
	if c := w.wantState(closing.Open); c.UnknownSince.IsZero() || told(c, closing.ReasonMissing) {
		t.Fatalf("unknown since %s, told %v", c.UnknownSince, c.Told)
	}
	w.pass(6 * time.Hour)
	w.sweepAndWork()
	c := w.wantState(closing.Missing)
	if !c.DueAt.IsZero() || c.Armed() || w.noted(closing.NotePerson, closing.ReasonMissing) != 1 {
		t.Fatalf("due at %s, armed %t, a person was told %d times", c.DueAt, c.Armed(), w.noted(closing.NotePerson, closing.ReasonMissing))
	}
	if n := w.noted(closing.NoteLookFailed, ""); n != 0 {
		t.Fatalf("%d looks count as an outage", n)
	}
	if n := w.noted(closing.NoteUnknown, ""); n < 10 {
		t.Fatalf("%d looks were noted as unknown", n)
	}
}

// News opens a missing case again: if WooshPay knows the dispute after all, it is decided; if not, it ends at once.
func TestNewsOfAMissingDispute(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	w.provider.onGet = func() error { return errNoCharge }
	w.lookFor(80 * time.Hour)
	w.wantState(closing.Missing)
	w.event("evt_2")
	w.work()
	w.wantState(closing.Missing)
	if w.noted(closing.NotePerson, closing.ReasonMissing) != 1 {
		t.Fatal("a person was told again")
	}
	w.pass(time.Hour)
	w.event("evt_3")
	w.provider.onGet = nil
	w.work()
	c := w.wantState(closing.Scheduled)
	if !c.UnknownSince.IsZero() || !c.FailedSince.IsZero() || c.FailedLooks != 0 || told(c, closing.ReasonMissing) {
		t.Fatalf("still remembered: %+v", c)
	}
}

func TestNothingIsClosedThatWooshPayDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	w.provider.onGet = func() error { return errNoCharge }
	w.work()
	agreed, _ := w.load().Dispute.Money()
	if _, err := w.operator().Close(context.Background(), closing.Order{ID: theID, Why: "a test"}, agreed); !errors.Is(err, closing.ErrUnknownDispute) {
		t.Fatalf("got %v, want %v", err, closing.ErrUnknownDispute)
	}
	w.provider.onGet = func() error { return errUnavailable }
	w.pass(time.Hour)
	w.sweepAndWork()
	if c := w.load(); c.UnknownSince.IsZero() {
		t.Fatal("a passing fault says nothing of a dispute that was unknown")
	}
}

// What ended stays as it ended, and a claim that has not lapsed is not ended.
func TestAnUnknownDisputeEndsNothingElse(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.provider.the().status = dispute.NeedsResponse
	w.pass(time.Hour)
	w.event("evt_reopened")
	w.provider.onGet = func() error { return errNoCharge }
	w.lookFor(80 * time.Hour)
	if c := w.wantState(closing.Closed); !told(c, closing.ReasonMissing) || !c.DueAt.IsZero() {
		t.Fatalf("told %v, due at %s", c.Told, c.DueAt)
	}
}

func TestALiveClaimIsNotMissing(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onGet = func() error { return errNoCharge }
	w.lookFor(72 * time.Hour)
	w.wantState(closing.Scheduled)
	w.provider.onGet = nil
	w.provider.onClose = func(*remote) error {
		w.provider.onGet = func() error { return errNoCharge }
		return errTimeout
	}
	w.sweepAndWork()
	w.wantState(closing.Closing)
	w.lookFor(80 * time.Hour)
	if c := w.wantState(closing.Missing); c.PostedAt.IsZero() || c.Spent == (closing.Spend{}) {
		t.Fatalf("the close that may have happened is forgotten: %+v", c)
	}
}

// Looks that fail for a day call a person, once for as long as they fail.
func TestLooksThatFailForADay(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	for range 2 {
		w.provider.onGet = func() error { return errUnavailable }
		w.notes = nil
		w.lookFor(18 * time.Hour)
		if told(w.load(), closing.ReasonLooks) {
			t.Fatal("told too early")
		}
		w.lookFor(48 * time.Hour)
		if n := w.noted(closing.NotePerson, closing.ReasonLooks); n != 1 {
			t.Fatalf("a person was told %d times", n)
		}
		w.provider.onGet = nil
		w.lookFor(12 * time.Hour)
		if c := w.load(); c.FailedLooks != 0 || !c.FailedSince.IsZero() || c.LastError != "" || told(c, closing.ReasonLooks) {
			t.Fatalf("still remembered: %d looks since %s, %q, told %v", c.FailedLooks, c.FailedSince, c.LastError, c.Told)
		}
	}
}

// Slow answers are too old to claim on. That is stored, dated and, if it lasts, told.
func TestSlowLooksAreFailedLooks(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.afterGet = func() { w.pass(8 * time.Second) }
	w.provider.onChargeGet = func() error { w.pass(8 * time.Second); return nil }
	w.sweepAndWork()
	c := w.wantState(closing.Scheduled)
	w.wantPosts(0)
	if c.FailedLooks != 1 || !strings.Contains(c.LastError, "too old") || !c.DueAt.After(w.now) || c.Armed() || w.provider.gets != 3 {
		t.Fatalf("%d failed looks (%q), due at %s, armed %t, %d GETs", c.FailedLooks, c.LastError, c.DueAt, c.Armed(), w.provider.gets)
	}
	if w.noted(closing.NoteLookFailed, "") != 1 {
		t.Fatal("not noted")
	}
	w.lookFor(30 * time.Hour)
	if n := w.noted(closing.NotePerson, closing.ReasonLooks); n != 1 {
		t.Fatalf("a person was told %d times", n)
	}
	w.provider.afterGet, w.provider.onChargeGet = nil, nil
	w.pass(6 * time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Closed)
}

// One slow look is repeated at once.
func TestOneSlowLookIsRepeated(t *testing.T) {
	w := newWorld(t)
	w.small()
	slow := true
	w.provider.afterGet = func() {
		if slow {
			slow = false
			w.pass(16 * time.Second)
		}
	}
	w.sweepAndWork()
	w.wantState(closing.Closed)
}

func TestAnUnknownStatusCallsAPerson(t *testing.T) {
	for status, want := range map[dispute.Status]int{"prevented": 1, "": 1, dispute.EarlyDisputeWarning: 0, dispute.UnderReview: 0} {
		w := newWorld(t)
		w.provider.add(theID).status = status
		w.event("evt_1")
		w.work()
		w.lookFor(72 * time.Hour)
		if n := w.noted(closing.NotePerson, closing.ReasonStatus); n != want {
			t.Errorf("status %q: a person was told %d times, want %d", status, n, want)
		}
		if c := w.wantState(closing.Open); c.DueAt.IsZero() {
			t.Errorf("status %q: nothing is due", status)
		}
	}
}

// A plan that closes only after the deadline is made, and a person is told when it is made.
func TestALatePlanIsToldWhenItIsMade(t *testing.T) {
	for _, tc := range []struct {
		due  time.Duration
		late bool
	}{{grace - time.Second, true}, {grace, false}, {grace + time.Second, false}, {0, false}} {
		t.Run(fmt.Sprint(tc.due), func(t *testing.T) {
			w := newWorld(t)
			if r := w.provider.add(theID); tc.due != 0 {
				r.dueBy = w.now.Add(tc.due)
			}
			w.event("evt_1")
			w.work()
			c := w.wantState(closing.Scheduled)
			if c.Late() != tc.late || (w.noted(closing.NotePerson, closing.ReasonLate) == 1) != tc.late {
				t.Fatalf("late %t, told %v", c.Late(), c.Told)
			}
			w.pass(grace)
			w.sweepAndWork()
			w.wantState(closing.Closed)
		})
	}
}

// An invocation that has no time to look again stores that its look was too slow: a retry would meet the same.
func TestSlowLooksInAShortInvocation(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
	defer cancel()
	deadline, _ := ctx.Deadline()
	w.now = deadline.Add(-90 * time.Second) // the deployed timeout
	w.provider.afterGet = func() { w.pass(8 * time.Second) }
	w.provider.onChargeGet = func() error { w.pass(8 * time.Second); return nil }
	if err := w.closer.Work(ctx, theID); err != nil {
		t.Fatal(err)
	}
	c := w.wantState(closing.Scheduled)
	w.wantPosts(0)
	if c.FailedLooks != 1 || c.Armed() || !c.DueAt.After(w.now) || w.provider.gets != 2 {
		t.Fatalf("%d failed looks, armed %t, due at %s, %d GETs", c.FailedLooks, c.Armed(), c.DueAt, w.provider.gets)
	}
}
