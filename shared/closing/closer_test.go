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
	"disputecloser/shared/policy"
)

func TestCloseCosts(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.ledger.loads, w.ledger.saves, w.ledger.claims, w.provider.gets, w.provider.charges = 0, 0, 0, 0, 0
	w.work()
	w.wantState(closing.Closed)
	got := [...]int{w.ledger.loads - 1, w.provider.gets, w.provider.charges, w.ledger.claims, w.provider.posts, w.ledger.saves}
	if want := [...]int{1, 1, 1, 1, 1, 1}; got != want {
		t.Fatalf("load, look, charge, claim, POST, save: %v, want %v", got, want)
	}
}

func TestNewsCosts(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	if w.ledger.loads != 1 || w.ledger.saves != 1 {
		t.Fatalf("news cost %d loads and %d saves, want one of each", w.ledger.loads, w.ledger.saves)
	}
	w.event("evt_1")
	if w.ledger.loads != 2 || w.ledger.saves != 1 {
		t.Fatalf("a repeated event cost %d loads and %d saves in all, want one more load", w.ledger.loads, w.ledger.saves)
	}
}

func TestClosedWithItsProof(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweepAndWork()
	c := w.wantState(closing.Closed)
	if c.Proof != closing.Answered || c.Dispute.Status != dispute.Lost || !c.DueAt.IsZero() || c.Armed() {
		t.Fatalf("closed as %+v", c)
	}
	w.event("evt_our_own")
	w.work()
	w.wantState(closing.Closed)
	w.wantPosts(1)
}

// An answer that shows no more than the end proves the close, and is not stored in place of the dispute.
func TestClosedWithAStumpOfAnAnswer(t *testing.T) {
	for _, failed := range []bool{false, true} {
		w := newWorld(t)
		w.small()
		w.provider.answer = `{"id":"` + string(theID) + `","status":"lost"}`
		w.sweep()
		if failed {
			w.provider.onGet = func() error {
				if w.provider.posts > 0 {
					return errTimeout
				}
				return nil
			}
		}
		w.work()
		c := w.wantState(closing.Closed)
		money, known := c.Dispute.Money()
		if c.Proof != closing.Answered || !known || money.Amount != amount || (c.Dispute.Status == dispute.Lost) == failed {
			t.Errorf("proof %q, %s, %s", c.Proof, money, c.Dispute.Status)
		}
		w.wantPosts(1)
	}
}

func TestLostAnswerIsInferred(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(r *remote) error { r.execute(); return errTimeout }
	w.sweepAndWork()
	if c := w.wantState(closing.Closed); c.Proof != closing.Inferred {
		t.Fatalf("proof %q", c.Proof)
	}
}

func TestLostAnswerAndFailedLook(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(r *remote) error {
		r.execute()
		w.provider.onGet = func() error { return errNoAnswer }
		return errTimeout
	}
	w.sweepAndWork()
	w.wantState(closing.Closing)
	w.provider.onGet = nil
	w.pass(5 * time.Minute)
	w.sweepAndWork()
	if c := w.wantState(closing.Closed); c.Proof != closing.Inferred || w.provider.the().executed != 1 {
		t.Fatalf("proof %q after %d executions", c.Proof, w.provider.the().executed)
	}
}

func TestHolderVanishes(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.provider.onClose = func(r *remote) error { r.execute(); panic("stopped") }
	func() {
		defer func() { _ = recover() }()
		w.work()
	}()
	w.wantState(closing.Closing)
	w.provider.onClose = nil
	w.pass(5 * time.Minute)
	w.sweepAndWork()
	if c := w.wantState(closing.Closed); c.Proof != closing.Inferred {
		t.Fatalf("proof %q", c.Proof)
	}
	w.wantPosts(1)
}

func TestGuards(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(w *world)
		guard  policy.Guard
		action policy.Action
	}{
		{"another mode's dispute", func(w *world) { w.provider.the().livemode = true }, policy.GuardLivemode, policy.Keep},
		{"above the ceiling", func(w *world) {
			w.provider.the().amount = 5001
			w.pass(time.Minute)
			w.event("evt_2")
			w.operatorCloses()
		}, policy.GuardCeiling, policy.Keep},
		{"more than was agreed to", func(w *world) { w.provider.the().amount++; w.operatorCloses() }, policy.GuardAgreed, policy.Keep},
		{"less than was agreed to", func(w *world) { w.provider.the().amount--; w.operatorCloses() }, policy.GuardAgreed, policy.Keep},
		{"with the bank", func(w *world) { w.provider.the().status = dispute.UnderReview; w.operatorCloses() }, policy.GuardStatus, policy.Keep},
		{"an unknown status", func(w *world) { w.provider.the().status = "novel"; w.operatorCloses() }, policy.GuardStatus, policy.Keep},
		{"an inquiry by word", func(w *world) { w.provider.the().status = dispute.WarningNeedsResponse; w.operatorCloses() }, policy.GuardStatus, policy.Keep},
		{"no amount", func(w *world) { w.provider.the().amount = 0 }, policy.GuardAmount, policy.Keep},
		{"refunded", func(w *world) {
			w.provider.the().charge, w.provider.refunded = "ch_1", dispute.Known(true)
		}, policy.GuardRefunded, policy.Review},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.provider.add(theID)
			w.event("evt_1")
			tc.change(w)
			w.pass(2 * grace)
			w.sweepAndWork()
			w.pass(2 * grace)
			w.sweepAndWork()
			c := w.wantState(closing.Open)
			if c.Decision.Guard != tc.guard || c.Decision.Action != tc.action {
				t.Fatalf("decided %s by guard %q", c.Decision.Action, c.Decision.Guard)
			}
			w.wantPosts(0)
		})
	}
}

// spend counts in a day's budget by way of another case.
func (l *ledger) spend(t *testing.T, tally closing.Tally) {
	t.Helper()
	other := closing.Case{ID: dispute.ID("dp_other" + time.Now().String()), State: closing.Open}
	if _, err := l.Ledger.Save(context.Background(), other, tally); err != nil {
		t.Fatal(err)
	}
}

func TestPauseStopsTheClaim(t *testing.T) {
	w := newWorld(t)
	w.small()
	if err := w.operator().Pause(context.Background(), "wait"); err != nil {
		t.Fatal(err)
	}
	w.sweepAndWork()
	w.wantState(closing.Scheduled)
	w.wantPosts(0)
	if w.noted(closing.NotePaused, "") != 1 || w.noted(closing.NoteOff, "") != 0 {
		t.Errorf("noted %v", w.notes)
	}
	if err := w.operator().Resume(context.Background(), "go on"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Closed)
}

// A new table, a restored one, and one whose switch was lost close nothing until a person says so.
func TestAClaimWaitsUntilClosingIsTurnedOn(t *testing.T) {
	for name, off := range map[string]func(*ledger){
		"lost": func(l *ledger) { l.LoseControl() }, "another table": func(l *ledger) { l.MoveTo("restored") },
	} {
		w := newWorld(t)
		w.small()
		off(w.ledger)
		w.sweepAndWork()
		c := w.wantState(closing.Scheduled)
		w.wantPosts(0)
		if !strings.Contains(c.LastError, closing.ErrOff.Error()) || !c.DueAt.Equal(w.now.Add(15*time.Minute)) {
			t.Errorf("%s: last error %q, due in %s", name, c.LastError, c.DueAt.Sub(w.now))
		}
		if w.noted(closing.NoteOff, "") != 1 || w.noted(closing.NotePaused, "") != 0 {
			t.Errorf("%s: noted %v", name, w.notes)
		}
		if err := w.operator().Resume(context.Background(), "looked through"); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Hour)
		w.sweepAndWork()
		w.wantState(closing.Closed)
	}
}

func TestAttemptsRunOut(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errBusy }
	for range 20 {
		w.sweepAndWork()
		w.pass(7 * time.Hour)
	}
	w.wantState(closing.Failed)
	w.wantPosts(closing.DefaultTerms().Attempts)
	if n := w.noted(closing.NotePerson, closing.ReasonFailed); n != 1 {
		t.Fatalf("a person was told %d times", n)
	}
}

func TestFailedLookBacksOff(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	w.provider.onGet = func() error { return errNoAnswer }
	var pauses []time.Duration
	for range 4 {
		w.sweepAndWork()
		w.work()
		c := w.wantState(closing.Open)
		pauses = append(pauses, c.DueAt.Sub(w.now))
		w.now = c.DueAt.Add(time.Second)
	}
	for i, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
		if pauses[i] != want {
			t.Fatalf("pauses %v", pauses)
		}
	}
}

func TestClosedCaseNeverMoves(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.provider.the().status = dispute.Won
	w.pass(time.Hour)
	w.event("evt_won")
	w.work()
	c := w.wantState(closing.Closed)
	if c.Armed() || !c.DueAt.IsZero() || !told(c, closing.ReasonContradiction) {
		t.Fatalf("armed %t, due %s, told %v", c.Armed(), c.DueAt, c.Told)
	}
}

func TestResolvedCaseOpensAgain(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).status = dispute.Won
	w.event("evt_1")
	w.work()
	w.wantState(closing.Resolved)
	w.provider.the().status = dispute.NeedsResponse
	w.pass(time.Hour)
	w.event("evt_2")
	w.work()
	w.wantState(closing.Scheduled)
}

// Found by the simulation: a POST that was refused left a doubt when the dispute had ended meanwhile, and a later
// close by a person was booked as perhaps ours.
func TestRefusalAtAnotherEndLeavesNoDoubt(t *testing.T) {
	for _, end := range []dispute.Status{dispute.Won, dispute.Lost} {
		w := newWorld(t)
		w.small()
		w.provider.onClose = func(r *remote) error { r.status = end; return errRefused }
		w.sweepAndWork()
		if c := w.wantState(closing.Resolved); !c.PostedAt.IsZero() {
			t.Errorf("ended as %s: posted_at stayed although it is certain that nothing happened", end)
		}
	}
}

// Found by the simulation: a review, an end, a reopening and a second review told nobody the second time.
func TestReopenedCaseTellsAPersonAnew(t *testing.T) {
	w := newWorld(t)
	w.closer.Judge.Policy = compiled(t, policy.Live, reviewRule())
	r := w.provider.add(theID)
	for i, status := range []dispute.Status{dispute.WarningNeedsResponse, dispute.WarningClosed, dispute.WarningNeedsResponse} {
		r.status = status
		w.pass(time.Hour)
		w.event(fmt.Sprint("evt_", i))
		w.work()
	}
	if n := w.noted(closing.NotePerson, closing.ReasonReview); n != 2 {
		t.Fatalf("a person was told %d times, want once per opening", n)
	}
}

func TestTooLittleTimeLeft(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
	defer cancel()
	deadline, _ := ctx.Deadline()
	w.now = deadline.Add(-closing.DefaultTerms().NeedsForClose() + time.Second)
	if err := w.closer.Work(ctx, theID); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v, want to be told that the time is too short", err)
	}
	if c := w.wantState(closing.Scheduled); !c.Armed() {
		t.Fatal("the case was put down")
	}
	w.wantPosts(0)
}

func TestTwoClosersOneWins(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.ledger.beforeClaim = func() {
		if err := w.newCloser().Work(context.Background(), theID); err != nil {
			t.Fatal(err)
		}
	}
	w.work()
	w.wantState(closing.Closed)
	w.wantPosts(1)
}
