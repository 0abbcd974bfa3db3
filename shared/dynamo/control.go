package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"disputecloser/shared/closing"
)

var (
	controlFields = fields[closing.Control]{
		flag("paused", func(c *closing.Control) *bool { return &c.Paused }),
		text("who", func(c *closing.Control) *string { return &c.Who }),
		text("why", func(c *closing.Control) *string { return &c.Why }),
		instant("at", func(c *closing.Control) *time.Time { return &c.At }),
	}
	controlKnown = knownAs(append(controlFields.names(), "saved_by")...)

	tallyFields = fields[closing.Tally]{
		number("closes", func(t *closing.Tally) *int64 { return &t.Closes }),
		number("amount", func(t *closing.Tally) *int64 { return &t.Amount }),
		number("failures", func(t *closing.Tally) *int64 { return &t.Failures }),
	}

	markFields = fields[closing.Mark]{
		text("cursor", func(m *closing.Mark) *string { return &m.Cursor }),
		instant("from", func(m *closing.Mark) *time.Time { return &m.From }),
		instant("newest", func(m *closing.Mark) *time.Time { return &m.Newest }),
		instant("at", func(m *closing.Mark) *time.Time { return &m.At }),
	}
	markKnown = knownAs(append(markFields.names(), "saved_by")...)
)

// Control returns the switch, with one consistent read; the zero Control if it was never set.
func (l *Ledger) Control(ctx context.Context) (closing.Control, error) {
	var c closing.Control
	item, err := l.get(ctx, controlKey)
	if err == nil {
		err = malformed(controlFields.read(item, &c))
	}
	if err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", err)
	}
	return c, nil
}

// SetControl stores the switch and its line of the journal in one transaction, or returns closing.ErrConflict for a resume
// that is older than what is stored. Every claim that begins after it returned sees it.
func (l *Ledger) SetControl(ctx context.Context, c closing.Control) error {
	item := controlFields.put(&c)
	item["paused"] = flagValue(c.Paused)
	w := l.writeOf(controlKey, controlKnown, item)
	if !c.Paused {
		w.ConditionExpression = aws.String("attribute_not_exists(#at) OR #at <= :at")
		w.ExpressionAttributeValues[":at"] = textValue(formatInstant(c.At))
	}
	if err := l.transact(ctx, w, l.linePut(w.token, c.Line())); err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	return nil
}

// Spent returns what the day's budget of a currency counts, with one consistent read. It always names the day
// and the currency.
func (l *Ledger) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	t := closing.Tally{Day: day, Currency: currency}
	item, err := l.get(ctx, budgetKey(day, currency))
	if err == nil {
		err = malformed(tallyFields.read(item, &t))
	}
	if err != nil {
		return closing.Tally{}, fmt.Errorf("read budget of %s in %s: %w", day, currency, err)
	}
	return t, nil
}

// Mark returns where a reconciliation ended before WooshPay's list did, with one consistent read; the zero Mark if none
// did, and closing.ErrUnreadable for an item that is malformed.
func (l *Ledger) Mark(ctx context.Context) (closing.Mark, error) {
	item, err := l.get(ctx, markKey)
	if err != nil {
		return closing.Mark{}, fmt.Errorf("read where the list was cut: %w", err)
	}
	var m closing.Mark
	if err := malformed(markFields.read(item, &m)); err != nil {
		return closing.Mark{}, fmt.Errorf("read where the list was cut: %w: %w", closing.ErrUnreadable, err)
	}
	return m, nil
}

// SetMark stores the mark in place of any other, with one write.
func (l *Ledger) SetMark(ctx context.Context, m closing.Mark) error {
	if err := l.update(ctx, l.writeOf(markKey, markKnown, markFields.put(&m))); err != nil {
		return fmt.Errorf("store where the list was cut: %w", err)
	}
	return nil
}
