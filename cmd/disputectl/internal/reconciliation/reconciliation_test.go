package reconciliation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/reconciliation"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/pause"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// counted counts what is stored, and may fail.
type counted struct {
	reconciliation.Ledger
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
	return closing.Page{Disputes: slices.Clone(p), More: dispute.Known(false)}, nil
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

func compare(t *testing.T, l reconciliation.Ledger, dry bool, list pages) (reconciliation.Result, error) {
	t.Helper()
	c := reconciliation.New(l, dry)
	r := closing.Reconciler{
		Ledger: c.Table(), Store: c.Table(), List: list, Watcher: c, Terms: closing.DefaultTerms(),
		Now: func() time.Time { return noon }, Span: time.Hour, Pause: pause.Before,
	}
	sum, err := r.Reconcile(t.Context())
	return c.Result(sum), err
}

func TestADryRunStoresNothing(t *testing.T) {
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
	if !errors.Is(err, reconciliation.ErrTable) || !errors.Is(err, l.err) {
		t.Error(err)
	}
}

// A reconciliation by the command begins at the list's beginning, and does not move the function's mark.
func TestTheFunctionsMarkStays(t *testing.T) {
	l := memory.New()
	mark := closing.Mark{Cursor: "dp_9", At: noon}
	if err := l.SetMark(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	if r, err := compare(t, l, false, disputes(t, `{"id":"dp_new"}`)); err != nil || r.Listed != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	c := reconciliation.New(l, false)
	if err := c.Table().SetMark(t.Context(), closing.Mark{}); err != nil {
		t.Fatal(err)
	}
	if got, err := l.Mark(t.Context()); err != nil || got != mark {
		t.Errorf("the mark is %+v, %v", got, err)
	}
}

// half is a ledger in which dp_bad cannot be read.
type half struct{ reconciliation.Ledger }

func (h half) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found, err := h.Ledger.LoadAll(ctx, ids)
	return found, errors.Join(err, &closing.UnreadableError{ID: "dp_bad", Err: errors.New("version: there is none")})
}

func TestACaseThatCannotBeReadHidesNoOther(t *testing.T) {
	c := reconciliation.New(half{memory.New()}, true)
	r := closing.Reconciler{
		Ledger: c.Table(), Store: c.Table(), List: disputes(t, `{"id":"dp_bad"}`, `{"id":"dp_new"}`), Watcher: c,
		Terms: closing.DefaultTerms(), Now: func() time.Time { return noon }, Span: time.Hour, Pause: pause.Before,
	}
	sum, err := r.Reconcile(t.Context())
	result := c.Result(sum)
	if err != nil || result.Unread != 1 || result.Missing != 1 || len(closing.UnreadIn(c.Unread())) != 1 {
		t.Errorf("%+v, %v; unread: %v", result, err, c.Unread())
	}
	var text strings.Builder
	if err := result.Write(&text, 0); err != nil || !strings.Contains(text.String(), "2 listed: 1 missing, 0 with another status, 1 unreadable in the table;") {
		t.Errorf("%v: %s", err, text.String())
	}
}
