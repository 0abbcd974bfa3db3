package closing_test

import (
	"context"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// A person who is called in the pass that closes is called aloud, and not only in the stored case.
func TestAPersonIsCalledInThePassThatCloses(t *testing.T) {
	t.Run("a plan after the deadline", func(t *testing.T) {
		w := newWorld(t)
		w.provider.add(theID).dueBy = w.now.Add(-time.Hour)
		w.event("evt_1")
		w.operatorCloses()
		w.work()
		w.wantState(closing.Closed)
		if n := w.noted(closing.NotePerson, closing.ReasonLate); n != 1 {
			t.Fatalf("called %d times", n)
		}
	})
	t.Run("another amount, on the next day", func(t *testing.T) {
		w := newWorld(t)
		w.doubtful()
		w.provider.the().amount = 900
		w.pass(grace)
		w.sweepAndWork()
		w.wantState(closing.Closed)
		if n := w.noted(closing.NotePerson, closing.ReasonContradiction); n != 1 {
			t.Fatalf("called %d times", n)
		}
	})
}

// A close that is put off until after the deadline calls a person.
func TestAClosePutOffBeyondTheDeadlineIsTold(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).dueBy = w.now.Add(grace + time.Hour)
	w.event("evt_1")
	w.work()
	if c := w.wantState(closing.Scheduled); c.Late() {
		t.Fatal("the plan itself is not late")
	}
	if err := w.operator().Pause(context.Background(), "a holiday"); err != nil {
		t.Fatal(err)
	}
	w.pass(grace)
	w.sweepAndWork()
	if told(w.load(), closing.ReasonLate) {
		t.Fatal("told too early")
	}
	w.pass(50 * time.Minute)
	w.sweepAndWork()
	if c := w.wantState(closing.Scheduled); !c.Late() || w.noted(closing.NotePerson, closing.ReasonLate) != 1 {
		t.Fatalf("late %t, due at %s, deadline %s, told %v", c.Late(), c.DueAt, c.Dispute.DueBy, c.Told)
	}
}

// A charge that a proxy kept from yesterday permits no close.
func TestAnOldAnswerAboutTheChargeClaimsNothing(t *testing.T) {
	for age, want := range map[time.Duration]closing.State{0: closing.Closed, 20 * time.Second: closing.Closed, 24 * time.Hour: closing.Scheduled} {
		w := newWorld(t)
		w.small()
		w.ahead(0)
		w.provider.chargeDate = func() time.Time { return w.now.Add(-age) }
		w.sweepAndWork()
		c := w.wantState(want)
		if refused := want != closing.Closed; (w.noted(closing.NoteClock, "") == 1) != refused || c.DueAt.Before(w.now) == refused {
			t.Errorf("%s old: noted %d times, due at %s", age, w.noted(closing.NoteClock, ""), c.DueAt)
		}
	}
}

// An answer that says lost and is incomplete is compared with the look that completes it.
func TestALostAnswerThatTheLookContradicts(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.answer = `{"id":"dp_1","status":"lost"}`
	w.provider.afterClose = func() { w.provider.the().status = dispute.NeedsResponse }
	w.sweepAndWork()
	if c := w.wantState(closing.Closed); !told(c, closing.ReasonContradiction) {
		t.Fatalf("told %v", c.Told)
	}
}

// Each unknown status calls a person anew once a known one was seen in between.
func TestASecondUnknownStatusCallsAgain(t *testing.T) {
	w := newWorld(t)
	r := w.provider.add(theID)
	for _, s := range []dispute.Status{"prevented", dispute.UnderReview, "blocked"} {
		r.status = s
		w.pass(time.Minute)
		w.event("evt_" + string(s))
		w.work()
	}
	if n := w.noted(closing.NotePerson, closing.ReasonStatus); n != 2 {
		t.Fatalf("called %d times", n)
	}
}
