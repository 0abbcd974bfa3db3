// Package comparison collects what a reconciliation finds, and keeps a dry one from changing anything.
package comparison

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/functions/reconcile"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// ErrTable means that the table did not answer, and not WooshPay.
var ErrTable = errors.New("table")

// errDry is never met: a reconciliation claims nothing.
var errDry = errors.New("a comparison claims nothing")

// Comparison is told what a closing.Reconciler finds on its Ledger.
type Comparison struct {
	ledger   table
	findings []Finding
}

// New returns a comparison with a ledger. A dry one stores nothing.
func New(l closing.Ledger, dry bool) *Comparison {
	return &Comparison{ledger: table{Ledger: l, dry: dry}, findings: []Finding{}}
}

// Ledger is what the reconciler works on.
func (c *Comparison) Ledger() closing.Ledger { return &c.ledger }

// Note takes a finding in.
func (c *Comparison) Note(_ context.Context, n closing.Note) {
	switch n.Kind {
	case closing.NoteUnannounced, closing.NoteDiffering:
		c.findings = append(c.findings, findingOf(n, c.ledger.loaded))
	default: // What is learnt has a note of its own, which says less.
	}
}

// table remembers the case that was loaded last, which is the one that a note is about.
type table struct {
	closing.Ledger
	dry    bool
	loaded closing.Case
}

func (t *table) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c, err := t.Ledger.Load(ctx, id)
	t.loaded = c
	if err != nil && !errors.Is(err, closing.ErrNotFound) {
		err = fmt.Errorf("%w: %w", ErrTable, err)
	}
	return c, err
}

func (t *table) Save(ctx context.Context, c closing.Case, tally closing.Tally) (closing.Case, error) {
	if t.dry {
		return c, nil
	}
	saved, err := t.Ledger.Save(ctx, c, tally)
	if err != nil && !errors.Is(err, closing.ErrConflict) {
		err = fmt.Errorf("%w: %w", ErrTable, err)
	}
	return saved, err
}

func (t *table) Claim(context.Context, closing.Case, closing.Bid) (closing.Case, error) {
	return closing.Case{}, errDry
}

// List is WooshPay's list, and tells whether it led nowhere before its end.
type List struct {
	Client     reconcile.Lister
	EndedEarly bool
}

// List returns one page.
func (l *List) List(ctx context.Context, q wooshpay.ListQuery) (wooshpay.Page, error) {
	page, err := l.Client.List(ctx, q)
	l.EndedEarly = l.EndedEarly || page.HasMore && page.Next == ""
	return page, err
}
