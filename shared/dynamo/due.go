package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

var errLimit = errors.New("the limit must be 1 or more")

// Due lists at most limit cases due at or before the instant, from where the cursor left off. Every page draws
// evenly on all shards that have cases left and is sorted, so that with a limit of 8 or more the first page
// begins with the oldest of all. A page may be short although more follow, but is empty only at the end.
func (l *Ledger) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	page, next, err := l.page(ctx, formatInstant(before), limit, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("list due cases: %w", err)
	}
	return page, next, nil
}

// Cases lists at most limit (and at most 100) unfinished cases, those due first ahead as far as Due goes, from
// where the cursor left off. The first cursor is empty, and so is the one after the last page; a page may be
// empty before. Finished cases are not listed, for that would scan the table: Load finds them by id.
//
// With closing.ErrUnreadable the page and the cursor are good all the same: the page lacks the cases that the error names.
func (l *Ledger) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	due, next, err := l.page(ctx, formatInstant(lastInstant), min(limit, batchMax), cursor)
	if err != nil {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	found, err := l.LoadAll(ctx, idsOf(due))
	if err != nil && !errors.Is(err, closing.ErrUnreadable) {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	cases := make([]closing.Case, 0, len(due))
	for _, d := range due {
		if c, ok := found[d.ID]; ok && !c.DueAt.IsZero() {
			cases = append(cases, c)
		}
	}
	return cases, next, err
}

func idsOf(due []closing.Due) []dispute.ID {
	ids := make([]dispute.ID, len(due))
	for i, d := range due {
		ids[i] = d.ID
	}
	return ids
}

func (l *Ledger) page(ctx context.Context, until string, limit int, cursor string) ([]closing.Due, string, error) {
	queue, err := parseCursor(cursor, beginning())
	if err != nil {
		return nil, "", fault.Mark(fault.Permanent, err)
	}
	if limit < 1 {
		return nil, "", fault.Mark(fault.Permanent, errLimit)
	}
	var page []closing.Due
	for len(queue) > 0 && len(page) == 0 {
		page, queue, err = l.draw(ctx, until, limit, queue)
		if err != nil {
			return nil, "", err
		}
	}
	slices.SortStableFunc(page, func(a, b closing.Due) int { return a.At.Compare(b.At) })
	return page, formatCursor(queue), nil
}

// draw asks each place of the queue, or the first limit of them, for its share, and returns the places that
// may have more, those not asked ahead.
func (l *Ledger) draw(ctx context.Context, until string, limit int, queue []place) ([]closing.Due, []place, error) {
	asked := min(len(queue), limit)
	rest := slices.Clone(queue[asked:])
	var page []closing.Due
	for i, p := range queue[:asked] {
		share := limit / asked
		if i < limit%asked {
			share++
		}
		dues, next, err := l.query(ctx, until, share, p)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, dues...)
		if next != nil {
			rest = append(rest, *next)
		}
	}
	return page, rest, nil
}

// query lists cases of one shard, the oldest first, and returns the place after them, nil at the end.
func (l *Ledger) query(ctx context.Context, until string, limit int, p place) ([]closing.Due, *place, error) {
	items, next, err := l.entries(ctx, dueIndex, until, limit, p)
	dues := make([]closing.Due, 0, len(items))
	for _, item := range items {
		dues = append(dues, dueOf(item))
	}
	return dues, next, err
}

// dueOf reads an entry of the index. A date that cannot be read is the oldest of all: Load says what is wrong with
// its case, and one such case keeps no other from being listed.
func dueOf(entry attributes) closing.Due {
	id, _ := caseID(entry)
	at, _ := asInstant(entry["due_at"]) // zero if it cannot be read
	return closing.Due{ID: id, At: at}
}
