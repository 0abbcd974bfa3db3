package dynamo

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// attributes is an item, or a map inside one. Zero values are left out, and what is left out reads as zero.
type attributes map[string]types.AttributeValue

func textValue[T ~string](s T) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: strings.ToValidUTF8(string(s), "\uFFFD")}
}

func numberValue(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func putText[T ~string](a attributes, name string, s T) {
	if s != "" {
		a[name] = textValue(s)
	}
}

func putNumber[T ~int | ~int64](a attributes, name string, n T) {
	if n != 0 {
		a[name] = numberValue(int64(n))
	}
}

func putFlag(a attributes, name string, b bool) {
	if b {
		a[name] = &types.AttributeValueMemberBOOL{Value: true}
	}
}

func putInstant(a attributes, name string, t time.Time) {
	if !t.IsZero() {
		a[name] = &types.AttributeValueMemberS{Value: formatInstant(t)}
	}
}

// putList writes each element of a list by one.
func putList[E any](a attributes, name string, list []E, one func(E) types.AttributeValue) {
	if len(list) == 0 {
		return
	}
	values := make([]types.AttributeValue, len(list))
	for i, e := range list {
		values[i] = one(e)
	}
	a[name] = &types.AttributeValueMemberL{Value: values}
}

// object makes a map's writer one for putList.
func object[E any](write func(E) attributes) func(E) types.AttributeValue {
	return func(e E) types.AttributeValue { return &types.AttributeValueMemberM{Value: write(e)} }
}
