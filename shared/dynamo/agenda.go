package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

const (
	dueIndex = "due"
	// queryMax is the most entries that one query may return.
	queryMax = 1000
)

var errLimit = errors.New("the limit must be 1 or more")

// Due lists at most limit cases due at or before the instant, from where the cursor left off. Every page draws
// evenly on all shards that have cases left and is sorted, so that with a limit of 8 or more the first page
// begins with the oldest of all. A page may be short although more follow, but is empty only at the end.
func (l *Ledger) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	page, next, err := l.page(ctx, formatInstant(before), limit, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("list due cases: %w", err)
	}
	return page, next, nil
}

func (l *Ledger) page(ctx context.Context, until string, limit int, cursor string) ([]closing.Due, string, error) {
	queue, err := parseCursor(cursor)
	if err != nil {
		return nil, "", fault.Mark(fault.Permanent, err)
	}
	if limit < 1 {
		return nil, "", fault.Mark(fault.Permanent, errLimit)
	}
	var page []closing.Due
	for len(queue) > 0 && len(page) == 0 {
		page, queue, err = l.draw(ctx, until, limit, queue)
		if err != nil {
			return nil, "", err
		}
	}
	slices.SortStableFunc(page, func(a, b closing.Due) int { return a.At.Compare(b.At) })
	return page, formatCursor(queue), nil
}

// draw asks each place of the queue, or the first limit of them, for its share, and returns the places that
// may have more, those not asked ahead.
func (l *Ledger) draw(ctx context.Context, until string, limit int, queue []place) ([]closing.Due, []place, error) {
	asked := min(len(queue), limit)
	rest := slices.Clone(queue[asked:])
	var page []closing.Due
	for i, p := range queue[:asked] {
		share := limit / asked
		if i < limit%asked {
			share++
		}
		dues, next, err := l.query(ctx, until, share, p)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, dues...)
		if next != nil {
			rest = append(rest, *next)
		}
	}
	return page, rest, nil
}

// query lists cases of one shard, the oldest first, and returns the place after them, nil at the end.
func (l *Ledger) query(ctx context.Context, until string, limit int, p place) ([]closing.Due, *place, error) {
	out, err := l.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &l.table, IndexName: aws.String(dueIndex),
		Limit:                  aws.Int32(int32(min(limit, queryMax))), //nolint:gosec // it cannot overflow
		KeyConditionExpression: aws.String("due_shard = :shard AND due_at <= :until"),
		ExpressionAttributeValues: attributes{
			":shard": textValue(p.Shard), ":until": &types.AttributeValueMemberS{Value: until},
		},
		ExclusiveStartKey: p.startKey(),
	})
	if err != nil {
		return nil, nil, readFault(err)
	}
	dues := make([]closing.Due, 0, len(out.Items))
	for _, item := range out.Items {
		dues = append(dues, dueOf(item))
	}
	if out.LastEvaluatedKey == nil {
		return dues, nil, nil
	}
	var r reader
	last := out.LastEvaluatedKey
	return dues, &place{Shard: p.Shard, At: r.text(last, "due_at"), Key: r.text(last, "pk")}, r.err
}

// dueOf reads an entry of the index. A date that cannot be read is the oldest of all: Load says what is wrong with
// its case, and one such case keeps no other from being listed.
func dueOf(entry attributes) closing.Due {
	var r reader
	id, _ := IDOf(r.text(entry, "pk"))
	at := r.instant(entry, "due_at")
	if r.err != nil {
		at = time.Time{}
	}
	return closing.Due{ID: id, At: at}
}
