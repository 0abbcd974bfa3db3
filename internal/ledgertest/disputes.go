package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// largeBytes is the size of a dispute that every ledger must be able to keep.
const largeBytes = 300_000

var disputes = []Check{
	{"a dispute is kept byte for byte", keepsBytes},
	{"a dispute of 300 KB that compresses is kept", keepsLarge},
	{"a dispute of 300 KB that does not compress is kept", keepsIncompressible},
	{"a large dispute can be claimed and listed", claimsLarge},
}

// odd are disputes that a store might be tempted to tidy up.
var odd = map[string]string{
	"blanks":         " {\t\"id\" : \"dp_1\" ,\n \"amount\":  1500 } ",
	"numbers":        `{"id":"dp_1","a":1.0,"b":1e3,"c":-0,"d":12345678901234567890123456789012345678901234567890,"e":1e400,"f":0.1e-200,"g":1.50}`,
	"same key twice": `{"id":"dp_1","x":1,"x":{"y":2}}`,
	"empty keys":     `{"id":"dp_1","":1,"metadata":{"":"","a":""},"l":[],"m":{},"n":null}`,
	"escapes":        `{"id":"dp_\u0031","name":"\u00e9\ud83d\ude42\ud800 \/ \u0000","名":"\t"}`,
	"big id":         `{"id":1234567890123456789,"amount":9223372036854775807}`,
	"invalid UTF-8":  "{\"id\":\"dp_1\",\"note\":\"\xff\xfe\",\"\xff\":1}",
	"deep":           `{"id":"dp_1","deep":` + strings.Repeat(`{"a":[`, 60) + `1` + strings.Repeat(`]}`, 60) + `}`,
	"long key":       `{"id":"dp_1","` + strings.Repeat("k", 70_000) + `":1}`,
}

func keepsBytes(t testing.TB, s Store) {
	for name, raw := range odd {
		keepsRaw(t, s, name, raw)
	}
}

func keepsRaw(t testing.TB, s Store, name, raw string) closing.Case {
	t.Helper()
	c := sample(t, name)
	c.Dispute = parsed(t, raw)
	save(t, s, c)
	c.Version++
	got := load(t, s, c.ID)
	if string(got.Dispute.Raw()) != raw {
		t.Errorf("%s: the dispute's bytes differ: got %d bytes %.200q, want %d bytes", name, len(got.Dispute.Raw()), got.Dispute.Raw(), len(raw))
		return c
	}
	WantCase(t, got, c)
	return c
}

func keepsLarge(t testing.TB, s Store) {
	text := strings.Repeat("all work and no play ", largeBytes/21)
	for _, place := range []string{"evidence", "metadata", "is_new_tomorrow"} {
		keepsRaw(t, s, place, fmt.Sprintf(`{"id":"dp_1","amount":1500,%q:{"a":%q}}`, place, text))
	}
	keepsRaw(t, s, "many fields", `{"id":"dp_1","evidence":{`+fieldsOf(largeBytes/24)+`}}`)
	// A store that parses may need more room for an element than its two bytes of JSON.
	for _, element := range []string{"1", "-9", "[]", "{}", "null", `""`} {
		list := strings.Repeat(element+",", largeBytes/(len(element)+1)) + element
		keepsRaw(t, s, "many "+element, `{"id":"dp_1","is_new_tomorrow":[`+list+`]}`)
	}
}

// fieldsOf returns the inside of an object of so many small fields.
func fieldsOf(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, `,"field_%06d":%d`, i, i)
	}
	return b.String()[1:]
}

func keepsIncompressible(t testing.TB, s Store) {
	for _, place := range []string{"evidence", "metadata", "is_new_tomorrow"} {
		keepsRaw(t, s, place, fmt.Sprintf(`{"id":"dp_1","amount":1500,%q:{"a":"%s"}}`, place, noise(largeBytes)))
	}
}

// noise returns the inside of a JSON string that hardly compresses. It is not valid UTF-8.
func noise(count int) string {
	source := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 0, count)
	for len(b) < count {
		if c := byte(source.UintN(256)); c >= 0x20 && c != '"' && c != '\\' {
			b = append(b, c)
		}
	}
	return string(b)
}

func claimsLarge(t testing.TB, s Store) {
	large := keepsRaw(t, s, "dp_large", `{"id":"dp_1","evidence":{"a":"`+noise(largeBytes)+`"}}`)
	won := claim(t, s, claimed(large, "claim"), roomy(1))
	WantCase(t, load(t, s, won.ID), won)

	want := map[dispute.ID]closing.Case{won.ID: won}
	for i := range 3 {
		c := keepsRaw(t, s, fmt.Sprint("dp_", i), `{"id":"dp_1","evidence":{"a":"`+noise(largeBytes)+`"}}`)
		want[c.ID] = c
	}
	for _, c := range listAll(t, s, 100) {
		WantCase(t, c, want[c.ID])
		delete(want, c.ID)
	}
	if len(want) > 0 {
		t.Errorf("%d large cases are not listed", len(want))
	}
}
