package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/fault"
)

// errMalformed is returned for an item that no version of this code would have stored.
var errMalformed = errors.New("the stored item is malformed")

// reader reads attributes one by one and keeps the first fault it meets.
type reader struct{ err error }

func (r *reader) malformed(name string, err error) {
	if r.err == nil {
		r.err = fault.Mark(fault.Permanent, fmt.Errorf("%w: %s: %w", errMalformed, name, err))
	}
}

// take returns a value of the expected type, and nil if there is none.
func take[V types.AttributeValue](r *reader, stored types.AttributeValue, name string) (value V) {
	if stored == nil {
		return value
	}
	value, ok := stored.(V)
	if !ok {
		r.malformed(name, fmt.Errorf("it is a %T", stored))
	}
	return value
}

func (r *reader) text(a attributes, name string) string { return textOf(r, a[name], name) }

func textOf(r *reader, stored types.AttributeValue, name string) string {
	if v := take[*types.AttributeValueMemberS](r, stored, name); v != nil {
		return v.Value
	}
	return ""
}

func (r *reader) number(a attributes, name string) int64 {
	v := take[*types.AttributeValueMemberN](r, a[name], name)
	if v == nil {
		return 0
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if err != nil {
		r.malformed(name, err)
	}
	return n
}

func (r *reader) flag(a attributes, name string) bool {
	v := take[*types.AttributeValueMemberBOOL](r, a[name], name)
	return v != nil && v.Value
}

func (r *reader) instant(a attributes, name string) time.Time {
	v := r.text(a, name)
	if v == "" {
		return time.Time{}
	}
	t, err := parseInstant(v)
	if err != nil {
		r.malformed(name, err)
	}
	return t
}

func (r *reader) bytes(a attributes, name string) []byte {
	if v := take[*types.AttributeValueMemberB](r, a[name], name); v != nil {
		return v.Value
	}
	return nil
}

// object returns a map, and false if there is none.
func (r *reader) object(a attributes, name string) (attributes, bool) {
	o := objectOf(r, a[name], name)
	return o, o != nil
}

func objectOf(r *reader, stored types.AttributeValue, name string) attributes {
	v := take[*types.AttributeValueMemberM](r, stored, name)
	if v == nil {
		return nil
	}
	return v.Value
}

func (r *reader) texts(a attributes, name string) []string { return listOf(r, a, name, textOf) }

// objects returns a list of maps, each read by one.
func objects[E any](r *reader, a attributes, name string, one func(*reader, attributes) E) []E {
	return listOf(r, a, name, func(r *reader, stored types.AttributeValue, name string) E {
		return one(r, objectOf(r, stored, name))
	})
}

func listOf[E any](r *reader, a attributes, name string, one func(*reader, types.AttributeValue, string) E) []E {
	v := take[*types.AttributeValueMemberL](r, a[name], name)
	if v == nil {
		return nil
	}
	list := make([]E, len(v.Value))
	for i, stored := range v.Value {
		list[i] = one(r, stored, name)
	}
	return list
}
