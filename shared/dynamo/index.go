package dynamo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// queryMax is the most entries that one query may return.
const queryMax = 1000

// index is a sparse index of the table: entries by partition, in an order.
type index struct{ name, partition, order string }

var (
	dueIndex     = index{"due", "due_shard", "due_at"}
	journalIndex = index{"journal", "journal_day", "journal_at"}
)

// entries lists at most limit entries of one partition whose order is at most until, and returns the place after them,
// nil at the end.
func (l *Ledger) entries(ctx context.Context, i index, until string, limit int, p place) ([]map[string]types.AttributeValue, *place, error) {
	out, err := l.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &l.table, IndexName: &i.name,
		Limit:                     aws.Int32(int32(min(limit, queryMax))), //nolint:gosec // it cannot overflow
		KeyConditionExpression:    aws.String(i.partition + " = :partition AND " + i.order + " <= :until"),
		ExpressionAttributeValues: attributes{":partition": textValue(p.Partition), ":until": textValue(until)},
		ExclusiveStartKey:         i.startKey(p),
	})
	if err != nil {
		return nil, nil, readFault(err)
	}
	if out.LastEvaluatedKey == nil {
		return out.Items, nil, nil
	}
	next := place{Partition: p.Partition}
	return out.Items, &next, malformed(i.key().read(out.LastEvaluatedKey, &next))
}

var errCursor = errors.New("not a cursor of this listing")

// place is where a listing stands in one partition: after the entry of this order and key, or at the beginning.
type place struct {
	Partition string `json:"s"`
	At        string `json:"a,omitempty"`
	Key       string `json:"k,omitempty"`
}

// key is the key of an entry.
func (i index) key() fields[place] {
	return fields[place]{
		text(i.partition, func(p *place) *string { return &p.Partition }),
		text(i.order, func(p *place) *string { return &p.At }),
		text("pk", func(p *place) *string { return &p.Key }),
	}
}

// startKey is nil at the beginning.
func (i index) startKey(p place) attributes {
	if p.Key == "" {
		return nil
	}
	return i.key().put(&p)
}

// beginning is a place in every shard.
func beginning() []place {
	places := make([]place, shards)
	for i := range places {
		places[i].Partition = strconv.Itoa(i)
	}
	return places
}

// formatCursor writes the places that are left; empty if none is left.
func formatCursor(places []place) string {
	if len(places) == 0 {
		return ""
	}
	text, _ := json.Marshal(places) // texts can be encoded
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads a cursor of at most as many places as the listing begins with.
func parseCursor(cursor string, first []place) ([]place, error) {
	if cursor == "" {
		return first, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var places []place
	if err == nil {
		err = json.Unmarshal(text, &places)
	}
	if err != nil || len(places) == 0 || len(places) > len(first) {
		return nil, fmt.Errorf("%w: %.100q", errCursor, cursor)
	}
	return places, nil
}
