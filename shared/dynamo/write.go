package dynamo

import (
	"crypto/rand"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
)

// onFailure asks for the stored item when a condition does not hold, so that a write can recognise itself.
const onFailure = types.ReturnValuesOnConditionCheckFailureAllOld

// write is a conditional update of one item.
type write struct {
	key        attributes
	expression string
	condition  *string
	names      map[string]string
	values     attributes
	// token is stored with the item. An item that bears it was stored by this very write.
	token string
}

var caseNames = namesOf(caseAttributes)

// writeOf returns the write that stores a case one version on.
func (l *Ledger) writeOf(c closing.Case) (write, error) {
	loaded := c.Version
	c.Version++
	item, err := caseItem(c)
	if err != nil {
		return write{}, err
	}
	w := write{key: keyed(KeyOf(c.ID)), names: caseNames, token: rand.Text()}
	putText(item, "saved_by", w.token)
	w.expression, w.values = expressionOf(caseAttributes, item)
	condition := "attribute_not_exists(pk)"
	if loaded != 0 {
		condition = "#version = :loaded AND (attribute_not_exists(#schema) OR #schema <= :schema)"
		w.values[":loaded"] = numberValue(loaded)
	}
	w.condition = &condition
	return w, nil
}

// outcome tells from the item that was found instead what became of a write whose condition did not hold:
// nil if that item is this very write, whose answer was lost on the way to a repetition.
func (w write) outcome(found attributes) error {
	var r reader
	switch schema := r.number(found, "schema"); {
	case r.text(found, "saved_by") == w.token:
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

// namesOf returns the names' placeholders, for some of them are reserved words.
func namesOf(known []string) map[string]string {
	names := make(map[string]string, len(known))
	for _, name := range known {
		names["#"+name] = name
	}
	return names
}
