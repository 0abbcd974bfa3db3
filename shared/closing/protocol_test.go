package closing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Each test here is named after a rule of the protocol, and fails if the rule is left out.

func TestCloseAt(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_created")
	w.work()
	for _, id := range []string{"evt_2", "evt_3"} {
		w.pass(time.Hour)
		w.event(id)
		w.work()
	}
	w.wantPosts(0)
	if c := w.load(); !c.CloseAt.Equal(noon.Add(grace)) {
		t.Fatalf("an event moved close_at to %s", c.CloseAt)
	}
}

func TestFreshClaimID(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	first := w.load().ClaimID
	w.pass(time.Hour)
	w.sweepAndWork()
	var ids []string
	for _, c := range w.ledger.saved {
		if c.ClaimID != "" && c.ClaimID != first {
			ids = append(ids, c.ClaimID)
		}
	}
	if w.wantState(closing.Closed); w.ids != 2 || first == "" {
		t.Fatalf("two claims drew %d ids (%q, %v)", w.ids, first, ids)
	}
}

func TestSkewInClaim(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	c, terms := w.load(), closing.DefaultTerms()
	if got := c.ClaimUntil.Sub(c.PostedAt); got != 2*time.Minute {
		t.Fatalf("a claim lasts %s, want 2m", got)
	}
	if sum := terms.Window + terms.Request + terms.Settle; c.ClaimUntil.Sub(c.PostedAt)-sum < terms.Skew {
		t.Fatal("the claim leaves no room for the clocks' difference")
	}
}

func TestLearnPassive(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.the().status = dispute.Lost
	before := w.load()
	w.event("evt_lost")
	after := w.load()
	if after.State != before.State || !after.CloseAt.Equal(before.CloseAt) {
		t.Fatalf("an event moved the case from %s to %s", before.State, after.State)
	}
	if after.Dispute.Status != dispute.Lost {
		t.Fatal("the newer snapshot was not stored")
	}
	w.provider.the().status = dispute.Won
	w.eventAt("evt_late", theID, w.now.Add(-time.Hour))
	if got := w.load().Dispute.Status; got != dispute.Lost {
		t.Fatalf("an older event replaced the snapshot by %s", got)
	}
}

func TestArmSetsDue(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_created")
	w.work()
	w.pass(time.Hour)
	w.event("evt_2")
	c := w.load()
	if !c.Armed() || !c.DueAt.Equal(w.now) {
		t.Fatalf("armed %t, due %s, want due now: the stream may lose the record", c.Armed(), c.DueAt)
	}
	w.pass(time.Second)
	if w.sweep().Armed != 1 {
		t.Fatal("the sweep does not see the armed case")
	}
}

func TestArmBumps(t *testing.T) {
	w := newWorld(t)
	w.small()
	before := w.load().Version
	w.event("evt_2")
	if after := w.load().Version; after != before+1 {
		t.Fatalf("arming moved the version from %d to %d", before, after)
	}
	// News that arrives after the look must stop the claim that was decided on it.
	w.ledger.beforeClaim = func() {
		w.provider.the().status = dispute.UnderReview
		w.event("evt_3")
	}
	w.work()
	w.wantPosts(0)
	w.wantState(closing.Open)
}

func TestSweepRearms(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_created") // its stream record is lost
	armed := w.load().ArmedAt
	w.pass(5 * time.Minute)
	if w.sweep().Armed != 1 || !w.load().ArmedAt.After(armed) {
		t.Fatal("a case that is armed and due was not armed again")
	}
}

func TestReleaseGuard(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	if _, err := w.operator().Release(context.Background(), closing.Order{ID: theID, Why: "hurry"}); !errors.Is(err, closing.ErrClosing) {
		t.Fatalf("release while closing: %v, want ErrClosing", err)
	}
	if c := w.wantState(closing.Closing); c.Attempts != 1 {
		t.Fatal("the refused release changed the case")
	}
}

func TestReleaseRestartsTheAttempts(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errRefused }
	w.sweepAndWork()
	w.wantState(closing.Failed)
	if c, err := w.operator().Release(context.Background(), closing.Order{ID: theID, Why: "fixed"}); err != nil || c.Attempts != 0 || !c.Armed() {
		t.Fatalf("released to %+v, %v", c, err)
	}
}

func TestHandsOff(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.provider.onClose = func(r *remote) error {
		w.event("evt_meanwhile") // arms the case while its close is under way
		before := w.load()
		other := w.newCloser()
		if err := other.Work(context.Background(), theID); err != nil {
			t.Fatal(err)
		}
		if after := w.load(); after.Version != before.Version || w.provider.gets != 2 {
			t.Fatalf("another closer touched a claimed case (version %d to %d, %d looks)", before.Version, after.Version, w.provider.gets)
		}
		r.execute()
		return nil
	}
	w.work()
	w.wantState(closing.Closed)
}

func TestOnlyLost(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.provider.the().status = dispute.Won
	w.pass(time.Hour)
	w.sweepAndWork()
	if c := w.wantState(closing.Resolved); c.Proof != "" {
		t.Fatalf("a dispute that was won is recorded as closed by us (%s)", c.Proof)
	}
}

func TestAttrDoubt(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.pass(time.Hour)
	w.provider.onClose = func(*remote) error { return errBusy } // settled as "did not happen", refused again
	w.sweepAndWork()
	w.wantState(closing.Scheduled)
	w.provider.the().status = dispute.Lost
	w.pass(24 * time.Hour)
	w.sweepAndWork()
	c := w.wantState(closing.Resolved)
	if c.PostedAt.IsZero() || c.History[len(c.History)-1].What != "ended at WooshPay as lost, perhaps by our close" {
		t.Fatalf("the doubt about our own POST is not recorded: %v", c.History[len(c.History)-1])
	}
}

func TestWonReturns(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.wantSpent(1, amount)
	w.provider.the().status = dispute.Won
	w.event("evt_won")
	w.work() // the claim has not lapsed: the POST may execute yet
	w.wantState(closing.Resolved)
	w.wantSpent(1, amount)

	w = newWorld(t)
	w.doubtful()
	w.provider.the().status = dispute.Won
	w.pass(time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Resolved)
	w.wantSpent(0, 0)
}

func TestKeepClaim(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	lapses := w.load().ClaimUntil
	for i, status := range []dispute.Status{dispute.Won, dispute.NeedsResponse} {
		w.provider.the().status = status
		w.pass(time.Second)
		w.event("evt_" + string(status))
		w.work()
		w.wantState([]closing.State{closing.Resolved, closing.Scheduled}[i])
	}
	if _, err := w.operator().Release(t.Context(), closing.Order{ID: theID, Why: "too early"}); !errors.Is(err, closing.ErrClosing) {
		t.Fatalf("%v, want ErrClosing", err)
	}
	w.operatorCloses()
	w.work() // the first POST may be executed yet
	w.wantPosts(1)
	if c := w.wantState(closing.Scheduled); c.DueAt.Before(lapses) {
		t.Fatalf("due at %s, before the first claim lapses at %s", c.DueAt, lapses)
	}
	w.now = lapses.Add(time.Second)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantPosts(2)
}

func TestSettle(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.pass(time.Minute)
	w.event("evt_2")
	w.work()
	c := w.wantState(closing.Closing)
	if c.DueAt.Before(c.ClaimUntil) || c.Armed() {
		t.Fatalf("due %s, armed %t; want it put down until the claim lapses at %s", c.DueAt, c.Armed(), c.ClaimUntil)
	}
	w.wantPosts(1)
	w.pass(time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantPosts(2)
}

func TestSettleAtLook(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	until := w.load().ClaimUntil
	w.now = until.Add(-time.Second)
	w.provider.afterGet = func() { w.now = until.Add(time.Second) } // the claim lapses while the look is under way
	w.event("evt_2")
	w.work()
	w.wantState(closing.Closing)
	w.wantPosts(1)
}

func TestGraceLive(t *testing.T) {
	w := newWorld(t)
	w.closer.Judge.Policy = compiled(t, policy.Shadow, smallRule())
	w.provider.add(theID)
	w.event("evt_created")
	w.work()
	if c := w.load(); c.Decision.Action != policy.Close || !c.Decision.Shadow {
		t.Fatalf("decided %+v, want a close in shadow", c.Decision)
	}
	w.pass(3 * grace)
	w.closer.Judge.Policy = compiled(t, policy.Live, smallRule())
	w.sweepAndWork()
	w.wantPosts(0)
	if c := w.wantState(closing.Scheduled); !c.CloseAt.Equal(w.now.Add(grace)) {
		t.Fatalf("close_at %s, want a whole grace from now", c.CloseAt)
	}
	first := w.load().CloseAt
	w.pass(time.Hour)
	w.event("evt_2")
	w.work()
	if c := w.load(); !c.CloseAt.Equal(first) {
		t.Fatal("deciding the same again restarted the grace")
	}
}

func TestDueCap(t *testing.T) {
	w := newWorld(t)
	r := w.provider.add(theID)
	r.amount, r.dueBy = 9000, noon.Add(36*time.Hour)
	w.event("evt_created")
	w.work()
	reminder := r.dueBy.Add(-closing.DefaultTerms().Reminder)
	if c := w.wantState(closing.Open); !c.DueAt.Equal(reminder) {
		t.Fatalf("due %s, want the deadline's reminder at %s", c.DueAt, reminder)
	}
}

func TestPersonIsToldOnceAtTheReminder(t *testing.T) {
	w := newWorld(t)
	w.closer.Judge.Policy = compiled(t, policy.Live, reviewRule())
	r := w.provider.add(theID)
	r.status, r.dueBy = dispute.WarningNeedsResponse, noon.Add(36*time.Hour)
	w.event("evt_created")
	w.work()
	if n := w.noted(closing.NotePerson, closing.ReasonReview); n != 1 {
		t.Fatalf("told of the review %d times", n)
	}
	for range 3 {
		w.pass(12 * time.Hour)
		w.sweepAndWork()
	}
	if n := w.noted(closing.NotePerson, closing.ReasonDeadline); n != 1 {
		t.Fatalf("told of the deadline %d times", n)
	}
}

func TestKeepNewArm(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.provider.onClose = func(r *remote) error {
		w.pass(time.Second)
		w.event("evt_meanwhile")
		return errBusy
	}
	w.work()
	c := w.wantState(closing.Scheduled)
	if !c.Armed() || c.DueAt.After(w.now) {
		t.Fatalf("the record cleared an arm it was not started for (armed %t, due %s)", c.Armed(), c.DueAt)
	}
}

func TestSpendOnce(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.wantSpent(1, amount)
	w.pass(time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantPosts(2)
	w.wantSpent(1, amount)
	if !w.ledger.bids[1].Held {
		t.Fatal("the second claim of the day asked for the budget again")
	}
}

func TestSpendAnewOnAnotherDay(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	w.pass(24 * time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.wantSpent(1, amount)
}

func TestLookFresh(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	slow := true
	w.provider.afterGet = func() {
		if slow {
			w.pass(16 * time.Second)
		}
		slow = false
	}
	w.work()
	w.wantState(closing.Closed)
	if w.provider.gets != 3 { // one to plan, one too slow, one to claim on
		t.Fatalf("%d looks, want the slow one repeated", w.provider.gets)
	}
}

func TestWindow(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.sweep()
	w.ledger.beforeClaim = func() { w.pass(10 * time.Second) } // the claim's own call takes too long
	w.work()
	w.wantPosts(0)
	c := w.wantState(closing.Scheduled)
	if !c.PostedAt.IsZero() {
		t.Fatal("posted_at is set although nothing was sent")
	}
	w.wantSpent(0, 0)
}

func TestOKAmbiguous(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return nil } // 200, and the dispute as it was
	w.sweepAndWork()
	if c := w.wantState(closing.Closing); !c.Ambiguous {
		t.Fatal("a success without a terminal status was believed")
	}
	w.wantSpent(1, amount)
}

func TestReturnCertain(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errRefused }
	w.sweepAndWork()
	w.wantState(closing.Failed)
	w.wantSpent(0, 0)

	w = newWorld(t)
	w.doubtful()
	w.pass(time.Hour)
	w.provider.onClose = func(*remote) error { return errRefused }
	w.sweepAndWork()
	c := w.wantState(closing.Failed)
	if w.wantSpent(1, amount); c.PostedAt.IsZero() {
		t.Fatal("the earlier POST of unknown fate was forgotten")
	}
}

func TestClearPosted(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errBusy }
	w.sweepAndWork()
	if c := w.wantState(closing.Scheduled); !c.PostedAt.IsZero() {
		t.Fatal("posted_at stayed although it is certain that nothing happened")
	}
	w.provider.the().status = dispute.Lost
	w.pass(time.Hour)
	w.sweepAndWork()
	w.wantState(closing.Resolved)
}

func TestTxnReturn(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.onClose = func(*remote) error { return errBusy }
	w.sweepAndWork()
	last := len(w.ledger.saved) - 1
	c, tally := w.ledger.saved[last], w.ledger.tallies[last]
	if c.Spent != (closing.Spend{}) || tally.Closes != -1 || tally.Amount != -amount {
		t.Fatalf("the save that forgets the spend %+v carries the return %+v", c.Spent, tally)
	}
}
