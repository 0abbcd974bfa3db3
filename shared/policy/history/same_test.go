package history

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/policy/history/historytest"
)

// wantSame fails unless the decoder makes of a text what dispute.Parse and policy.FactsOf make of it.
func wantSame(t *testing.T, d *decoder, text []byte) {
	t.Helper()
	var got Record
	ok := d.decode(text, &got)
	if got.State != "" {
		return // A case; its dispute is compared by TestCases.
	}
	parsed, err := dispute.Parse(text)
	if ok != (err == nil) {
		t.Fatalf("decoded %t, Parse: %v\n%s", ok, err, text)
	}
	if !ok {
		return
	}
	want := policy.FactsOf(parsed, dispute.Maybe[bool]{}, time.Time{})
	want.Age, want.TimeLeft, want.DueKnown = dispute.Maybe[time.Duration]{}, dispute.Maybe[time.Duration]{}, false
	if string(got.ID) != string(parsed.ID) || got.CreatedMs != ms(parsed.Created) || got.DueMs != ms(parsed.DueBy) {
		t.Fatalf("id %q, created %d, due %d; Parse: %q, %s, %s\n%s", got.ID, got.CreatedMs, got.DueMs, parsed.ID, parsed.Created, parsed.DueBy, text)
	}
	if (got.Facts.Metadata == nil) != (want.Metadata == nil) || !maps.EqualFunc(got.Facts.Metadata, want.Metadata, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		t.Fatalf("metadata %s; Parse: %s\n%s", got.Facts.Metadata, want.Metadata, text)
	}
	got.Facts.Metadata, want.Metadata = nil, nil
	if !reflect.DeepEqual(got.Facts, want) {
		t.Fatalf("facts %+v\nParse %+v\n%s", got.Facts, want, text)
	}
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// oddities are texts whose meaning is easily missed.
var oddities = []string{
	``, ` `, `null`, `[]`, `"dp_1"`, `7`, `{`, `{}`, `{"id"`, `{"id":`, `{"id":"dp_1"`, `{"id":"dp_1",`, `{"id":"dp_1",}`, `{"id":"dp_1"} {}`, `{"id":"dp_1"},`,
	`{"id":"dp_1"}`, " \t\r\n{ \"id\" : \"dp_1\" } \n", `{"id":""}`, `{"id":null}`, `{"id":1234567890123456789}`, `{"id":-1.5e3}`, `{"id":[1]}`, `{"id":true}`,
	`{"id":"a","id":"b"}`, `{"id":"a","id":null}`, `{"i\u0064":"dp_1"}`, `{"id":"d\u0070_1"}`, `{"id":"\ud800"}`, "{\"id\":\"\xff\"}", `{"ID":"dp_1"}`,
	`{"id":"a","amount":1}`, `{"id":"a","amount":-1}`, `{"id":"a","amount":-0}`, `{"id":"a","amount":01}`, `{"id":"a","amount":+1}`, `{"id":"a","amount":1.0}`, `{"id":"a","amount":1e2}`,
	`{"id":"a","amount":"1"}`, `{"id":"a","amount":9223372036854775807}`, `{"id":"a","amount":9223372036854775808}`, `{"id":"a","amount":-9223372036854775808}`, `{"id":"a","amount":999999999999999999}`,
	`{"id":"a","amount":1,"amount":null}`, `{"id":"a","amount":1,"amount":"x"}`, `{"id":"a","amount":-}`, `{"id":"a","amount":1.}`, `{"id":"a","amount":1e}`, `{"id":"a","amount":1e+}`, `{"id":"a","amount":.5}`,
	`{"id":"a","currency":"USD"}`, `{"id":"a","currency":"\u0130"}`, `{"id":"a","currency":"İ"}`, `{"id":"a","currency":7}`, `{"id":"a","currency":""}`,
	`{"id":"a","created":1669643926}`, `{"id":"a","created":1669643926000}`, `{"id":"a","created":99999999999}`, `{"id":"a","created":100000000000}`, `{"id":"a","created":0}`, `{"id":"a","created":-5}`, `{"id":"a","created":9223372036854775807}`, `{"id":"a","created":1.5}`,
	`{"id":"a","evidence_details":{"due_by":1671321599,"has_evidence":false,"past_due":true,"submission_count":2}}`, `{"id":"a","evidence_details":{}}`, `{"id":"a","evidence_details":null}`, `{"id":"a","evidence_details":[]}`, `{"id":"a","evidence_details":{"due_by":null,"has_evidence":"yes","submission_count":1e2}}`,
	`{"id":"a","evidence_details":{"due_by":1},"evidence_details":{"has_evidence":true}}`, `{"id":"a","evidence_details":{"due_by":1},"evidence_details":null,"metadata":{"work_by_date":"1700000000000"}}`, `{"id":"a","evidence_details":{"due_b\u0079":1671321599}}`,
	`{"id":"a","evidence_details":{"has_evidence":true,"has_evidence":null}}`, `{"id":"a","evidence_details":{"due_by":1671321599},"metadata":{"work_by_date":"1700000000000"}}`,
	`{"id":"a","metadata":{"work_by_date":"1700000000000"}}`, `{"id":"a","metadata":{"work_by_date":1700000000000}}`, `{"id":"a","metadata":{"work_by_date":"+1700000000"}}`, `{"id":"a","metadata":{"work_by_date":"soon"}}`, `{"id":"a","metadata":{"work_by_date":"170000000000\u0030"}}`, `{"id":"a","metadata":{"work_by_date":"1_000"}}`,
	`{"id":"a","metadata":{}}`, `{"id":"a","metadata":null}`, `{"id":"a","metadata":[]}`, `{"id":"a","metadata":{"a":null,"b":1.50,"c":{"d": [1, 2]},"e":"\u00e9","":""}}`, `{"id":"a","metadata":{"a":1,"a":2}}`, `{"id":"a","metadata":{"a":1},"metadata":{"b":2}}`, `{"id":"a","metadata":{"a":1},"metadata":null}`,
	`{"id":"a","metadata":{"\u0061":1,"\ud83d\ude00":2}}`, "{\"id\":\"a\",\"metadata\":{\"\xff\":1,\"\xfe\":2}}", `{"id":"a","metadata":{"a" : 1 , "b":[ ] }}`,
	`{"id":"a","reason_code":"10.4","reason_type":"Fraud_Card"}`, `{"id":"a","reason_code":"-.-"}`, `{"id":"a","reason_code":10.4}`, `{"id":"a","reason_code":"10\u002e4"}`, `{"id":"a","reason_code":"ſ"}`,
	`{"id":"a","status":"lost"}`, `{"id":"a","status":"LOST"}`, `{"id":"a","status":["lost"]}`, `{"id":"a","status":"lost","status":null}`, `{"id":"a","livemode":true}`, `{"id":"a","livemode":"true"}`, `{"id":"a","livemode":1}`,
	`{"id":"a","x":tru}`, `{"id":"a","x":nul`, `{"id":"a","x":"\x"}`, `{"id":"a","x":"\u12g4"}`, `{"id":"a","x":"\u12`, "{\"id\":\"a\",\"x\":\"\n\"}", "{\"id\":\"a\",\"x\":\"\x7f\"}", `{"id":"a","x":"a}`, `{"id":"a" "x":1}`, `{"id":"a","x":[1,]}`, `{"id":"a","x":[1 2]}`, `{"id":"a","x":[,1]}`, `{"id":"a","x":{"y":}}`, `{"id":"a",x:1}`, `{'id':'a'}`, `{"id":"a","x":[}`, `{"id":"a","x":{]}`, `{"id":"a","x":Infinity}`, `{"id":"a","x":0x1}`, `{"id":"a","x":1 }x`, "\xef\xbb\xbf{\"id\":\"a\"}", "{\"id\":\"a\",\"x\":\v1}", "{\"id\":\"a\"\u00a0}",
	`{"id":"a","dispute":{"id":"b"}}`, `{"id":"a","state":"open"}`, `{"id":"a","state":"open","dispute":7}`,
}

func TestDecodesAsParse(t *testing.T) {
	d := newDecoder()
	for _, text := range oddities {
		wantSame(t, d, []byte(text))
	}
	deep := func(n int) []byte {
		return []byte(`{"id":"a","x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`)
	}
	wantSame(t, d, deep(maxDepth-1))
	wantSame(t, d, deep(maxDepth))
	g := historytest.New(1)
	for range 20000 {
		wantSame(t, d, g.Append(nil))
	}
}

// Made-up disputes with bytes changed, lost, doubled or moved.
func TestDecodesDamagedAsParse(t *testing.T) {
	d, g, rng := newDecoder(), historytest.New(2), rand.New(rand.NewPCG(3, 4))
	alphabet := []byte(`{}[]",:\/0123456789eE+-.truefalsn uU` + "\x00\x1f\x7f\x80\xff\n")
	for range 30000 {
		text := g.Append(nil)
		for range 1 + rng.IntN(3) {
			i, j := rng.IntN(len(text)), rng.IntN(len(text))
			switch rng.IntN(5) {
			case 0:
				text[i] = alphabet[rng.IntN(len(alphabet))]
			case 1:
				text = append(text[:i], text[i+1:]...)
			case 2:
				text[i], text[j] = text[j], text[i]
			case 3:
				text = append(text, text[min(i, j):max(i, j)]...)
			case 4:
				text = text[:1+i]
			}
			if len(text) == 0 {
				text = []byte("{")
			}
		}
		wantSame(t, d, text)
	}
}

func TestCases(t *testing.T) {
	d := newDecoder()
	for _, c := range []struct {
		text, id, state string
		ok              bool
	}{
		{`{"id":"dp_1","state":"closed","dispute":{"id":"dp_1","status":"lost"},"version":3}`, "dp_1", "closed", true},
		{`{"dispute":{"id":"dp_2","state":"inner","dispute":{"id":"x"}},"state":"open"}`, "dp_2", "open", true},
		{`{"id":"dp_3","state":"open","dispute":{"status":"lost"}}`, "", "open", false},
		{`{"id":"dp_4","state":"open","dispute":null}`, "dp_4", "", true},
		{`{"id":"dp_5","state":"","dispute":{"id":"x"}}`, "dp_5", "", true},
		{`{"id":"dp_6","state":"open","dispute":{"id":"dp_6"},}`, "dp_6", "open", false},
	} {
		var r Record
		if ok := d.decode([]byte(c.text), &r); ok != c.ok || string(r.ID) != c.id || r.State != c.state {
			t.Errorf("%s: %t, id %q, state %q", c.text, ok, r.ID, r.State)
		}
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	d, text := newDecoder(), historytest.New(5).Append(nil)
	var r Record
	if n := testing.AllocsPerRun(100, func() { d.decode(text, &r) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range oddities {
		f.Add([]byte(text))
	}
	f.Add(historytest.New(6).Append(nil))
	d := newDecoder()
	f.Fuzz(func(t *testing.T, text []byte) { wantSame(t, d, text) })
}

func BenchmarkDecode(b *testing.B) {
	d, g := newDecoder(), historytest.New(7)
	texts, size := make([][]byte, 1000), 0
	for i := range texts {
		texts[i] = g.Append(nil)
		size += len(texts[i])
	}
	b.SetBytes(int64(size / len(texts)))
	b.ReportAllocs()
	var r Record
	for i := 0; b.Loop(); i++ {
		d.decode(texts[i%len(texts)], &r)
	}
}
