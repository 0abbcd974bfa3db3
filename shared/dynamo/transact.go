package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// saveWithTally stores a case and counts in one transaction.
func (l *Ledger) saveWithTally(ctx context.Context, w write, t closing.Tally) error {
	count, err := l.countUpdate(t)
	if err != nil {
		return err
	}
	return l.transact(ctx, w, types.TransactWriteItem{Update: count})
}

// Claim stores the case, spends the bid and checks the switch, in one transaction of three items. It returns
// closing.ErrConflict, ErrPaused or ErrBudget in this order of precedence.
//
// Two calls with one claim id are two claims, of which one wins: the transaction's token is random, not made
// from the claim id.
func (l *Ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	w, err := l.writeOf(c)
	if err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	spend, err := l.spend(b)
	if err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	// The order is that of precedence: reasons are answered in it.
	if err := l.transact(ctx, w, l.notPaused(), spend); err != nil {
		return closing.Case{}, fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	c.Version++
	return c, nil
}

// refusals are what a failed condition of a transaction's second and third item means.
var refusals = []error{closing.ErrPaused, closing.ErrBudget}

// transact writes a case together with other items. A condition of theirs that fails is one of the refusals,
// in the order of the items.
func (l *Ledger) transact(ctx context.Context, w write, others ...types.TransactWriteItem) error {
	items := append([]types.TransactWriteItem{{Update: l.updateOf(w)}}, others...)
	var tries attempts
	return insist(ctx, func() error {
		_, err := l.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: items,
			// The token makes the SDK's own repetitions one transaction. A cancelled one is tried again under a new token.
			ClientRequestToken: aws.String(rand.Text()),
		}, tries.watch)
		var cancelled *types.TransactionCanceledException
		if errors.As(err, &cancelled) {
			return tries.doubt(w.cancelled(cancelled))
		}
		return tries.label(err)
	})
}

func (l *Ledger) updateOf(w write) *types.Update {
	return &types.Update{
		TableName: &l.table, Key: w.key, UpdateExpression: &w.expression, ConditionExpression: w.condition,
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
		ReturnValuesOnConditionCheckFailure: onFailure,
	}
}

// cancelled reads the reasons in the order of the items: the first that is one decides, since what comes
// after it has lower precedence.
func (w write) cancelled(cancelled *types.TransactionCanceledException) error {
	for i, reason := range cancelled.CancellationReasons {
		switch code := aws.ToString(reason.Code); code {
		case "None":
		case "ConditionalCheckFailed":
			if i == 0 {
				return w.outcome(reason.Item)
			}
			return refusals[i-1]
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
