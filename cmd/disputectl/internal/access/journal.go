package access

import (
	"context"
	"errors"

	"disputecloser/shared/closing"
)

// linePage is how many lines of the journal one request asks for.
const linePage = 500

// EachLine visits the lines of the days, the oldest first. It reads these days and nothing else: one query a day, and one
// more for each further page. A line that cannot be read does not hide the others: the error that names it is returned
// at the end, and OnlyUnreadable reports true for it.
func EachLine(ctx context.Context, j closing.Journal, table string, days []closing.Day, visit func(closing.Line)) error {
	var unread []error
	for _, day := range days {
		found, err := eachLineOf(ctx, j, table, day, visit)
		if err != nil {
			return err
		}
		unread = append(unread, found...)
	}
	return unreadCases(table, unread)
}

// eachLineOf visits the lines of one day, and returns an error for each that cannot be read.
func eachLineOf(ctx context.Context, j closing.Journal, table string, day closing.Day, visit func(closing.Line)) ([]error, error) {
	var unread []error
	for cursor := ""; ; {
		page, next, err := j.Lines(ctx, day, linePage, cursor)
		switch {
		case errors.Is(err, closing.ErrUnreadable):
			for _, u := range closing.UnreadIn(err) {
				unread = append(unread, u)
			}
		case err != nil:
			return nil, TableError(table, err)
		}
		for _, l := range page {
			visit(l)
		}
		if cursor = next; cursor == "" {
			return unread, nil
		}
	}
}
