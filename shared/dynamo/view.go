package dynamo

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// viewRoom is the item's size in bytes up to which the view of a dispute may fill it. DynamoDB's limit is
	// 409,600 and its way of counting is not ours to the byte.
	viewRoom = 380_000
	// viewMost is how many times larger than the dispute's JSON its view can be: below viewDepth a "<" becomes \u003c.
	viewMost = 7
	// viewDepth is how deep the view's values nest; DynamoDB allows 32 levels.
	viewDepth = 30
	// nameMax is the longest name of an attribute, in bytes.
	nameMax = 65_535
	// numberDigits is how many digits a number of DynamoDB keeps.
	numberDigits = 38
)

// viewOf returns a dispute as a map that can be queried and is at most room bytes large. It is a view, not the
// truth: what DynamoDB cannot hold natively is text in it or left out, and so are the largest fields,
// evidence first, that do not fit.
func viewOf(raw []byte, room int) attributes {
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return nil
	}
	view := attributes(viewMap(fields, viewDepth))
	if size := sizeOf(view); size > room {
		leaveOut(view, size-room)
	}
	return view
}

// leaveOut removes fields until at least excess bytes are gone.
func leaveOut(view attributes, excess int) {
	for name := "evidence"; excess > 0 && len(view) > 0; name = largest(view) {
		if value, ok := view[name]; ok {
			excess -= fieldSize(name, value)
			delete(view, name)
		}
	}
}

func largest(a attributes) string {
	name, size := "", -1
	for candidate, value := range a {
		if s := fieldSize(candidate, value); s > size {
			name, size = candidate, s
		}
	}
	return name
}

func viewMap(fields map[string]any, depth int) map[string]types.AttributeValue {
	view := make(map[string]types.AttributeValue, len(fields))
	for name, value := range fields {
		if name != "" && len(name) <= nameMax {
			view[name] = viewValue(value, depth-1)
		}
	}
	return view
}

func viewValue(value any, depth int) types.AttributeValue {
	switch v := value.(type) {
	case nil:
		return &types.AttributeValueMemberNULL{Value: true}
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}
	case string:
		return &types.AttributeValueMemberS{Value: v}
	case json.Number:
		return viewNumber(v.String())
	case map[string]any:
		if depth > 0 {
			return &types.AttributeValueMemberM{Value: viewMap(v, depth)}
		}
	case []any:
		if depth > 0 {
			return viewList(v, depth)
		}
	}
	text, _ := json.Marshal(value) // what was decoded can be encoded
	return &types.AttributeValueMemberS{Value: string(text)}
}

func viewList(list []any, depth int) types.AttributeValue {
	values := make([]types.AttributeValue, len(list))
	for i, value := range list {
		values[i] = viewValue(value, depth-1)
	}
	return &types.AttributeValueMemberL{Value: values}
}

// viewNumber keeps a number as text where DynamoDB would lose digits of it or write it differently.
func viewNumber(n string) types.AttributeValue {
	_, fraction, isFraction := strings.Cut(n, ".")
	tidied := isFraction && strings.HasSuffix(fraction, "0") || n == "-0"
	if len(n) > numberDigits || strings.ContainsAny(n, "eE") || tidied {
		return &types.AttributeValueMemberS{Value: n}
	}
	return &types.AttributeValueMemberN{Value: n}
}

// sizeOf estimates an item's size in bytes as DynamoDB counts it, rather above than below
// (Developer Guide, "DynamoDB item sizes and formats").
func sizeOf(a map[string]types.AttributeValue) int {
	size := 0
	for name, value := range a {
		size += fieldSize(name, value)
	}
	return size
}

func fieldSize(name string, value types.AttributeValue) int { return len(name) + valueSize(value) + 1 }

func valueSize(value types.AttributeValue) int {
	const container = 3
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)/2 + 2
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberM:
		return container + sizeOf(v.Value)
	case *types.AttributeValueMemberL:
		size := container
		for _, element := range v.Value {
			size += valueSize(element) + 1
		}
		return size
	default:
		return 1
	}
}
