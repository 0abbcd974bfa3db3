package dynamo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// control is the stored switch. Code of before knows paused only, so a pause is stored as it reads it.
type control struct {
	paused bool
	// table is the mark of the table for which closing was turned on last.
	table    string
	who, why string
	at       time.Time
}

var (
	controlFields = fields[control]{
		yesNo("paused", func(c *control) *bool { return &c.paused }),
		text("who", func(c *control) *string { return &c.who }),
		text("why", func(c *control) *string { return &c.why }),
		instant("at", func(c *control) *time.Time { return &c.at }),
		text(onFor, func(c *control) *string { return &c.table }),
	}
	controlKnown = known(append(controlFields.names(), "saved_by"))
	// pauseKnown lacks the table's mark: a pause leaves it as it is.
	pauseKnown = slices.DeleteFunc(slices.Clone(controlKnown), func(name string) bool { return name == onFor })

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
	markKnown = known(append(markFields.names(), "saved_by"))
)

// onFor is the attribute of the switch that names the table for which closing was turned on.
const onFor = "table"

// Control returns the switch, with one consistent read; the zero Control if it was never set.
func (l *Ledger) Control(ctx context.Context) (closing.Control, error) {
	var c control
	item, err := l.get(ctx, controlKey)
	if err == nil && item != nil {
		err = malformed(controlFields.read(item, &c))
	}
	if err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", err)
	}
	return closing.Control{Switch: l.position(c), Who: c.who, Why: c.why, At: c.at}, nil
}

// position says what the stored switch means to this table.
func (l *Ledger) position(c control) closing.Switch {
	switch {
	case c.paused:
		return closing.Paused
	case l.mark != "" && c.table == l.mark:
		return closing.On
	default:
		return closing.Off
	}
}

// SetControl stores a pause or a resume and its line of the journal in one transaction, or returns closing.ErrConflict for
// a resume that is older than what is stored, and closing.ErrNoMark for one of a table without a mark. Every claim that
// begins after it returned sees it.
func (l *Ledger) SetControl(ctx context.Context, c closing.Control) error {
	w, err := l.controlWrite(c)
	if err == nil {
		err = l.transact(ctx, w, l.linePut(w.token, c.Line()))
	}
	if err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	return nil
}

func (l *Ledger) controlWrite(c closing.Control) (write, error) {
	item := controlFields.put(&control{paused: c.Switch == closing.Paused, table: l.mark, who: c.Who, why: c.Why, at: c.At})
	switch {
	case c.Switch == closing.Paused:
		return l.writeOf(controlKey, pauseKnown, item), nil
	case c.Switch != closing.On:
		return write{}, fault.Mark(fault.Permanent, fmt.Errorf("%q is neither a pause nor a resume", c.Switch))
	case l.mark == "":
		return write{}, fault.Mark(fault.Permanent, closing.ErrNoMark)
	}
	w := l.writeOf(controlKey, controlKnown, item)
	w.ConditionExpression = aws.String("attribute_not_exists(#at) OR #at <= :at")
	w.ExpressionAttributeValues[":at"] = textValue(formatInstant(c.At))
	return w, nil
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
