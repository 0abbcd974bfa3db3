// Package memory keeps cases in memory, by the same rules as the table: for tests, simulations and the demo.
// What it holds ends with the process.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Ledger implements closing.Ledger, closing.Acts, closing.Controls, closing.DueIndex, closing.Journal and
// closing.ReconcileStore. It may be used by several goroutines at once.
//
// Reading, storing and listing cost the same whatever the number of cases, but for a logarithm.
type Ledger struct {
	*items
	// own is the mark of the table that the items are in, as this ledger knows it.
	own string
}

// items is what a table holds.
type items struct {
	mu sync.RWMutex
	// cases are never changed in place: a stored case may be copied after the lock is released.
	cases   map[dispute.ID]*closing.Case
	due     order
	budgets map[budget]closing.Tally
	control closing.Control
	// onFor is the mark of the table for which closing was turned on last.
	onFor string
	mark  closing.Mark
	// lines are those of acts; those of cases that ended are made of the cases.
	lines []closing.Line
}

type budget struct {
	day      closing.Day
	currency string
}

// New returns an empty ledger, with a mark of its own.
func New() *Ledger {
	return &Ledger{&items{cases: map[dispute.ID]*closing.Case{}, budgets: map[budget]closing.Tally{}}, "memory"}
}

// Marked returns a ledger of the same items that knows their table by another mark.
func (l *Ledger) Marked(mark string) *Ledger { return &Ledger{l.items, mark} }

// Copied returns a ledger of a copy of the items, as a backup holds them.
func (l *Ledger) Copied() *Ledger {
	l.mu.RLock()
	defer l.mu.RUnlock()
	own := &Ledger{&items{
		cases: make(map[dispute.ID]*closing.Case, len(l.cases)), budgets: maps.Clone(l.budgets),
		control: l.control, onFor: l.onFor, mark: l.mark, lines: slices.Clone(l.lines),
	}, l.own}
	for _, c := range l.cases {
		own.put(c)
	}
	return own
}

// Load returns the case as it was last stored, or closing.ErrNotFound.
func (l *Ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if err := alive(ctx); err != nil {
		return closing.Case{}, fmt.Errorf("load case %s: %w", id, err)
	}
	l.mu.RLock()
	stored := l.cases[id]
	l.mu.RUnlock()
	if stored == nil {
		return closing.Case{}, fmt.Errorf("load case %s: %w", id, closing.ErrNotFound)
	}
	return clone(*stored), nil
}

// Save stores the case and the tally, or returns closing.ErrConflict.
func (l *Ledger) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if err := alive(ctx); err != nil {
		return closing.Case{}, fmt.Errorf("save case %s: %w", c.ID, err)
	}
	next := successor(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version(c.ID) != c.Version {
		return closing.Case{}, fmt.Errorf("save case %s: %w", c.ID, closing.ErrConflict)
	}
	l.put(next)
	l.count(t)
	c.Version = next.Version
	return c, nil
}

// Claim stores the case and spends the bid, or returns closing.ErrConflict, ErrOff, ErrPaused or ErrBudget.
func (l *Ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	if err := alive(ctx); err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	next := successor(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refusal(c, b); err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	l.put(next)
	if !b.Held {
		l.count(closing.Tally{Day: b.Day, Currency: b.Currency, Closes: 1, Amount: b.Amount})
	}
	c.Version = next.Version
	return c, nil
}

func (l *Ledger) refusal(c closing.Case, b closing.Bid) error {
	switch position := l.position(); {
	case l.version(c.ID) != c.Version:
		return closing.ErrConflict
	case position == closing.Paused:
		return closing.ErrPaused
	case position != closing.On:
		return closing.ErrOff
	case !allows(b, l.budgets[budget{b.Day, b.Currency}]):
		return closing.ErrBudget
	default:
		return nil
	}
}

// allows reports whether the bid fits into what is left of its budget. A negative amount, which would make
// room for others, never does, nor does any bid if the budget counts less than nothing.
func allows(b closing.Bid, spent closing.Tally) bool {
	if min(spent.Closes, spent.Amount, spent.Failures) < 0 {
		return false
	}
	if spent.Failures >= b.Limit.Failures {
		return false
	}
	return b.Held || b.Amount >= 0 && spent.Closes < b.Limit.Closes && spent.Amount <= b.Limit.Amount-b.Amount
}

func (l *Ledger) version(id dispute.ID) int64 {
	if stored := l.cases[id]; stored != nil {
		return stored.Version
	}
	return 0
}

func (l *Ledger) put(next *closing.Case) {
	if old := l.cases[next.ID]; old != nil && !old.DueAt.IsZero() {
		l.due.remove(closing.Due{ID: old.ID, At: old.DueAt})
	}
	if !next.DueAt.IsZero() {
		l.due.insert(closing.Due{ID: next.ID, At: next.DueAt})
	}
	l.cases[next.ID] = next
}

func (l *Ledger) count(t closing.Tally) {
	if t.IsZero() {
		return
	}
	key := budget{t.Day, t.Currency}
	sum := l.budgets[key]
	l.budgets[key] = closing.Tally{
		Day: t.Day, Currency: t.Currency,
		Closes: sum.Closes + t.Closes, Amount: sum.Amount + t.Amount, Failures: sum.Failures + t.Failures,
	}
}

// successor is what will be stored of c: a copy of its own, one version on.
func successor(c closing.Case) *closing.Case {
	next := clone(c)
	next.Version++
	return &next
}

func alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fault.Mark(fault.Retryable, err)
	}
	return nil
}
