package dynamo

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// budgetKept is how long a day's budget is kept after the day; then the table's TTL deletes it.
const budgetKept = 40 * 24 * time.Hour

// never is a condition that no item meets.
const never = "attribute_exists(pk) AND attribute_not_exists(pk)"

// spend is the part of a claim's transaction that concerns the budget. A bid for what the case holds already
// only checks the failures.
func (l *Ledger) spend(b closing.Bid) (types.TransactWriteItem, error) {
	var limits limits
	limits.atMost("failures", b.Limit.Failures-1)
	if b.Held {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &l.table, Key: keyed(budgetKey(b.Day, b.Currency)), ConditionExpression: limits.condition(),
			ExpressionAttributeNames: limits.names, ExpressionAttributeValues: limits.values,
		}}, nil
	}
	limits.atMost("closes", b.Limit.Closes-1)
	limits.atMost("amount", b.Limit.Amount-b.Amount)
	if b.Amount < 0 { // would make room for others
		limits.parts = append(limits.parts, never)
	}
	count, err := l.countUpdate(closing.Tally{Day: b.Day, Currency: b.Currency, Closes: 1, Amount: b.Amount})
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	count.ConditionExpression = limits.condition()
	for name, value := range limits.values {
		count.ExpressionAttributeValues[name] = value
	}
	return types.TransactWriteItem{Update: count}, nil
}

var errDay = errors.New("not a UTC day")

// limits is a condition on what a budget counts. Nothing stored counts as zero.
type limits struct {
	parts  []string
	names  map[string]string
	values attributes
}

func (l *limits) atMost(name string, most int64) {
	if l.names == nil {
		l.names, l.values = map[string]string{}, attributes{}
	}
	part := "#" + name + " <= :most_" + name
	if most >= 0 {
		part = "(" + part + " OR attribute_not_exists(#" + name + "))"
	}
	l.parts = append(l.parts, part)
	l.names["#"+name] = name
	l.values[":most_"+name] = numberValue(most)
}

func (l *limits) condition() *string {
	condition := strings.Join(l.parts, " AND ")
	return &condition
}

// countUpdate adds a tally to its budget.
func (l *Ledger) countUpdate(t closing.Tally) (*types.Update, error) {
	end := t.Day.End()
	if end.IsZero() {
		return nil, fault.Mark(fault.Permanent, fmt.Errorf("%w: %q", errDay, t.Day))
	}
	expression := "ADD #closes :closes, #amount :amount, #failures :failures SET #expires_at_s = :expires_at_s"
	return &types.Update{
		TableName: &l.table, Key: keyed(budgetKey(t.Day, t.Currency)), UpdateExpression: &expression,
		ExpressionAttributeNames: namesOf([]string{"closes", "amount", "failures", "expires_at_s"}),
		ExpressionAttributeValues: attributes{
			":closes": numberValue(t.Closes), ":amount": numberValue(t.Amount), ":failures": numberValue(t.Failures),
			":expires_at_s": numberValue(end.Add(budgetKept).Unix()),
		},
	}, nil
}
