package dynamo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
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
	found, err := l.LoadAll(ctx, idsOf(due))
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

func idsOf(due []closing.Due) []dispute.ID {
	ids := make([]dispute.ID, len(due))
	for i, d := range due {
		ids[i] = d.ID
	}
	return ids
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
			":shard": textValue(p.Shard), ":until": textValue(until),
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
	next := place{Shard: p.Shard}
	return dues, &next, malformed(placeFields.read(out.LastEvaluatedKey, &next))
}

// dueOf reads an entry of the index. A date that cannot be read is the oldest of all: Load says what is wrong with
// its case, and one such case keeps no other from being listed.
func dueOf(entry attributes) closing.Due {
	id, _ := caseID(entry)
	at, _ := asInstant(entry["due_at"]) // zero if it cannot be read
	return closing.Due{ID: id, At: at}
}

var errCursor = errors.New("not a cursor of this listing")

// place is where a listing stands in one shard: after the case of this date and key, or at the beginning.
type place struct {
	Shard string `json:"s"`
	At    string `json:"a,omitempty"`
	Key   string `json:"k,omitempty"`
}

// placeFields are the key of an entry of the index.
var placeFields = fields[place]{
	text("due_shard", func(p *place) *string { return &p.Shard }),
	text("due_at", func(p *place) *string { return &p.At }),
	text("pk", func(p *place) *string { return &p.Key }),
}

// startKey is nil at the beginning.
func (p place) startKey() attributes {
	if p.Key == "" {
		return nil
	}
	return placeFields.put(&p)
}

// beginning is a place in every shard.
func beginning() []place {
	places := make([]place, shards)
	for i := range places {
		places[i].Shard = strconv.Itoa(i)
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

func parseCursor(cursor string) ([]place, error) {
	if cursor == "" {
		return beginning(), nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var places []place
	if err == nil {
		err = json.Unmarshal(text, &places)
	}
	if err != nil || len(places) == 0 || len(places) > shards {
		return nil, fmt.Errorf("%w: %.100q", errCursor, cursor)
	}
	return places, nil
}
