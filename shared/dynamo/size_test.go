package dynamo

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestSizesAreNotUnderestimated(t *testing.T) {
	for _, c := range []struct {
		value types.AttributeValue
		// documented is the size of the value by the Developer Guide.
		documented int
	}{
		{text(""), 0},
		{text("争议"), 6},
		{number("1"), 2},
		{number("1500"), 3},
		{number("-12.25"), 4},
		{number(strings.Repeat("9", 38)), 20},
		{&types.AttributeValueMemberB{Value: make([]byte, 1000)}, 1000},
		{&types.AttributeValueMemberBOOL{}, 1},
		{&types.AttributeValueMemberNULL{}, 1},
		{&types.AttributeValueMemberL{}, 3},
		{&types.AttributeValueMemberL{Value: []types.AttributeValue{text("a"), text("b")}}, 3 + 2 + 2},
		{&types.AttributeValueMemberM{}, 3},
		{&types.AttributeValueMemberM{Value: attributes{"name": text("a")}}, 3 + 1 + 4 + 1},
	} {
		if got := valueSize(c.value); got < c.documented || got > c.documented+2 {
			t.Errorf("%#v: estimated at %d, documented %d", c.value, got, c.documented)
		}
	}
}
