package dynamo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func numeral(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

func wantView(t *testing.T, got, want map[string]types.AttributeValue) {
	t.Helper()
	unexported := cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberM{},
		types.AttributeValueMemberL{}, types.AttributeValueMemberBOOL{}, types.AttributeValueMemberNULL{})
	if diff := cmp.Diff(want, got, unexported); diff != "" {
		t.Errorf("view differs (-want +got):\n%s", diff)
	}
}

func TestViewIsNative(t *testing.T) {
	got := viewOf([]byte(`{"id":"dp_1","amount":1500,"livemode":false,"charge":null,"l":[1,"a",[]],"m":{"n":{}},"":1,"o":{"":2}}`), viewRoom)
	wantView(t, got, map[string]types.AttributeValue{
		"id": textValue("dp_1"), "amount": numeral("1500"),
		"livemode": &types.AttributeValueMemberBOOL{}, "charge": &types.AttributeValueMemberNULL{Value: true},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			numeral("1"), textValue("a"), &types.AttributeValueMemberL{Value: []types.AttributeValue{}},
		}},
		"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{
			"n": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}},
		}},
		"o": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}},
	})
}

func TestViewOfNumbers(t *testing.T) {
	digits := strings.Repeat("9", numberDigits)
	for n, native := range map[string]bool{
		"0": true, "-1": true, "1500": true, "9223372036854775807": true, digits: true, "0.5": true, "-12.25": true,
		digits + "9": false, "1.0": false, "1.50": false, "1e3": false, "1E400": false, "-0": false, "-0.0": false, "0.1e-200": false,
	} {
		want := textValue(n)
		if native {
			want = numeral(n)
		}
		wantView(t, viewOf([]byte(`{"n":`+n+`}`), viewRoom), map[string]types.AttributeValue{"n": want})
	}
}

func TestViewLeavesOutWhatDoesNotFit(t *testing.T) {
	field := func(name string, size int) string { return fmt.Sprintf(`%q:%q`, name, strings.Repeat("x", size)) }
	raw := []byte("{" + strings.Join([]string{`"id":"dp_1"`, field("evidence", 100), field("a", 1000), field("b", 2000)}, ",") + "}")
	for _, c := range []struct {
		room int
		want string
	}{
		{10_000, "a b evidence id"},
		{3_100, "a b id"},
		{3_000, "a id"},
		{1_000, "id"},
		{5, ""},
		{-1, ""},
	} {
		view := viewOf(raw, c.room)
		if got := names(view); got != c.want {
			t.Errorf("room for %d: the view has %q, want %q", c.room, got, c.want)
		}
		if sizeOf(view) > max(c.room, 0) {
			t.Errorf("room for %d: the view has %d", c.room, sizeOf(view))
		}
	}
}

func names(a attributes) string {
	var have []string
	for _, name := range []string{"a", "b", "evidence", "id"} {
		if _, ok := a[name]; ok {
			have = append(have, name)
		}
	}
	return strings.Join(have, " ")
}

func TestSizesAreNotUnderestimated(t *testing.T) {
	for _, c := range []struct {
		value types.AttributeValue
		// documented is the size of the value by the Developer Guide.
		documented int
	}{
		{textValue(""), 0},
		{textValue("争议"), 6},
		{numeral("1"), 2},
		{numeral("1500"), 3},
		{numeral("-12.25"), 4},
		{numeral(strings.Repeat("9", 38)), 20},
		{&types.AttributeValueMemberB{Value: make([]byte, 1000)}, 1000},
		{&types.AttributeValueMemberBOOL{}, 1},
		{&types.AttributeValueMemberNULL{}, 1},
		{&types.AttributeValueMemberL{}, 3},
		{&types.AttributeValueMemberL{Value: []types.AttributeValue{textValue("a"), textValue("b")}}, 3 + 2 + 2},
		{&types.AttributeValueMemberM{}, 3},
		{&types.AttributeValueMemberM{Value: attributes{"name": textValue("a")}}, 3 + 1 + 4 + 1},
	} {
		if got := valueSize(c.value); got < c.documented || got > c.documented+2 {
			t.Errorf("%#v: estimated at %d, documented %d", c.value, got, c.documented)
		}
	}
}

func FuzzViewCanBeStored(f *testing.F) {
	f.Add([]byte(`{"id":"dp_1","a":{"":[1,1.0,1e9]}}`))
	f.Add([]byte(`{"deep":` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `}`))
	f.Add([]byte(`{"deep":` + strings.Repeat(`{"a":`, 40) + `"\ud800"` + strings.Repeat(`}`, 40) + `}`))
	f.Add([]byte("{\"\xff\":\"\xff\"}"))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		view := viewOf(raw, 1000)
		if sizeOf(view) > 1000 {
			t.Errorf("the view has %d bytes, room for 1000", sizeOf(view))
		}
		checkStorable(t, &types.AttributeValueMemberM{Value: view}, 0)
	})
}

// checkStorable checks DynamoDB's own limits: 32 levels, no empty name, 38 digits.
func checkStorable(t *testing.T, value types.AttributeValue, depth int) {
	if depth > 32 {
		t.Fatalf("the view nests deeper than 32 levels")
	}
	switch v := value.(type) {
	case *types.AttributeValueMemberM:
		for name, inner := range v.Value {
			if name == "" {
				t.Errorf("an empty name")
			}
			checkStorable(t, inner, depth+1)
		}
	case *types.AttributeValueMemberL:
		for _, inner := range v.Value {
			checkStorable(t, inner, depth+1)
		}
	case *types.AttributeValueMemberN:
		if len(v.Value) > numberDigits || strings.Trim(v.Value, "-.0123456789") != "" {
			t.Errorf("a number %q", v.Value)
		}
	}
}

func BenchmarkView(b *testing.B) {
	for _, size := range []int{1_000, 300_000} {
		raw := []byte(`{"id":"dp_1","amount":1500,"evidence":{"a":"` + strings.Repeat("text ", size/5) + `"}}`)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if viewOf(raw, viewRoom) == nil {
					b.Fatal("no view")
				}
			}
		})
	}
}
