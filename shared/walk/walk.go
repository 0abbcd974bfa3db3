// Package walk reads the unfinished cases and the journal of a table, page by page: with queries of their indexes, and
// never with a scan.
package walk

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Unfinished lists unfinished cases.
type Unfinished interface {
	// Cases lists at most limit unfinished cases, those due first ahead, from where the cursor left off. The first cursor is
	// empty, and so is the one after the last page. With closing.ErrUnreadable the page lacks only the cases that the error
	// names.
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)
}

const (
	// casePage and linePage are how much one request asks for.
	casePage = 100
	linePage = 500
	// unreadShown is how many cases that cannot be read are named; the rest are counted.
	unreadShown = 20
)

// Cases visits the unfinished cases, each once, in the table's order: the next due first. It reports whether it stopped
// before the last one because it had read the most that it may; zero means no bound. A case that cannot be read does not
// hide the others: the error that names it is returned at the end, and wraps closing.ErrUnreadable.
func Cases(ctx context.Context, l Unfinished, most int, visit func(closing.Case) error) (cut bool, err error) {
	var unread []error
	seen, unreadable := map[dispute.ID]bool{}, map[dispute.ID]bool{}
	for cursor := ""; ; {
		page, next, err := l.Cases(ctx, casePage, cursor)
		if err != nil && !errors.Is(err, closing.ErrUnreadable) {
			return false, err
		}
		for _, u := range closing.UnreadIn(err) {
			if !unreadable[u.ID] {
				unreadable[u.ID] = true
				unread = append(unread, u)
			}
		}
		for _, c := range page {
			if seen[c.ID] {
				continue // It came due later while the pages were read.
			}
			if most > 0 && len(seen) == most {
				return true, unreadOf(unread)
			}
			seen[c.ID] = true
			if err := visit(c); err != nil {
				return false, err
			}
		}
		if cursor = next; cursor == "" {
			return false, unreadOf(unread)
		}
	}
}

// Lines visits the lines of the days, the oldest first. It reads these days and nothing else: one query a day, and one more
// for each further page. Its result and its error are like those of Cases.
func Lines(ctx context.Context, j closing.Journal, days []closing.Day, most int, visit func(closing.Line)) (cut bool, err error) {
	var unread []error
	visited := 0
	for _, day := range days {
		for cursor, more := "", true; more; more = cursor != "" {
			page, next, err := j.Lines(ctx, day, linePage, cursor)
			if err != nil && !errors.Is(err, closing.ErrUnreadable) {
				return false, err
			}
			for _, u := range closing.UnreadIn(err) {
				unread = append(unread, u)
			}
			for _, l := range page {
				if most > 0 && visited == most {
					return true, unreadOf(unread)
				}
				visited++
				visit(l)
			}
			cursor = next
		}
	}
	return false, unreadOf(unread)
}

// unreadOf returns the error for what could not be read; nil if that is nothing.
func unreadOf(unread []error) error {
	if len(unread) == 0 {
		return nil
	}
	return &unreadError{unread}
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

// Unwrap returns an error for each case.
func (e *unreadError) Unwrap() []error { return e.all }
