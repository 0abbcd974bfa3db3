package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
)

// Reconciler learns from WooshPay's list what no webhook told.
type Reconciler struct {
	Ledger    Ledger
	Catalogue Catalogue
	Watcher   Watcher
	Terms     Terms
	Now       func() time.Time
	// Span is how far back disputes are listed, by their creation.
	Span time.Duration
}

// Reconciled is what a reconciliation found.
type Reconciled struct {
	// Listed counts the disputes read, Unreadable the entries that could not be, Unannounced the disputes
	// nothing had told us of, and Differing the cases whose status had changed without our knowing.
	Listed, Unreadable, Unannounced, Differing int
	// Unavailable tells that WooshPay does not offer its list here. Every unfinished case is looked at by its
	// id once a day all the same.
	Unavailable bool
	// Cut tells that time ran out, or that too many errors were met, before the last page.
	Cut bool
}

const maxPages = 1000

// Reconcile lists disputes and arms every case that is missing or differs. Nothing in a list is believed:
// the closer looks at each dispute by its id.
func (r *Reconciler) Reconcile(ctx context.Context) (Reconciled, error) {
	var (
		found  Reconciled
		met    troubles
		cursor string
		from   = r.Now().Add(-r.Span)
	)
	for range maxPages {
		if outOfTime(ctx, r.Now(), r.Terms.Reserve+2*r.Terms.Look) {
			break
		}
		page, err := r.Catalogue.List(ctx, from, cursor)
		if errors.Is(err, ErrListUnavailable) {
			found.Unavailable = true
			return found, met.err()
		}
		if err != nil {
			met.add(fmt.Errorf("list disputes: %w", err))
			return found, met.err()
		}
		found.Unreadable += page.Unreadable
		if !r.compareAll(ctx, page.Disputes, &found, &met) {
			break
		}
		if cursor = page.Next; cursor == "" {
			return found, met.err()
		}
	}
	found.Cut = true
	return found, met.err()
}

// compareAll compares a page's disputes, and tells whether it got to its end and may go on.
func (r *Reconciler) compareAll(ctx context.Context, page []dispute.Dispute, found *Reconciled, met *troubles) bool {
	for _, d := range page {
		if outOfTime(ctx, r.Now(), r.Terms.Reserve) {
			return false
		}
		if err := r.compare(ctx, d, found); err != nil {
			met.add(err)
		}
	}
	return !met.tooMany()
}

// compare learns of a listed dispute that is not known, counts as missing, or is not as it is listed.
func (r *Reconciler) compare(ctx context.Context, d dispute.Dispute, found *Reconciled) error {
	found.Listed++
	c, err := loadOrNew(ctx, r.Ledger, d.ID)
	if err != nil {
		return fmt.Errorf("reconcile dispute %s: %w", d.ID, err)
	}
	kind := NoteUnannounced
	switch {
	case c.Version == 0:
		found.Unannounced++
	case c.State == Missing || c.Dispute.Status != d.Status:
		found.Differing++
		kind = NoteDiffering
	default:
		return nil
	}
	learner := Learner{Ledger: r.Ledger, Watcher: r.Watcher, Now: r.Now}
	if _, err := learner.Learn(ctx, News{Dispute: d, From: "reconcile"}); err != nil {
		return err
	}
	r.Watcher.Note(ctx, Note{Kind: kind, Case: Case{ID: d.ID, State: c.State, Dispute: d}})
	return nil
}
