package memory

import (
	"context"
	"fmt"

	"disputecloser/shared/closing"
)

// Control returns the switch; the zero Control if it was never set.
func (l *Ledger) Control(ctx context.Context) (closing.Control, error) {
	if err := alive(ctx); err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", err)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.control, nil
}

// SetControl stores the switch and its line of the journal, or returns closing.ErrConflict for a resume that is older than
// what is stored.
func (l *Ledger) SetControl(ctx context.Context, c closing.Control) error {
	if err := alive(ctx); err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.Paused && c.At.Before(l.control.At) {
		return fmt.Errorf("set control: %w", closing.ErrConflict)
	}
	l.control = c
	l.lines = append(l.lines, c.Line())
	return nil
}

// Spent returns what the day's budget of a currency counts. It always names the day and the currency.
func (l *Ledger) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	if err := alive(ctx); err != nil {
		return closing.Tally{}, fmt.Errorf("read budget of %s in %s: %w", day, currency, err)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	t := l.budgets[budget{day, currency}]
	t.Day, t.Currency = day, currency
	return t, nil
}
