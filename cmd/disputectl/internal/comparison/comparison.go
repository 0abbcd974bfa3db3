// Package comparison collects what a reconciliation finds, and keeps a dry one from changing anything.
package comparison

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// ErrTable means that the table did not answer, and not WooshPay.
var ErrTable = errors.New("table")

// errDry is never met: a reconciliation claims nothing.
var errDry = errors.New("a comparison claims nothing")

// Ledger is what a comparison reads, and stores in unless it is dry.
type Ledger interface {
	closing.Ledger
	closing.Books
}

// Comparison is told what a closing.Reconciler finds on its Table.
type Comparison struct {
	table    table
	findings []Finding
	unread   []error
}

// New returns a comparison with a ledger. A dry one stores nothing.
func New(l Ledger, dry bool) *Comparison {
	return &Comparison{table: table{Ledger: l, dry: dry}, findings: []Finding{}}
}

// Table is what the reconciler works on.
func (c *Comparison) Table() Ledger { return &c.table }

// Unread is the error about the cases that cannot be read; nil if there are none.
func (c *Comparison) Unread() error { return errors.Join(c.unread...) }

// Note takes a finding in.
func (c *Comparison) Note(_ context.Context, n closing.Note) {
	switch n.Kind {
	case closing.NoteUnannounced, closing.NoteDiffering:
		c.findings = append(c.findings, findingOf(n, c.table.loaded))
	case closing.NoteUnreadable:
		c.unread = append(c.unread, n.Err)
	default: // What is learned has a note of its own, which says less.
	}
}

// table remembers the case that was loaded last, which is the one that a note is about.
type table struct {
	Ledger
	dry    bool
	loaded closing.Case
}

func (t *table) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c, err := t.Ledger.Load(ctx, id)
	t.loaded = c
	if err != nil && !errors.Is(err, closing.ErrNotFound) && !errors.Is(err, closing.ErrUnreadable) {
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

func (t *table) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found, err := t.Ledger.LoadAll(ctx, ids)
	if err != nil && !errors.Is(err, closing.ErrUnreadable) {
		err = fmt.Errorf("%w: %w", ErrTable, err)
	}
	return found, err
}

// Mark is always the beginning: a person's comparison has a span of its own, and leaves the function's mark alone.
func (t *table) Mark(context.Context) (closing.Mark, error) { return closing.Mark{}, nil }

func (t *table) SetMark(context.Context, closing.Mark) error { return nil }
