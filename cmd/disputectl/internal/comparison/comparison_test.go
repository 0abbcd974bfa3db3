package comparison_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/comparison"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/memory"
	"disputecloser/shared/wooshpay"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// counted counts what is stored, and may fail.
type counted struct {
	closing.Ledger
	saves int
	err   error
}

func (c *counted) Save(ctx context.Context, it closing.Case, t closing.Tally) (closing.Case, error) {
	c.saves++
	if c.err != nil {
		return closing.Case{}, c.err
	}
	return c.Ledger.Save(ctx, it, t)
}

// pages is a list of one page.
type pages []dispute.Dispute

func (p pages) List(context.Context, time.Time, string) (closing.Page, error) {
	return closing.Page{Disputes: p}, nil
}

func disputes(t *testing.T, texts ...string) (all pages) {
	t.Helper()
	for _, text := range texts {
		d, err := dispute.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func compare(t *testing.T, l closing.Ledger, dry bool, list pages) (comparison.Result, error) {
	t.Helper()
	c := comparison.New(l, dry)
	r := closing.Reconciler{
		Ledger: c.Ledger(), Catalogue: list, Watcher: c, Terms: closing.DefaultTerms(), Now: func() time.Time { return noon }, Span: time.Hour,
	}
	sum, err := r.Reconcile(t.Context())
	return c.Result(sum, false), err
}

func TestADryComparisonStoresNothing(t *testing.T) {
	l := &counted{Ledger: memory.New()}
	known := disputes(t, `{"id":"dp_known","amount":5,"currency":"usd","status":"needs_response"}`)
	if _, err := compare(t, l, false, known); err != nil || l.saves != 1 {
		t.Fatalf("%d saves, %v", l.saves, err)
	}
	list := disputes(t, `{"id":"dp_known","status":"won"}`, `{"id":"dp_new","status":"needs_response"}`)
	for range 2 {
		r, err := compare(t, l, true, list)
		if err != nil || r.Missing != 1 || r.Differing != 1 || len(r.Findings) != 2 || l.saves != 1 {
			t.Fatalf("%+v, %d saves, %v", r, l.saves, err)
		}
		if f := r.Findings[0]; f.Dispute != "dp_known" || f.Known != "needs_response" || f.Listed != "won" || f.State != closing.Open {
			t.Errorf("finding %+v", f)
		}
		if f := r.Findings[1]; f.Dispute != "dp_new" || f.Known != "" || f.State != "" {
			t.Errorf("finding %+v", f)
		}
	}
	if _, err := l.Load(t.Context(), "dp_new"); !errors.Is(err, closing.ErrNotFound) {
		t.Errorf("dp_new: %v", err)
	}
	if r, err := compare(t, l, false, list); err != nil || len(r.Findings) != 2 || l.saves != 3 {
		t.Errorf("%+v, %d saves, %v", r, l.saves, err)
	}
}

func TestATableThatFailsIsNotTakenForWooshPay(t *testing.T) {
	l := &counted{Ledger: memory.New(), err: errors.New("no")}
	_, err := compare(t, l, false, disputes(t, `{"id":"dp_new"}`))
	if !errors.Is(err, comparison.ErrTable) || !errors.Is(err, l.err) {
		t.Error(err)
	}
}

type lister struct{ page wooshpay.Page }

func (l lister) List(context.Context, wooshpay.ListQuery) (wooshpay.Page, error) { return l.page, nil }

func TestAListThatLeadsNowhereIsNoticed(t *testing.T) {
	for want, page := range map[bool]wooshpay.Page{true: {HasMore: true}, false: {HasMore: true, Next: "dp_1"}} {
		l := comparison.List{Client: lister{page}}
		if _, err := l.List(t.Context(), wooshpay.ListQuery{}); err != nil || l.EndedEarly != want {
			t.Errorf("%+v: ended early %t, %v", page, l.EndedEarly, err)
		}
	}
}
