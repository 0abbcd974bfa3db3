//go:build parts && load

package load

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// conflicts is a ledger that counts the saves that met a newer version.
type conflicts struct {
	closing.Ledger
	met atomic.Int64
}

// Save implements closing.Ledger.
func (l *conflicts) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	saved, err := l.Ledger.Save(ctx, c, t)
	if errors.Is(err, closing.ErrConflict) {
		l.met.Add(1)
	}
	return saved, err
}

// store is what a sweep works on.
type store interface {
	closing.Ledger
	closing.DueIndex
	closing.Controls
}

// counted is a store that counts what a sweep asks of it.
type counted struct {
	store
	pages, loads, saves int
}

// Load implements closing.Ledger.
func (s *counted) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	s.loads++
	return s.store.Load(ctx, id)
}

// Save implements closing.Ledger.
func (s *counted) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	s.saves++
	return s.store.Save(ctx, c, t)
}

// Due implements closing.DueIndex.
func (s *counted) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	s.pages++
	return s.store.Due(ctx, before, limit, cursor)
}
