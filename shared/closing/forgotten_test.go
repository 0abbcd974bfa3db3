package closing_test

import (
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// forget has WooshPay not know the dispute until its case rests.
func (w *world) forget() {
	w.t.Helper()
	w.provider.onGet = func() error { return errRefused }
	for range 40 {
		c := w.load()
		if c.DueAt.IsZero() {
			w.provider.onGet = nil
			return
		}
		w.now = c.DueAt
		w.sweepAndWork()
	}
	w.t.Fatalf("still %s, due %s", w.load().State, w.load().DueAt)
}

// isListed reconciles with a list that shows the dispute as it stands.
func (w *world) isListed() closing.Reconciled {
	w.t.Helper()
	r := &reconciling{world: w, list: &listed{world: w}, books: &books{Ledger: w.ledger.Ledger}}
	d := w.provider.the().dispute(w.t)
	d.Created = w.now // The list shows what was created lately.
	r.list.disputes = []dispute.Dispute{d}
	return r.run(w.t.Context())
}

// What news says against a finished case is not forgotten when WooshPay then does not know the dispute for days.
func TestNewsOfAFinishedCaseThatGoesMissing(t *testing.T) {
	finished := func(t *testing.T) *world {
		w := newWorld(t)
		w.small()
		w.sweepAndWork()
		w.wantState(closing.Closed)
		w.pass(time.Hour)
		return w
	}
	t.Run("closed, and won", func(t *testing.T) {
		w := finished(t)
		w.provider.the().status = dispute.Won
		w.event("evt_won")
		w.forget()
		if c := w.wantState(closing.Closed); !told(c, closing.ReasonContradiction) {
			t.Fatalf("nobody was told; told %v", c.Told)
		}
	})
	t.Run("closed, and as closed", func(t *testing.T) {
		w := finished(t)
		w.provider.the().status = dispute.Won
		w.event("evt_won")
		w.provider.the().status = dispute.Lost
		w.pass(time.Second)
		w.event("evt_lost")
		w.forget()
		if c := w.wantState(closing.Closed); told(c, closing.ReasonContradiction) {
			t.Fatalf("a contradiction was told: %v", c.Told)
		}
	})
	t.Run("resolved, and open again", func(t *testing.T) {
		w := newWorld(t)
		w.small()
		w.provider.the().status = dispute.Won
		w.event("evt_won")
		w.work()
		w.wantState(closing.Resolved)
		w.pass(time.Hour)
		w.provider.the().status = dispute.NeedsResponse
		w.event("evt_open")
		w.forget()
		w.wantState(closing.Missing)
		w.isListed()
		w.work()
		w.wantState(closing.Scheduled)
	})
}

// A list that shows the dispute of a missing case opens it, though the status is the one that is known.
func TestReconcileOpensAMissingCase(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.forget()
	w.wantState(closing.Missing)
	found := w.isListed()
	if found.Differing != 1 || w.noted(closing.NoteDiffering, "") != 1 {
		t.Fatalf("found %+v", found)
	}
	w.work()
	w.wantState(closing.Scheduled)
}

// News that is newer than what was last shown counts as newer, although the clock of whoever was shown it is ahead.
func TestNewsJustAfterALookIsNotOld(t *testing.T) {
	won := func(t *testing.T, w *world, truth time.Time) {
		t.Helper()
		w.provider.the().status = dispute.Won
		w.eventAt("evt_won", theID, truth.Add(5*time.Second))
		if c := w.wantState(closing.Closed); !c.Armed() {
			t.Fatalf("the news is dropped: observed at %s, news of %s", c.ObservedAt, truth.Add(5*time.Second))
		}
	}
	t.Run("after a look by a clock that is off", func(t *testing.T) {
		w := newWorld(t)
		w.doubtful()
		w.provider.the().execute()
		truth := w.now.Add(3 * time.Minute)
		w.now = truth.Add(20 * time.Second)
		w.differ(20 * time.Second)
		w.sweepAndWork()
		w.wantState(closing.Closed)
		won(t, w, truth)
	})
	t.Run("after a look that followed the close", func(t *testing.T) {
		w := newWorld(t)
		w.small()
		w.provider.onClose = func(r *remote) error { r.execute(); return errTimeout }
		truth := w.now
		w.pass(20 * time.Second)
		w.differ(20 * time.Second)
		w.sweepAndWork()
		w.wantState(closing.Closed)
		won(t, w, truth)
	})
	t.Run("after the answer to a close", func(t *testing.T) {
		w := newWorld(t)
		w.small()
		truth := w.now
		w.pass(20 * time.Second)
		w.differ(20 * time.Second)
		w.sweepAndWork()
		w.wantState(closing.Closed)
		won(t, w, truth)
	})
}

// Events may be dated in whole seconds. One that contradicts a finished case in the second of the snapshot is not old.
func TestNewsOfTheSameSecondIsNotOld(t *testing.T) {
	for _, wonFirst := range []bool{false, true} {
		w := newWorld(t)
		w.small()
		w.sweepAndWork()
		w.wantState(closing.Closed)
		at := w.now.Add(time.Second)
		lost, won := func() { w.provider.the().status = dispute.Lost }, func() { w.provider.the().status = dispute.Won }
		order := []func(){lost, won}
		if wonFirst {
			order = []func(){won, lost}
		}
		for i, becomes := range order {
			becomes()
			w.eventAt(fmt.Sprint("evt_", i), theID, at)
		}
		won()
		w.work()
		if c := w.wantState(closing.Closed); !told(c, closing.ReasonContradiction) {
			t.Errorf("won first: %t: nobody was told; history %v", wonFirst, c.History)
		}
	}
}

// A look that confirms an end forgets no claim that has not lapsed: the dispute may open again before (KeepClaim).
func TestAConfirmedEndKeepsTheClaim(t *testing.T) {
	w := newWorld(t)
	w.doubtful()
	lapses := w.load().ClaimUntil
	becomes := func(s dispute.Status) {
		w.pass(time.Second)
		w.provider.the().status = s
		w.event("evt_" + w.now.String())
	}
	becomes(dispute.Won)
	w.work()
	w.wantState(closing.Resolved)
	becomes(dispute.NeedsResponse) // The news of an opening
	w.provider.the().status = dispute.Won
	w.work() // that the look does not confirm.
	if c := w.wantState(closing.Resolved); !c.ClaimUntil.Equal(lapses) {
		t.Fatalf("the claim until %s is forgotten: %s", lapses, c.ClaimUntil)
	}
	becomes(dispute.NeedsResponse)
	w.work()
	w.operatorCloses()
	w.work()
	w.wantPosts(1)
	w.wantState(closing.Scheduled)
}
