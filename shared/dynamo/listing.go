package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

const (
	// batchMax is the most items that one BatchGetItem may ask for.
	batchMax = 100
	// batchTries is how often what a batch left out is asked for again. An answer holds 16 MB, so that a
	// batch of the largest items takes three.
	batchTries = 10
	batchPause = 20 * time.Millisecond
)

var errUnread = errors.New("DynamoDB left items of a batch unread")

// Cases lists at most limit (and at most 100) unfinished cases, those due first ahead as far as Due goes, from
// where the cursor left off. The first cursor is empty, and so is the one after the last page; a page may be
// empty before. Finished cases are not listed, for that would scan the table: Load finds them by id.
//
// With closing.ErrUnreadable the page and the cursor are good all the same: the page lacks the cases that the error names.
func (l *Ledger) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	due, next, err := l.page(ctx, formatInstant(lastInstant), min(limit, batchMax), cursor)
	if err != nil {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	found, err := l.loadAll(ctx, due)
	if err != nil && !errors.Is(err, closing.ErrUnreadable) {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	cases := make([]closing.Case, 0, len(due))
	for _, d := range due {
		if c, ok := found[d.ID]; ok && !c.DueAt.IsZero() {
			cases = append(cases, c)
		}
	}
	return cases, next, err
}

// loadAll returns the cases that can be read, and one error for all that cannot.
func (l *Ledger) loadAll(ctx context.Context, due []closing.Due) (map[dispute.ID]closing.Case, error) {
	var unread []error
	found := make(map[dispute.ID]closing.Case, len(due))
	var asked types.KeysAndAttributes
	asked.ConsistentRead = aws.Bool(true)
	for _, d := range due {
		asked.Keys = append(asked.Keys, keyed(KeyOf(d.ID)))
	}
	for try := 0; len(asked.Keys) > 0; try++ {
		if err := waitBatch(ctx, try); err != nil {
			return nil, err
		}
		out, err := l.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{l.table: asked},
		})
		if err != nil {
			return nil, readFault(err)
		}
		for _, item := range out.Responses[l.table] {
			if c, err := caseOf(item); err != nil {
				unread = append(unread, fmt.Errorf("case %s: %w: %w", c.ID, closing.ErrUnreadable, err))
			} else {
				found[c.ID] = c
			}
		}
		asked = out.UnprocessedKeys[l.table]
	}
	return found, errors.Join(unread...)
}

// waitBatch waits before a repeated try, longer each time.
func waitBatch(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	if try == batchTries {
		return fault.Mark(fault.Retryable, errUnread)
	}
	select {
	case <-ctx.Done():
		return fault.Mark(fault.Retryable, ctx.Err())
	case <-time.After(time.Duration(try) * batchPause):
		return nil
	}
}
