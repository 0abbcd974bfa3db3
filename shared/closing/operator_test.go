package closing_test

import (
	"context"
	"errors"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func TestOperatorKeepsBeforeTheGraceEnds(t *testing.T) {
	w := newWorld(t)
	w.small()
	if _, err := w.operator().Keep(context.Background(), closing.Order{ID: theID, Why: "a good customer"}); err != nil {
		t.Fatal(err)
	}
	w.work()
	w.wantState(closing.Open)
	w.pass(10 * grace)
	w.sweepAndWork()
	w.wantState(closing.Open)
	w.wantPosts(0)
}

func TestOperatorClosesWithoutGrace(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).amount = 4000
	w.event("evt_1")
	w.work()
	w.wantState(closing.Open)
	w.operatorCloses()
	w.work()
	w.wantState(closing.Closed)
}

// An operator's word is for one amount: a dispute that changes to another waits for a new word.
func TestOperatorAgreesToOneAmount(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).amount = 4000
	w.event("evt_1")
	w.operatorCloses()
	w.provider.the().amount = 3000
	w.work()
	if c := w.wantState(closing.Open); c.Decision.Guard != policy.GuardAgreed {
		t.Fatalf("stopped by guard %q", c.Decision.Guard)
	}
	before := w.load().Version
	if _, err := w.operator().Close(context.Background(), closing.Order{ID: theID, Why: "a test"}, dispute.Money{Amount: 4000, Currency: currency}); !errors.Is(err, closing.ErrOtherAmount) {
		t.Fatalf("%v, want ErrOtherAmount", err)
	}
	if after := w.load().Version; after != before {
		t.Fatalf("version %d was stored", after)
	}
	w.operatorCloses()
	w.work()
	w.wantState(closing.Closed)
	w.wantPosts(1)
}

func TestOperatorActsNeedAReason(t *testing.T) {
	w := newWorld(t)
	w.small()
	if _, err := w.operator().Keep(context.Background(), closing.Order{ID: theID, Why: ""}); !errors.Is(err, closing.ErrNoReason) {
		t.Fatalf("%v, want ErrNoReason", err)
	}
	w.sweepAndWork()
	if _, err := w.operator().Close(context.Background(), closing.Order{ID: theID, Why: "again"}, dispute.Money{}); !errors.Is(err, closing.ErrFinished) {
		t.Fatalf("%v, want ErrFinished", err)
	}
}

func (w *world) operatorCloses() {
	w.t.Helper()
	agreed, _ := w.load().Dispute.Money()
	if _, err := w.operator().Close(context.Background(), closing.Order{ID: theID, Why: "a test"}, agreed); err != nil {
		w.t.Fatal(err)
	}
}
