package access

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

const (
	// walkPage is how many cases one request asks for.
	walkPage = 100
	// MaxListed limits what is read for a list or a summary: far more unfinished cases than a merchant has.
	MaxListed = 20_000
	// unreadShown is how many cases that cannot be read are named; the rest are counted.
	unreadShown = 20
)

// EachCase visits the unfinished cases, each once, in the table's order: the next due first. It reports whether it
// stopped before the last one because it had read the most that it may; zero means no bound. A case that cannot be read
// does not hide the others: the error that names it is returned at the end, and OnlyUnreadable reports true for it.
func EachCase(ctx context.Context, l Ledger, table string, most int, visit func(closing.Case) error) (cut bool, err error) {
	var unread []error
	seen, unreadable := map[dispute.ID]bool{}, map[dispute.ID]bool{}
	for cursor := ""; ; {
		page, next, err := l.Cases(ctx, walkPage, cursor)
		switch {
		case errors.Is(err, closing.ErrUnreadable):
			for _, u := range closing.UnreadIn(err) {
				if !unreadable[u.ID] {
					unreadable[u.ID] = true
					unread = append(unread, u)
				}
			}
		case err != nil:
			return false, TableError(table, err)
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

// unreadCases returns the error for cases that could not be read; nil if there are none.
func unreadCases(table string, unread []error) error {
	if len(unread) == 0 {
		return nil
	}
	return TableError(table, &unreadError{unread})
}

// unreadError names the first of the cases that cannot be read, and counts the others.
type unreadError struct{ all []error }

func (e *unreadError) Error() string {
	text := errors.Join(e.all[:min(len(e.all), unreadShown)]...).Error()
	if more := len(e.all) - unreadShown; more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return text
}

func (e *unreadError) Unwrap() []error { return e.all }

// OnlyUnreadable reports whether everything was read except cases that cannot be.
func OnlyUnreadable(err error) bool { return errors.Is(err, closing.ErrUnreadable) }
