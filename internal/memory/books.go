package memory

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// LoadAll returns those of the cases that are stored.
func (l *Ledger) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found := make(map[dispute.ID]closing.Case, len(ids))
	for _, id := range ids {
		c, err := l.Load(ctx, id)
		switch {
		case err == nil:
			found[id] = c
		case !errors.Is(err, closing.ErrNotFound):
			return nil, fmt.Errorf("load cases: %w", err)
		}
	}
	return found, nil
}

// Mark returns where a reconciliation ended before WooshPay's list did; the zero Mark if none did.
func (l *Ledger) Mark(ctx context.Context) (closing.Mark, error) {
	if err := alive(ctx); err != nil {
		return closing.Mark{}, fmt.Errorf("read where the list was cut: %w", err)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.mark, nil
}

// SetMark stores the mark in place of any other.
func (l *Ledger) SetMark(ctx context.Context, m closing.Mark) error {
	if err := alive(ctx); err != nil {
		return fmt.Errorf("store where the list was cut: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mark = m
	return nil
}
