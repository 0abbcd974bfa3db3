package closing_test

import (
	"context"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

type catalogue struct {
	pages map[string]closing.Page
	err   error
}

func (c catalogue) List(_ context.Context, _ time.Time, cursor string) (closing.Page, error) {
	return c.pages[cursor], c.err
}

func (w *world) reconcile(c catalogue) closing.Reconciled {
	w.t.Helper()
	r := closing.Reconciler{Ledger: w.ledger, Catalogue: c, Watcher: w, Terms: closing.DefaultTerms(), Now: w.clock, Span: 90 * 24 * time.Hour}
	found, err := r.Reconcile(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func TestReconcileFindsTheUnannounced(t *testing.T) {
	w := newWorld(t)
	w.small()
	one, two := w.provider.the(), w.provider.add("dp_2")
	found := w.reconcile(catalogue{pages: map[string]closing.Page{
		"":  {Disputes: []dispute.Dispute{one.dispute(t)}, Next: "2"},
		"2": {Disputes: []dispute.Dispute{two.dispute(t)}, Unreadable: 1},
	}})
	if want := (closing.Reconciled{Listed: 2, Unreadable: 1, Unannounced: 1}); found != want {
		t.Fatalf("found %+v, want %+v", found, want)
	}
	c, err := w.ledger.Load(context.Background(), "dp_2")
	if err != nil || !c.Armed() {
		t.Fatalf("the unannounced dispute is not armed: %v", err)
	}
	if w.load().Armed() {
		t.Fatal("a case that is as listed was armed")
	}
}

// A list may be stale: what it says replaces no snapshot, and only makes the closer look.
func TestReconcileBelievesNothing(t *testing.T) {
	w := newWorld(t)
	w.small()
	stale := w.provider.the().dispute(t)
	w.sweepAndWork()
	w.wantState(closing.Closed)
	w.pass(time.Hour)
	found := w.reconcile(catalogue{pages: map[string]closing.Page{"": {Disputes: []dispute.Dispute{stale}}}})
	if c := w.load(); found.Differing != 1 || c.Dispute.Status != dispute.Lost || !c.Armed() {
		t.Fatalf("found %+v, case %+v", found, c)
	}
	w.work()
	if c := w.wantState(closing.Closed); c.Armed() || len(c.Told) != 0 {
		t.Fatalf("armed %t, told %v: the look agrees with the case", c.Armed(), c.Told)
	}
}

func TestReconcileWithoutAList(t *testing.T) {
	w := newWorld(t)
	if found := w.reconcile(catalogue{err: closing.ErrListUnavailable}); !found.Unavailable {
		t.Fatal("a missing list was not reported")
	}
}

// A page is left where the reserve begins: what was found is told, and that it is not all.
func TestReconcileEndsInTime(t *testing.T) {
	w := newWorld(t)
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	w.now = deadline.Add(-35 * time.Second)
	var page []dispute.Dispute
	for _, id := range []dispute.ID{"dp_1", "dp_2", "dp_3"} {
		page = append(page, w.provider.add(id).dispute(t))
	}
	slow := func() time.Time { w.pass(10 * time.Second); return w.now }
	r := closing.Reconciler{Ledger: w.ledger, Catalogue: catalogue{pages: map[string]closing.Page{"": {Disputes: page}}}, Watcher: w, Terms: closing.DefaultTerms(), Now: slow}
	if found, err := r.Reconcile(ctx); err != nil || !found.Cut || found.Listed >= len(page) {
		t.Fatalf("%+v, %v", found, err)
	}
}
