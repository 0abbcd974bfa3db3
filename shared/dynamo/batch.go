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
	// keyMax is the longest key in bytes. No case has a longer one, and a batch with one would be refused as a whole.
	keyMax = 2048
)

var errUnread = errors.New("DynamoDB left items of a batch unread")

// LoadAll returns those of the cases that are stored, with consistent reads of a hundred at a time. With
// closing.ErrUnreadable the map lacks only the cases that closing.UnreadIn finds in the error.
func (l *Ledger) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	b := batch{ledger: l, found: make(map[dispute.ID]closing.Case, len(ids))}
	for part := range slices.Chunk(keysOf(ids), batchMax) {
		if err := b.load(ctx, part); err != nil {
			return nil, fmt.Errorf("load cases: %w", err)
		}
	}
	return b.found, errors.Join(b.unread...)
}

// keysOf returns the keys that the ids can have, each once: DynamoDB refuses a batch that names one twice.
func keysOf(ids []dispute.ID) []map[string]types.AttributeValue {
	keys := make([]map[string]types.AttributeValue, 0, len(ids))
	named := make(map[dispute.ID]bool, len(ids))
	for _, id := range ids {
		if key := KeyOf(id); !named[id] && len(key) <= keyMax {
			named[id] = true
			keys = append(keys, keyed(key))
		}
	}
	return keys
}

// batch collects cases.
type batch struct {
	ledger *Ledger
	found  map[dispute.ID]closing.Case
	unread []error
}

// load reads at most batchMax items, in as many requests as it takes.
func (b *batch) load(ctx context.Context, keys []map[string]types.AttributeValue) error {
	table := b.ledger.table
	asked := types.KeysAndAttributes{ConsistentRead: aws.Bool(true), Keys: keys}
	for try := 0; len(asked.Keys) > 0; try++ {
		if err := waitBatch(ctx, try); err != nil {
			return err
		}
		out, err := b.ledger.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{table: asked},
		})
		if err != nil {
			return readFault(err)
		}
		for _, item := range out.Responses[table] {
			b.take(item)
		}
		asked = out.UnprocessedKeys[table]
	}
	return nil
}

func (b *batch) take(item attributes) {
	c, err := caseOf(item)
	if err != nil {
		b.unread = append(b.unread, &closing.UnreadableError{ID: c.ID, Err: err})
		return
	}
	b.found[c.ID] = c
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
