package main

import (
	"context"
	"errors"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

const (
	// walkPage is how many cases the table is asked for at once.
	walkPage = 100
	// walkMost bounds what is read for a list or a summary: far more unfinished cases than a merchant has.
	walkMost = 20_000
)

// walk shows the unfinished cases, each once, those due first ahead as far as the table goes, page by page. It tells
// whether it ended before the last because it had read the most it may; zero is no bound. A case that cannot be read
// keeps no other from being shown: in the end its error is returned, which is partly.
func (a *app) walk(ctx context.Context, l ledger, table string, most int, visit func(closing.Case) error) (cut bool, err error) {
	var unread []error
	seen := map[dispute.ID]bool{}
	for cursor := ""; ; {
		page, next, err := l.Cases(ctx, walkPage, cursor)
		switch {
		case errors.Is(err, closing.ErrUnreadable):
			unread = append(unread, err)
		case err != nil:
			return false, tableError(table, err)
		}
		for _, c := range page {
			if seen[c.ID] {
				continue // It came due later while the pages were read.
			}
			if most > 0 && len(seen) == most {
				return true, unreadCases(table, unread)
			}
			seen[c.ID] = true
			if err := visit(c); err != nil {
				return false, err
			}
		}
		if cursor = next; cursor == "" {
			return false, unreadCases(table, unread)
		}
	}
}

// unreadCases is the error for the cases that could not be read; nil if there are none.
func unreadCases(table string, unread []error) error {
	if len(unread) == 0 {
		return nil
	}
	return tableError(table, errors.Join(unread...))
}

// partly tells whether all was read but some cases that cannot be.
func partly(err error) bool { return errors.Is(err, closing.ErrUnreadable) }
