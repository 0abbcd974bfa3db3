package memory

import (
	"context"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// Control returns the switch; the zero Control if it was never set.
func (l *Ledger) Control(ctx context.Context) (closing.Control, error) {
	if err := alive(ctx); err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", err)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	c := l.control
	c.Switch = l.position()
	return c, nil
}

// position says what the stored switch means to this table.
func (l *Ledger) position() closing.Switch {
	if l.control.Switch == closing.On && (l.own == "" || l.onFor != l.own) {
		return closing.Off
	}
	return l.control.Switch
}

// SetControl stores a pause or a resume and its line of the journal. It returns closing.ErrConflict for a resume that is
// older than what is stored, and closing.ErrNoMark if the ledger has no mark.
func (l *Ledger) SetControl(ctx context.Context, c closing.Control) error {
	if err := alive(ctx); err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refusedSwitch(c); err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	if c.Switch == closing.On {
		l.onFor = l.own
	}
	l.control = c
	l.lines = append(l.lines, c.Line())
	return nil
}

func (l *Ledger) refusedSwitch(c closing.Control) error {
	switch {
	case c.Switch == closing.Paused:
		return nil
	case c.Switch != closing.On:
		return fault.Mark(fault.Permanent, fmt.Errorf("%q is neither a pause nor a resume", c.Switch))
	case l.own == "":
		return fault.Mark(fault.Permanent, closing.ErrNoMark)
	case c.At.Before(l.control.At):
		return closing.ErrConflict
	}
	return nil
}

// MoveTo gives the ledger another table's mark: what it holds is that table's from now on. It must not be used meanwhile.
func (l *Ledger) MoveTo(mark string) { l.own = mark }

// LoseControl forgets the switch, as a table does whose item was deleted.
func (l *Ledger) LoseControl() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.control, l.onFor = closing.Control{}, ""
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
