package dynamo

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

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
