package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// Claim stores the case, checks the switch and spends the bid, in one transaction of three items. It returns
// closing.ErrConflict, then ErrOff or ErrPaused, then ErrBudget.
//
// Two calls with one claim id are two claims, of which one wins: the transaction's token is random, not made
// from the claim id.
func (l *Ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	w, err := l.caseWrite(c)
	if err == nil {
		err = l.claim(ctx, w, b)
	}
	if err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	return l.stored(c, w), nil
}

// claim makes the three parts. Their order is that of precedence, since DynamoDB gives its reasons in it.
func (l *Ledger) claim(ctx context.Context, w write, b closing.Bid) error {
	spent, err := l.spend(b)
	if err != nil {
		return err
	}
	return l.transact(ctx, w, part{l.isOn(), notOn}, part{spent, always(closing.ErrBudget)})
}

// part is an item of a transaction, and what it means if its condition fails, by the item that was found.
type part struct {
	types.TransactWriteItem
	refusal func(found attributes) error
}

// always is a refusal that means the same whatever was found.
func always(err error) func(attributes) error { return func(attributes) error { return err } }

// transact carries out a write together with other items. If a condition fails, it returns that item's refusal.
func (l *Ledger) transact(ctx context.Context, w write, others ...part) error {
	parts := append([]part{{types.TransactWriteItem{Update: &w.Update}, w.outcome}}, others...)
	var items []types.TransactWriteItem
	for _, p := range parts {
		items = append(items, p.TransactWriteItem)
	}
	var tries attempts
	return insist(ctx, func() error {
		_, err := l.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: items,
			// The token makes the SDK's own repetitions one transaction. A cancelled one is tried again under a new token.
			ClientRequestToken: aws.String(rand.Text()),
		}, tries.watch)
		var cancelled *types.TransactionCanceledException
		if errors.As(err, &cancelled) {
			return tries.doubt(refusalOf(cancelled, parts))
		}
		return tries.label(err)
	})
}

// refusalOf reads the reasons in the order of the items. The first that is one decides, since what comes
// after it has lower precedence.
func refusalOf(cancelled *types.TransactionCanceledException, parts []part) error {
	for i := range min(len(parts), len(cancelled.CancellationReasons)) {
		reason := cancelled.CancellationReasons[i]
		switch aws.ToString(reason.Code) {
		case "None":
		case "ConditionalCheckFailed":
			return parts[i].refusal(reason.Item)
		case "TransactionConflict":
			return errBusy
		case "ValidationError", "ItemCollectionSizeLimitExceeded":
			return fault.Mark(fault.Permanent, cancelled)
		default:
			return fault.Mark(fault.Retryable, cancelled)
		}
	}
	return fault.Mark(fault.Retryable, cancelled)
}

// isOn is the part of a claim's transaction that checks the switch. A table without a mark is never on.
func (l *Ledger) isOn() types.TransactWriteItem {
	check := &types.ConditionCheck{
		TableName: &l.table, Key: keyed(controlKey),
		ConditionExpression:       aws.String("#paused = :no AND #table = :mark"),
		ExpressionAttributeNames:  namesOf("paused", onFor),
		ExpressionAttributeValues: attributes{":no": flagValue(false), ":mark": textValue(l.mark)},
		// With the item that did not meet the condition, a pause can be told from a switch that is off.
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if l.mark == "" {
		*check.ConditionExpression += " AND " + never
	}
	return types.TransactWriteItem{ConditionCheck: check}
}

// notOn says why the switch that was found refuses a claim. What cannot be read as a pause is off.
func notOn(found attributes) error {
	if paused, err := asFlag(found["paused"]); err == nil && paused {
		return closing.ErrPaused
	}
	return closing.ErrOff
}

// spend is the part of a claim's transaction that concerns the day's budget. A bid for what the case holds already
// only checks.
func (l *Ledger) spend(b closing.Bid) (types.TransactWriteItem, error) {
	condition, values := conditionOf(b)
	if b.Held {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &l.table, Key: keyed(budgetKey(b.Day, b.Currency)), ConditionExpression: &condition,
			ExpressionAttributeNames: namesOf("closes", "amount", "failures"), ExpressionAttributeValues: values,
		}}, nil
	}
	count, err := l.countUpdate(closing.Tally{Day: b.Day, Currency: b.Currency, Closes: 1, Amount: b.Amount})
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	count.ConditionExpression = &condition
	maps.Copy(count.ExpressionAttributeValues, values)
	return types.TransactWriteItem{Update: count}, nil
}

// conditionOf is what a budget must meet for a bid. A bid for what the case holds already only asks for room in the
// failures.
func conditionOf(b closing.Bid) (string, attributes) {
	most := closing.Tally{Closes: b.Limit.Closes - 1, Amount: b.Limit.Amount - b.Amount, Failures: b.Limit.Failures - 1}
	if b.Held {
		most.Closes, most.Amount = math.MaxInt64, math.MaxInt64
	}
	conditions := []string{upTo("failures", most.Failures), upTo("closes", most.Closes), upTo("amount", most.Amount)}
	if !b.Held && b.Amount < 0 { // would make room for others
		conditions = append(conditions, never)
	}
	return strings.Join(conditions, " AND "), attributes{
		":zero": numberValue(int64(0)), ":most_failures": numberValue(most.Failures),
		":most_closes": numberValue(most.Closes), ":most_amount": numberValue(most.Amount),
	}
}

// never is a condition that no item meets.
const never = "attribute_exists(pk) AND attribute_not_exists(pk)"

// upTo is a condition on one number of a budget, which what is not stored meets as zero does. A number below zero, which no
// code of ours leaves behind, never meets it.
func upTo(name string, most int64) string {
	condition := "#" + name + " >= :zero AND #" + name + " <= :most_" + name
	if most < 0 {
		return condition
	}
	return "(attribute_not_exists(#" + name + ") OR " + condition + ")"
}

// budgetKept is how long a day's budget is kept after the day; then the table's TTL deletes it.
const budgetKept = 40 * 24 * time.Hour

var errDay = errors.New("not a UTC day")

// countUpdate adds a tally to its budget.
func (l *Ledger) countUpdate(t closing.Tally) (*types.Update, error) {
	end := t.Day.End()
	if end.IsZero() {
		return nil, fault.Mark(fault.Permanent, fmt.Errorf("%w: %q", errDay, t.Day))
	}
	return &types.Update{
		TableName: &l.table, Key: keyed(budgetKey(t.Day, t.Currency)),
		UpdateExpression:         aws.String("ADD #closes :closes, #amount :amount, #failures :failures SET #expires_at_s = :expires_at_s"),
		ExpressionAttributeNames: namesOf("closes", "amount", "failures", "expires_at_s"),
		ExpressionAttributeValues: attributes{
			":closes": numberValue(t.Closes), ":amount": numberValue(t.Amount), ":failures": numberValue(t.Failures),
			":expires_at_s": numberValue(end.Add(budgetKept).Unix()),
		},
	}, nil
}

// saveWithTally stores a case and counts in one transaction.
func (l *Ledger) saveWithTally(ctx context.Context, w write, t closing.Tally) error {
	count, err := l.countUpdate(t)
	if err != nil {
		return err
	}
	return l.transact(ctx, w, part{types.TransactWriteItem{Update: count}, always(closing.ErrConflict)})
}
