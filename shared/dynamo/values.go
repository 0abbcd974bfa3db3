package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/dispute"
)

// as returns an attribute as the type that it must have.
func as[V types.AttributeValue](stored types.AttributeValue) (V, error) {
	v, ok := stored.(V)
	switch {
	case stored == nil:
		return v, errors.New("it is missing")
	case !ok:
		return v, fmt.Errorf("its type is %s, not %s", typeOf(stored), typeOf(v))
	}
	return v, nil
}

// typeOf returns the name that DynamoDB gives to an attribute's type.
func typeOf(v types.AttributeValue) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*types.AttributeValueMember")
}

// textValue writes valid UTF-8, for DynamoDB holds nothing else.
func textValue[S ~string](s S) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: strings.ToValidUTF8(string(s), "\uFFFD")}
}

func asText[S ~string](stored types.AttributeValue) (S, error) {
	v, err := as[*types.AttributeValueMemberS](stored)
	if err != nil {
		return "", err
	}
	return S(v.Value), nil
}

func numberValue[N ~int | ~int64](n N) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(int64(n), 10)}
}

func asNumber[N ~int | ~int64](stored types.AttributeValue) (N, error) {
	v, err := as[*types.AttributeValueMemberN](stored)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	return N(n), err
}

func flagValue(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

func asFlag(stored types.AttributeValue) (bool, error) {
	v, err := as[*types.AttributeValueMemberBOOL](stored)
	return err == nil && v.Value, err
}

// wireInstant has a fixed width, so that instants sort as text, and loses nothing of a time.Time but its zone.
const wireInstant = "2006-01-02T15:04:05.000000000Z07:00"

// lastInstant is the last one of that width.
var lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)

// formatInstant writes an instant in UTC. One beyond the year 9999 becomes the last of that year.
func formatInstant(t time.Time) string {
	if t.After(lastInstant) {
		t = lastInstant
	}
	return t.UTC().Format(wireInstant)
}

func instantValue(t time.Time) types.AttributeValue {
	if t.IsZero() {
		return nil
	}
	return textValue(formatInstant(t))
}

func asInstant(stored types.AttributeValue) (time.Time, error) {
	s, err := asText[string](stored)
	if s == "" {
		return time.Time{}, err
	}
	return time.Parse(wireInstant, s)
}

func durationValue(m dispute.Maybe[time.Duration]) types.AttributeValue {
	d, _ := m.Get()
	return textValue(d.String())
}

func asDuration(stored types.AttributeValue) (m dispute.Maybe[time.Duration], err error) {
	s, err := asText[string](stored)
	if s == "" {
		return m, err
	}
	d, err := time.ParseDuration(s)
	return dispute.Known(d), err
}
