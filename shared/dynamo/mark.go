package dynamo

import (
	"context"
	"crypto/rand"
	"fmt"

	"disputecloser/shared/closing"
)

var markAttributes = []string{"cursor", "from", "newest", "at", "saved_by"}

// Mark returns where a reconciliation ended before WooshPay's list did, with one consistent read; the zero Mark if none
// did, and closing.ErrUnreadable for an item that is malformed.
func (l *Ledger) Mark(ctx context.Context) (closing.Mark, error) {
	item, err := l.get(ctx, markKey)
	if err != nil {
		return closing.Mark{}, fmt.Errorf("read where the list was cut: %w", err)
	}
	var r reader
	m := closing.Mark{
		Cursor: r.text(item, "cursor"), From: r.instant(item, "from"), Newest: r.instant(item, "newest"), At: r.instant(item, "at"),
	}
	if r.err != nil {
		return closing.Mark{}, fmt.Errorf("read where the list was cut: %w: %w", closing.ErrUnreadable, r.err)
	}
	return m, nil
}

// SetMark stores the mark in place of any other, with one write.
func (l *Ledger) SetMark(ctx context.Context, m closing.Mark) error {
	w := write{key: keyed(markKey), names: namesOf(markAttributes), token: rand.Text()}
	a := attributes{}
	putText(a, "cursor", m.Cursor)
	putInstant(a, "from", m.From)
	putInstant(a, "newest", m.Newest)
	putInstant(a, "at", m.At)
	putText(a, "saved_by", w.token)
	w.expression, w.values = expressionOf(markAttributes, a)
	if err := l.update(ctx, w); err != nil {
		return fmt.Errorf("store where the list was cut: %w", err)
	}
	return nil
}
