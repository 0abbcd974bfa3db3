package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/wooshpay"
)

// Lister is WooshPay's list of disputes as its client shows it.
type Lister interface {
	// List returns one page, or wooshpay.ErrListUnavailable.
	List(ctx context.Context, q wooshpay.ListQuery) (wooshpay.Page, error)
}

// Catalogue is closing.Catalogue on WooshPay's client.
type Catalogue struct {
	Client Lister
	Log    *slog.Logger
}

// List returns one page, or closing.ErrListUnavailable. Where WooshPay promises more and leads no further, the list
// ends with a line in the log: what was read counts.
func (c Catalogue) List(ctx context.Context, createdFrom time.Time, cursor string) (closing.Page, error) {
	page, err := c.Client.List(ctx, wooshpay.ListQuery{CreatedFrom: createdFrom, StartingAfter: cursor})
	if errors.Is(err, wooshpay.ErrListUnavailable) {
		return closing.Page{}, fmt.Errorf("%w: %w", closing.ErrListUnavailable, err)
	}
	if err != nil {
		return closing.Page{}, err
	}
	if page.HasMore && page.Next == "" {
		c.Log.WarnContext(ctx, "list of disputes ends early", "starting_after", cursor, "disputes", len(page.Disputes), "unreadable", page.Unreadable)
	}
	return closing.Page{Disputes: page.Disputes, Unreadable: page.Unreadable, Next: page.Next}, nil
}
