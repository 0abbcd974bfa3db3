package main

import (
	"context"
	"errors"
	"fmt"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

const (
	// walkPage is how many cases the table is asked for at once.
	walkPage = 100
	// walkMost bounds what is read for a list or a summary: far more unfinished cases than a merchant has.
	walkMost = 20_000
	// unreadShown is how many cases that cannot be read are named; the rest are counted.
	unreadShown = 20
)

// walk shows the unfinished cases, each once, those due first ahead as far as the table goes, page by page. It reports
// whether it ended before the last because it had read the most it may; zero is no bound. A case that cannot be read
// keeps no other from being shown: in the end the error is returned that names it, which is partly.
func (a *app) walk(ctx context.Context, l ledger, table string, most int, visit func(closing.Case) error) (cut bool, err error) {
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
	return tableError(table, &unreadError{unread})
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

// partly reports whether all was read but some cases that cannot be.
func partly(err error) bool { return errors.Is(err, closing.ErrUnreadable) }
