package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// Act stores the case and the line of an act, or returns closing.ErrConflict.
func (l *Ledger) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	if err := alive(ctx); err != nil {
		return closing.Case{}, fmt.Errorf("store the act on case %s: %w", c.ID, err)
	}
	next := successor(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version(c.ID) != c.Version {
		return closing.Case{}, fmt.Errorf("store the act on case %s: %w", c.ID, closing.ErrConflict)
	}
	l.put(next)
	l.lines = append(l.lines, line)
	c.Version = next.Version
	return c, nil
}

// Lines lists at most limit lines of one UTC day, the oldest first, from where the cursor left off: it counts the lines
// before. It reads every case.
func (l *Ledger) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	from, err := strconv.Atoi(cmp.Or(cursor, "0"))
	switch {
	case err != nil || from < 0:
		err = fault.Mark(fault.Permanent, fmt.Errorf("%w: %q", errCursor, cursor))
	case limit < 1:
		err = fault.Mark(fault.Permanent, errLimit)
	default:
		err = alive(ctx)
	}
	if err != nil {
		return nil, "", fmt.Errorf("list the journal of %s: %w", day, err)
	}
	lines := l.linesOf(day)
	page := lines[min(from, len(lines)):]
	if len(page) <= limit {
		return page, "", nil
	}
	return page[:limit], strconv.Itoa(from + limit), nil
}

func (l *Ledger) linesOf(day closing.Day) []closing.Line {
	l.mu.RLock()
	defer l.mu.RUnlock()
	lines := slices.Clone(l.lines)
	for _, c := range l.cases {
		if line, ended := c.Line(); ended {
			lines = append(lines, line)
		}
	}
	lines = slices.DeleteFunc(lines, func(line closing.Line) bool { return closing.DayOf(line.At) != day })
	slices.SortStableFunc(lines, func(a, b closing.Line) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Dispute, b.Dispute))
	})
	return lines
}
