// Package dynamo keeps cases in one DynamoDB table.
//
// The table's key is pk: "dispute#<id>" for a case, "budget#<UTC day>#<currency>" for what a day's budget
// counts, "control" for whether closing is on and for which table, "reconcile" for where a reconciliation ended before
// WooshPay's list did, "journal#<instant>#<token>" for an act of a person. The sparse index "due" holds the unfinished
// cases, the sparse index "journal" the finished ones and the acts, by UTC day.
//
// Lines of the journal are put once and never written again. The other items are written with UpdateItem and never
// replaced: an attribute that this code does not know, stored by newer code during a deployment, stays as it is. caseFields
// is the layout of a case. Ledger.Claim is the write that matters most: one transaction of the case, the switch and the
// budget.
package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Client is the part of DynamoDB's client that the ledger calls.
type Client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
}

// Ledger implements closing.Ledger, closing.Acts, closing.Controls, closing.DueIndex, closing.Journal and
// closing.ReconcileStore. It may be used by several goroutines at once.
type Ledger struct {
	client Client
	table  string
	mark   string
	loads  loads
}

// New returns the ledger of a table. The client is best made with Options. The mark is the ARN of the table's stream, which
// names the moment it was made, so that no other table has it. Without a mark nothing can be claimed, nor closing be
// turned on; whoever does neither needs none.
func New(client Client, table, mark string) *Ledger {
	return &Ledger{client: client, table: table, mark: mark}
}

// Load returns the case as it was last stored, with one consistent read, or closing.ErrNotFound. What cannot be
// read is closing.ErrUnreadable, and ErrNewerLayout too if newer code stored it in a layout unknown to this code.
func (l *Ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	item, err := l.getOnly(ctx, KeyOf(id), caseRead)
	if err == nil && item == nil {
		err = closing.ErrNotFound
	}
	if err != nil {
		return closing.Case{}, fmt.Errorf("load case %s: %w", id, err)
	}
	c, err := caseOf(item)
	if err != nil {
		return closing.Case{}, fmt.Errorf("load %w", &closing.UnreadableError{ID: id, Err: err})
	}
	l.loads.keep(id, loadOf(c, item))
	return c, nil
}

// Save stores the case with one conditional write, or with the tally in one transaction. It returns
// closing.ErrConflict if somebody stored a newer version.
//
// A request that the SDK repeats because the answer to the first was lost succeeds, unless somebody stored
// a newer version in between: that is a conflict although this version was stored, too.
func (l *Ledger) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	w, err := l.caseWrite(c)
	if err == nil && t.IsZero() {
		err = l.update(ctx, w)
	} else if err == nil {
		err = l.saveWithTally(ctx, w, t)
	}
	if err != nil {
		return closing.Case{}, fmt.Errorf("save case %s: %w", c.ID, err)
	}
	return l.stored(c, w), nil
}

// stored returns a case that was written, with its new version.
func (l *Ledger) stored(c closing.Case, w write) closing.Case {
	c.Version++
	l.loads.keep(c.ID, w.next)
	return c
}

// Warm opens the connection that the first request would otherwise open, by a signed read of an item that
// does not exist.
func (l *Ledger) Warm(ctx context.Context) error {
	if _, err := l.get(ctx, "warm"); err != nil {
		return fmt.Errorf("warm the table's connection: %w", err)
	}
	return nil
}

// get reads an item consistently; nil if it does not exist.
func (l *Ledger) get(ctx context.Context, key string) (attributes, error) {
	return l.getOnly(ctx, key, projection{})
}

// getOnly reads a part of an item consistently; nil if it does not exist.
func (l *Ledger) getOnly(ctx context.Context, key string, p projection) (attributes, error) {
	out, err := l.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &l.table, Key: keyed(key), ConsistentRead: aws.Bool(true),
		ProjectionExpression: p.expression, ExpressionAttributeNames: p.names,
	})
	if err != nil {
		return nil, readFault(err)
	}
	return out.Item, nil
}

// projection names the attributes to read; the zero projection all of them.
type projection struct {
	expression *string
	names      map[string]string
}

func projectionOf(names []string) projection {
	return projection{aws.String("#" + strings.Join(names, ",#")), namesOf(names...)}
}
