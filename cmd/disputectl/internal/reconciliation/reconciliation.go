// Package reconciliation collects what a reconciliation of the table with WooshPay's list finds, and keeps a dry run from
// storing anything.
package reconciliation

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// ErrTable means that the table failed, rather than WooshPay.
var ErrTable = errors.New("table")

// errClaim is never returned in practice: a reconciler claims nothing.
var errClaim = errors.New("a reconciliation claims no case")

// Ledger is what a reconciliation reads, and writes unless it is a dry run.
type Ledger interface {
	closing.Ledger
	closing.ReconcileStore
}

// Collector is the Watcher of a closing.Reconciler that works on the collector's Table.
type Collector struct {
	table    table
	findings []Finding
	unread   []error
}

// New returns a collector on a ledger. If dry, nothing is stored.
func New(l Ledger, dry bool) *Collector {
	return &Collector{table: table{Ledger: l, dry: dry}, findings: []Finding{}}
}

// Table returns what the reconciler works on.
func (c *Collector) Table() Ledger { return &c.table }

// Unread returns the error about the cases that could not be read; nil if there are none.
func (c *Collector) Unread() error { return errors.Join(c.unread...) }

// Note keeps a finding.
func (c *Collector) Note(_ context.Context, n closing.Note) {
	switch n.Kind {
	case closing.NoteUnannounced, closing.NoteDiffering:
		c.findings = append(c.findings, findingOf(n, c.table.loaded))
	case closing.NoteUnreadable:
		c.unread = append(c.unread, n.Err)
	default: // The other notes say less than these.
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
	return closing.Case{}, errClaim
}

func (t *table) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found, err := t.Ledger.LoadAll(ctx, ids)
	if err != nil && !errors.Is(err, closing.ErrUnreadable) {
		err = fmt.Errorf("%w: %w", ErrTable, err)
	}
	return found, err
}

// Mark returns the beginning: a reconciliation by the command has its own span, and never moves the function's mark.
func (t *table) Mark(context.Context) (closing.Mark, error) { return closing.Mark{}, nil }

func (t *table) SetMark(context.Context, closing.Mark) error { return nil }
