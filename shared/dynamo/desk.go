package dynamo

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
)

var controlAttributes = []string{"paused", "who", "why", "at", "saved_by"}

// Control returns the switch, with one consistent read; the zero Control if it was never set.
func (l *Ledger) Control(ctx context.Context) (closing.Control, error) {
	item, err := l.get(ctx, controlKey)
	if err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", err)
	}
	var r reader
	c := closing.Control{
		Paused: r.flag(item, "paused"), Who: r.text(item, "who"), Why: r.text(item, "why"), At: r.instant(item, "at"),
	}
	if r.err != nil {
		return closing.Control{}, fmt.Errorf("read control: %w", r.err)
	}
	return c, nil
}

// SetControl stores the switch with one write, or returns closing.ErrConflict for a resume that is older than what is
// stored. Every claim that begins after it returned sees it.
func (l *Ledger) SetControl(ctx context.Context, c closing.Control) error {
	w := write{key: keyed(controlKey), names: namesOf(controlAttributes), token: rand.Text()}
	a := attributes{"paused": &types.AttributeValueMemberBOOL{Value: c.Paused}}
	putText(a, "saved_by", w.token)
	putText(a, "who", c.Who)
	putText(a, "why", c.Why)
	putInstant(a, "at", c.At)
	w.expression, w.values = expressionOf(controlAttributes, a)
	if !c.Paused {
		w.condition = aws.String("attribute_not_exists(#at) OR #at <= :at")
		w.values[":at"] = textValue(formatInstant(c.At))
	}
	if err := l.update(ctx, w); err != nil {
		return fmt.Errorf("set control: %w", err)
	}
	return nil
}

// notPaused is the part of a claim's transaction that concerns the switch.
func (l *Ledger) notPaused() types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &l.table, Key: keyed(controlKey),
		ConditionExpression:      aws.String("attribute_not_exists(#paused) OR #paused = :no"),
		ExpressionAttributeNames: namesOf([]string{"paused"}),
		ExpressionAttributeValues: attributes{
			":no": &types.AttributeValueMemberBOOL{Value: false},
		},
	}}
}

// Spent returns what the day's budget of a currency counts, with one consistent read. It always names the day
// and the currency.
func (l *Ledger) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	item, err := l.get(ctx, budgetKey(day, currency))
	if err != nil {
		return closing.Tally{}, fmt.Errorf("read budget of %s in %s: %w", day, currency, err)
	}
	var r reader
	t := closing.Tally{
		Day: day, Currency: currency,
		Closes: r.number(item, "closes"), Amount: r.number(item, "amount"), Failures: r.number(item, "failures"),
	}
	if r.err != nil {
		return closing.Tally{}, fmt.Errorf("read budget of %s in %s: %w", day, currency, r.err)
	}
	return t, nil
}
