package memory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

var (
	errLimit  = errors.New("the limit must be 1 or more")
	errCursor = errors.New("not a cursor of this listing")
)

// Due lists at most limit cases due at or before the instant, the oldest first, from where the cursor left off.
func (l *Ledger) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	page, next, err := l.page(ctx, limit, cursor, func(d closing.Due) bool { return !d.At.After(before) })
	if err != nil {
		return nil, "", fmt.Errorf("list due cases: %w", err)
	}
	return page, next, nil
}

// Cases lists at most limit unfinished cases, those due first ahead, from where the cursor left off. The first
// cursor is empty, and so is the one after the last page. Finished cases are not listed: Load finds them by id.
func (l *Ledger) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	page, next, err := l.page(ctx, limit, cursor, func(closing.Due) bool { return true })
	if err != nil {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	cases := make([]closing.Case, 0, len(page))
	for _, due := range page {
		c, err := l.Load(ctx, due.ID)
		if err != nil {
			return nil, "", fmt.Errorf("list cases: %w", err)
		}
		cases = append(cases, c)
	}
	return cases, next, nil
}

func (l *Ledger) page(ctx context.Context, limit int, cursor string, wanted func(closing.Due) bool) ([]closing.Due, string, error) {
	after, err := parseCursor(cursor)
	if err := errors.Join(err, alive(ctx)); err != nil {
		return nil, "", err
	}
	if limit < 1 {
		return nil, "", fault.Mark(fault.Permanent, errLimit)
	}
	var page []closing.Due
	l.mu.RLock()
	defer l.mu.RUnlock()
	for due := range l.due.after(after) {
		if !wanted(due) {
			break
		}
		if len(page) == limit {
			return page, formatCursor(page[limit-1]), nil
		}
		page = append(page, due)
	}
	return page, "", nil
}

// A cursor is the last entry listed: its instant, a blank, its id.
func formatCursor(d closing.Due) string {
	return d.At.UTC().Format(time.RFC3339Nano) + " " + string(d.ID)
}

func parseCursor(cursor string) (closing.Due, error) {
	if cursor == "" {
		return closing.Due{}, nil
	}
	at, id, _ := strings.Cut(cursor, " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return closing.Due{}, fault.Mark(fault.Permanent, fmt.Errorf("%w: %q", errCursor, cursor))
	}
	return closing.Due{ID: dispute.ID(id), At: t}, nil
}
