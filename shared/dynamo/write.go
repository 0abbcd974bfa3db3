package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
)

// known are the attributes that this code knows of an item. A write sets or removes each of them that differs from what is
// stored, and touches no other.
type known []string

// namesOf returns placeholders for names in expressions, since some names are reserved words.
func namesOf(names ...string) map[string]string {
	placeholders := make(map[string]string, len(names))
	for _, name := range names {
		placeholders["#"+name] = name
	}
	return placeholders
}

// write is an update of one item, conditional unless ConditionExpression is nil.
type write struct {
	types.Update
	// token is stored with the item. An item that bears it was stored by this very write.
	token string
	// next is what a load would return after the write of a case.
	next load
}

// writeOf returns a write of all that is known of an item.
func (l *Ledger) writeOf(key string, k known, item attributes) write {
	return l.writeOver(key, k, item, nil)
}

// writeOver returns a write of what differs from the item that was loaded. The caller adds the condition that nothing was
// stored since; without a loaded item it is a write of all that is known.
func (l *Ledger) writeOver(key string, k known, item, loaded attributes) write {
	token := rand.Text()
	item["saved_by"] = textValue(token)
	expression, names, values := k.expressionOf(item, loaded)
	return write{token: token, Update: types.Update{
		TableName: &l.table, Key: keyed(key), UpdateExpression: &expression,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		// With the item that did not meet the condition, a write can recognise itself.
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// caseWrite returns the write that stores a case one version on. The case's version is a condition of it, so that what it
// leaves out is stored as it was loaded.
func (l *Ledger) caseWrite(c closing.Case) (write, error) {
	was := l.loads.take(c.ID, c.Version)
	version := c.Version
	c.Version++
	item, err := caseItem(c, was)
	if err != nil {
		return write{}, err
	}
	w := l.writeOver(KeyOf(c.ID), caseKnown, item, was.item)
	w.next = loadOf(c, item)
	if version == 0 {
		w.ConditionExpression = aws.String("attribute_not_exists(pk)")
		return w, nil
	}
	w.ConditionExpression = aws.String("#version = :loaded AND (attribute_not_exists(#schema) OR #schema <= :schema)")
	w.ExpressionAttributeNames["#version"], w.ExpressionAttributeNames["#schema"] = "version", "schema"
	w.ExpressionAttributeValues[":loaded"], w.ExpressionAttributeValues[":schema"] = numberValue(version), item["schema"]
	return w, nil
}

// update carries out one write.
func (l *Ledger) update(ctx context.Context, w write) error {
	var tries attempts
	return insist(ctx, func() error {
		_, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: w.TableName, Key: w.Key, UpdateExpression: w.UpdateExpression, ConditionExpression: w.ConditionExpression,
			ExpressionAttributeNames: w.ExpressionAttributeNames, ExpressionAttributeValues: w.ExpressionAttributeValues,
			ReturnValuesOnConditionCheckFailure: w.ReturnValuesOnConditionCheckFailure,
		}, tries.watch)
		var failed *types.ConditionalCheckFailedException
		if errors.As(err, &failed) {
			return w.outcome(failed.Item)
		}
		return tries.label(err)
	})
}

// outcome returns what became of a write whose condition did not hold, by the item that was found instead: nil if
// that item is this very write, whose answer was lost on the way and which the SDK repeated.
func (w write) outcome(found attributes) error {
	token, _ := asText[string](found["saved_by"]) // what cannot be read is not ours
	schema, _ := schemaOf(found)
	switch {
	case token == w.token:
		return nil
	case schema > layout:
		return newerLayout(schema)
	default:
		return closing.ErrConflict
	}
}

// expressionOf sets the attributes that the item has and removes the known ones that it lacks, except where the loaded item
// is the same.
func (k known) expressionOf(item, loaded attributes) (expression string, names map[string]string, values attributes) {
	var set, remove strings.Builder
	names, values = make(map[string]string, len(k)), make(attributes, len(k))
	for _, name := range k {
		value, has := item[name]
		switch {
		case value == asStored || loaded != nil && !slices.Contains(unread, name) && same(value, loaded[name]):
			continue
		case has:
			join(&set, "SET ", "#"+name+"=:"+name)
			values[":"+name] = value
		default:
			join(&remove, " REMOVE ", "#"+name)
		}
		names["#"+name] = name
	}
	return set.String() + remove.String(), names, values
}

func join(b *strings.Builder, verb, part string) {
	if b.Len() == 0 {
		b.WriteString(verb)
	} else {
		b.WriteByte(',')
	}
	b.WriteString(part)
}
