package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// Claim stores the case, checks the switch and spends the bid, in one transaction of three items. It returns
// closing.ErrConflict, ErrPaused or ErrBudget in this order of precedence.
//
// Two calls with one claim id are two claims, of which one wins: the transaction's token is random, not made
// from the claim id.
func (l *Ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	if err := l.claim(ctx, c, b); err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	c.Version++
	return c, nil
}

// claim makes the three parts. Their order is that of precedence, since DynamoDB gives its reasons in it.
func (l *Ledger) claim(ctx context.Context, c closing.Case, b closing.Bid) error {
	stored, err := l.caseWrite(c)
	if err != nil {
		return err
	}
	spent, err := l.spend(b)
	if err != nil {
		return err
	}
	return l.transact(ctx, stored, part{l.notPaused(), closing.ErrPaused}, part{spent, closing.ErrBudget})
}

// part is a further item of a transaction, and what it means if its condition fails.
type part struct {
	types.TransactWriteItem
	refusal error
}

// transact carries out a write together with other items. If a condition of theirs fails, it returns that item's refusal.
func (l *Ledger) transact(ctx context.Context, w write, others ...part) error {
	items := []types.TransactWriteItem{{Update: &w.Update}}
	for _, other := range others {
		items = append(items, other.TransactWriteItem)
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
			return tries.doubt(w.cancelled(cancelled, others))
		}
		return tries.label(err)
	})
}

// cancelled reads the reasons in the order of the items. The first that is one decides, since what comes
// after it has lower precedence.
func (w write) cancelled(cancelled *types.TransactionCanceledException, others []part) error {
	for i, reason := range cancelled.CancellationReasons {
		switch code := aws.ToString(reason.Code); code {
		case "None":
		case "ConditionalCheckFailed":
			if i == 0 {
				return w.outcome(reason.Item)
			}
			return others[i-1].refusal
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

// notPaused is the part of a claim's transaction that checks the switch.
func (l *Ledger) notPaused() types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &l.table, Key: keyed(controlKey),
		ConditionExpression:       aws.String("attribute_not_exists(#paused) OR #paused = :no"),
		ExpressionAttributeNames:  namesOf("paused"),
		ExpressionAttributeValues: attributes{":no": flagValue(false)},
	}}
}

// spend is the part of a claim's transaction that concerns the day's budget. A bid for what the case holds already
// only checks the failures.
func (l *Ledger) spend(b closing.Bid) (types.TransactWriteItem, error) {
	failures := atMost("failures", b.Limit.Failures-1)
	if b.Held {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &l.table, Key: keyed(budgetKey(b.Day, b.Currency)), ConditionExpression: &failures.condition,
			ExpressionAttributeNames: namesOf("failures"), ExpressionAttributeValues: failures.values,
		}}, nil
	}
	count, err := l.countUpdate(closing.Tally{Day: b.Day, Currency: b.Currency, Closes: 1, Amount: b.Amount})
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	var conditions []string
	for _, limit := range []limit{failures, atMost("closes", b.Limit.Closes-1), atMost("amount", b.Limit.Amount-b.Amount)} {
		conditions = append(conditions, limit.condition)
		maps.Copy(count.ExpressionAttributeValues, limit.values)
	}
	if b.Amount < 0 { // would make room for others
		conditions = append(conditions, never)
	}
	count.ConditionExpression = aws.String(strings.Join(conditions, " AND "))
	return types.TransactWriteItem{Update: count}, nil
}

// never is a condition that no item meets.
const never = "attribute_exists(pk) AND attribute_not_exists(pk)"

// limit is a condition on one number of a budget.
type limit struct {
	condition string
	values    attributes
}

// atMost is a limit that what is not stored meets as zero does.
func atMost(name string, most int64) limit {
	condition := "#" + name + " <= :most_" + name
	if most >= 0 {
		condition = "(" + condition + " OR attribute_not_exists(#" + name + "))"
	}
	return limit{condition, attributes{":most_" + name: numberValue(most)}}
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
	return l.transact(ctx, w, part{types.TransactWriteItem{Update: count}, nil})
}
