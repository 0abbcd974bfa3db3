package dynamo

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// attributes is an item, or a map inside one.
type attributes map[string]types.AttributeValue

// field says under which name one field of a T is stored, how it is written, and how it is read. A zero value is left
// out, and what is left out reads as zero.
//
// These types do what dynamodbav tags and the SDK's attributevalue would. That package reads NULL as zero, so that a
// posted_at of NULL would mean that nothing was posted; docs/decisions.md has its other guesses and its price.
type field[T any] struct {
	name string
	// put returns the attribute, or nil to leave it out.
	put func(*T) types.AttributeValue
	// read accepts the one type that put writes: a number is not a text, a set is not a list, and NULL is not zero.
	read     func(*T, types.AttributeValue) error
	required bool
}

// fields are all stored fields of a T: its layout.
type fields[T any] []field[T]

func (f fields[T]) names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].name
	}
	return names
}

func (f fields[T]) put(t *T) attributes {
	a := make(attributes, len(f))
	f.putInto(a, t)
	return a
}

// putInto adds the attributes that are not there yet.
func (f fields[T]) putInto(a attributes, t *T) {
	for _, field := range f {
		if _, ok := a[field.name]; ok {
			continue
		}
		if value := field.put(t); value != nil {
			a[field.name] = value
		}
	}
}

// read reads every field. It returns the first error, which begins with the names that lead to the attribute.
func (f fields[T]) read(a attributes, t *T) (first error) {
	for _, field := range f {
		stored := a[field.name]
		if stored == nil && !field.required {
			continue
		}
		if err := field.read(t, stored); err != nil && first == nil {
			first = fmt.Errorf("%s: %w", field.name, err)
		}
	}
	return first
}

// errMalformed is returned for an item that no version of this code would have stored.
var errMalformed = errors.New("the stored item is malformed")

func malformed(err error) error {
	if err == nil {
		return nil
	}
	return fault.Mark(fault.Permanent, fmt.Errorf("%w: %w", errMalformed, err))
}

// fieldAt returns the field that at points to, with its writer and its reader.
func fieldAt[T, V any](name string, at func(*T) *V, put func(V) types.AttributeValue, as func(types.AttributeValue) (V, error)) field[T] {
	return field[T]{
		name: name,
		put:  func(t *T) types.AttributeValue { return put(*at(t)) },
		read: func(t *T, stored types.AttributeValue) (err error) {
			*at(t), err = as(stored)
			return err
		},
	}
}

// unlessZero leaves out the zero value.
func unlessZero[V comparable](put func(V) types.AttributeValue) func(V) types.AttributeValue {
	return func(v V) types.AttributeValue {
		var zero V
		if v == zero {
			return nil
		}
		return put(v)
	}
}

func text[T any, S ~string](name string, at func(*T) *S) field[T] {
	return fieldAt(name, at, unlessZero(textValue[S]), asText[S])
}

func number[T any, N ~int | ~int64](name string, at func(*T) *N) field[T] {
	return fieldAt(name, at, unlessZero(numberValue[N]), asNumber[N])
}

func flag[T any](name string, at func(*T) *bool) field[T] {
	return fieldAt(name, at, unlessZero(flagValue), asFlag)
}

// yesNo is a flag that is stored when it is false, too, and must not be missing.
func yesNo[T any](name string, at func(*T) *bool) field[T] {
	f := fieldAt(name, at, flagValue, asFlag)
	f.required = true
	return f
}

func instant[T any](name string, at func(*T) *time.Time) field[T] {
	return fieldAt(name, at, instantValue, asInstant)
}

// duration is stored as Go writes it: 24h0m0s. A known zero is stored.
func duration[T any](name string, at func(*T) *dispute.Maybe[time.Duration]) field[T] {
	return fieldAt(name, at, unlessZero(durationValue), asDuration)
}

// word is one of few values, and is stored by its name. It is never left out.
func word[T any, W fmt.Stringer](name string, at func(*T) *W, values ...W) field[T] {
	put := func(w W) types.AttributeValue { return textValue(w.String()) }
	f := fieldAt(name, at, put, func(stored types.AttributeValue) (w W, err error) {
		s, err := asText[string](stored)
		if err != nil {
			return w, err
		}
		for _, value := range values {
			if s == value.String() {
				return value, nil
			}
		}
		return w, fmt.Errorf("%.100q is not one of %v", s, values)
	})
	f.required = true
	return f
}

// texts is a list, not a set: its order counts, and it may hold a text twice.
func texts[T any](name string, at func(*T) *[]string) field[T] {
	return fieldAt(name, at, listOf(textValue[string]), asList(asText[string]))
}

// object is stored as a map.
func object[T any, E comparable](name string, at func(*T) *E, inner fields[E]) field[T] {
	return fieldAt(name, at, unlessZero(inner.value), inner.from)
}

// pointer is an object that may be nil, which is left out. A zero object is not.
func pointer[T, E any](name string, at func(*T) **E, inner fields[E]) field[T] {
	put := func(e *E) types.AttributeValue { return inner.value(*e) }
	return fieldAt(name, at, unlessZero(put), func(stored types.AttributeValue) (*E, error) {
		e, err := inner.from(stored)
		return &e, err
	})
}

func objects[T, E any](name string, at func(*T) *[]E, inner fields[E]) field[T] {
	return fieldAt(name, at, listOf(inner.value), asList(inner.from))
}

// value returns an object as an attribute.
func (f fields[E]) value(e E) types.AttributeValue {
	return &types.AttributeValueMemberM{Value: f.put(&e)}
}

// from reads an object from an attribute.
func (f fields[E]) from(stored types.AttributeValue) (e E, err error) {
	v, err := as[*types.AttributeValueMemberM](stored)
	if err != nil {
		return e, err
	}
	err = f.read(v.Value, &e)
	return e, err
}

func listOf[E any](put func(E) types.AttributeValue) func([]E) types.AttributeValue {
	return func(list []E) types.AttributeValue {
		if len(list) == 0 {
			return nil
		}
		values := make([]types.AttributeValue, len(list))
		for i, e := range list {
			values[i] = put(e)
		}
		return &types.AttributeValueMemberL{Value: values}
	}
}

func asList[E any](one func(types.AttributeValue) (E, error)) func(types.AttributeValue) ([]E, error) {
	return func(stored types.AttributeValue) ([]E, error) {
		v, err := as[*types.AttributeValueMemberL](stored)
		if err != nil {
			return nil, err
		}
		list := make([]E, len(v.Value))
		for i, element := range v.Value {
			if list[i], err = one(element); err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
			}
		}
		return list, nil
	}
}
