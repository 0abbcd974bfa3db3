package access

import (
	"context"
	"errors"

	"disputecloser/shared/closing"
	"disputecloser/shared/walk"
)

// MaxListed limits what is read for a list or a summary: far more unfinished cases than a merchant has.
const MaxListed = 20_000

// EachCase is walk.Cases with errors that say what to do next. OnlyUnreadable reports true for one that names cases that
// cannot be read.
func EachCase(ctx context.Context, l walk.Unfinished, table string, most int, visit func(closing.Case) error) (cut bool, err error) {
	var stopped error
	cut, err = walk.Cases(ctx, l, most, func(c closing.Case) error {
		stopped = visit(c)
		return stopped
	})
	if err == nil || stopped != nil {
		return cut, stopped
	}
	return cut, TableError(table, err)
}

// OnlyUnreadable reports whether everything was read except cases that cannot be.
func OnlyUnreadable(err error) bool { return errors.Is(err, closing.ErrUnreadable) }
