package access

import (
	"context"

	"disputecloser/shared/closing"
	"disputecloser/shared/walk"
)

// EachLine is walk.Lines without a bound, and with errors that say what to do next. OnlyUnreadable reports true for one that
// names lines that cannot be read.
func EachLine(ctx context.Context, j closing.Journal, table string, days []closing.Day, visit func(closing.Line)) error {
	if _, err := walk.Lines(ctx, j, days, 0, visit); err != nil {
		return TableError(table, err)
	}
	return nil
}
