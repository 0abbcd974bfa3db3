package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
	"disputecloser/shared/wooshpay"
)

// Lister is the list of disputes of WooshPay's client.
type Lister interface {
	// List returns one page, or wooshpay.ErrListUnavailable.
	List(ctx context.Context, q wooshpay.ListQuery) (wooshpay.Page, error)
}

// DisputeList implements closing.DisputeList with WooshPay's client.
type DisputeList struct{ Client Lister }

// List returns one page, or closing.ErrListUnavailable or closing.ErrCursorRefused. A cursor is refused if WooshPay
// permanently refuses any page but the first.
func (c DisputeList) List(ctx context.Context, createdFrom time.Time, cursor string) (closing.Page, error) {
	page, err := c.Client.List(ctx, wooshpay.ListQuery{CreatedFrom: createdFrom, StartingAfter: cursor})
	switch {
	case errors.Is(err, wooshpay.ErrListUnavailable):
		return closing.Page{}, fmt.Errorf("%w: %w", closing.ErrListUnavailable, err)
	case cursor != "" && fault.Of(err) == fault.Permanent:
		return closing.Page{}, fmt.Errorf("%w: %w", closing.ErrCursorRefused, err)
	case err != nil:
		return closing.Page{}, err
	}
	return closing.Page{Disputes: page.Disputes, Unreadable: page.Unreadable, More: page.HasMore, Next: page.Next}, nil
}
