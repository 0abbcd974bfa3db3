package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
)

// known are the attributes that this code knows of an item. A write sets or removes each of them and touches no other.
type known struct {
	attributes []string
	// placeholders stand for the names in expressions, since some names are reserved words.
	placeholders map[string]string
}

func knownAs(names ...string) known { return known{attributes: names, placeholders: namesOf(names...)} }

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
}

// writeOf returns a write of all that is known of an item.
func (l *Ledger) writeOf(key string, k known, item attributes) write {
	token := rand.Text()
	item["saved_by"] = textValue(token)
	expression, values := expressionOf(k.attributes, item)
	return write{token: token, Update: types.Update{
		TableName: &l.table, Key: keyed(key), UpdateExpression: &expression,
		ExpressionAttributeNames: k.placeholders, ExpressionAttributeValues: values,
		// With the item that did not meet the condition, a write can recognise itself.
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// caseWrite returns the write that stores a case one version on.
func (l *Ledger) caseWrite(c closing.Case) (write, error) {
	loaded := c.Version
	c.Version++
	item, err := caseItem(c)
	if err != nil {
		return write{}, err
	}
	w := l.writeOf(KeyOf(c.ID), caseKnown, item)
	if loaded == 0 {
		w.ConditionExpression = aws.String("attribute_not_exists(pk)")
		return w, nil
	}
	w.ConditionExpression = aws.String("#version = :loaded AND (attribute_not_exists(#schema) OR #schema <= :schema)")
	w.ExpressionAttributeValues[":loaded"] = numberValue(loaded)
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

// expressionOf sets the attributes that the item has, and removes the known ones that it lacks.
func expressionOf(known []string, item attributes) (string, attributes) {
	var set, remove strings.Builder
	values := make(attributes, len(item)+1)
	for _, name := range known {
		if value, ok := item[name]; ok {
			join(&set, "SET ", "#"+name+"=:"+name)
			values[":"+name] = value
		} else {
			join(&remove, " REMOVE ", "#"+name)
		}
	}
	return set.String() + remove.String(), values
}

func join(b *strings.Builder, verb, part string) {
	if b.Len() == 0 {
		b.WriteString(verb)
	} else {
		b.WriteByte(',')
	}
	b.WriteString(part)
}
