package dispute_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"disputecloser/internal/historytest"
	"disputecloser/shared/dispute"
)

// reference reads a dispute's field by encoding/json, as a second opinion of what it means.
type reference map[string]json.RawMessage

func readReference(text []byte) (reference, bool) {
	var r reference
	return r, json.Unmarshal(text, &r) == nil && r != nil
}

func (r reference) object(name string) reference {
	o, _ := readReference(r[name])
	return o
}

func (r reference) text(name string) string {
	var s *string
	if json.Unmarshal(r[name], &s) != nil || s == nil {
		return ""
	}
	return *s
}

func (r reference) id(name string) string {
	for from := r[name]; ; from, name = r.object(name)["id"], "" {
		var v any
		dec := json.NewDecoder(bytes.NewReader(from))
		dec.UseNumber()
		if len(from) == 0 || dec.Decode(&v) != nil {
			return ""
		}
		switch v := v.(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		case map[string]any:
			if name == "" {
				return ""
			}
		default:
			return ""
		}
	}
}

func (r reference) boolean(name string) dispute.Maybe[bool] {
	var b *bool
	if json.Unmarshal(r[name], &b) != nil || b == nil {
		return dispute.Maybe[bool]{}
	}
	return dispute.Known(*b)
}

func (r reference) integer(name string) dispute.Maybe[int64] {
	var n *int64
	if json.Unmarshal(r[name], &n) != nil || n == nil {
		return dispute.Maybe[int64]{}
	}
	return dispute.Known(*n)
}

// wantReference fails unless Parse makes of a text what the reference makes of it. It returns whether it is a dispute.
func wantReference(t *testing.T, text []byte) bool {
	t.Helper()
	d, err := dispute.Parse(text)
	r, valid := readReference(text)
	named := r.text("object")
	if errors.Is(err, dispute.ErrNotDispute) && named == "" {
		return false // It looks like something else, which TestKindsOfObjects checks.
	}
	if want := valid && r.id("id") != "" && (named == "" || strings.EqualFold(named, "dispute")); want != (err == nil) {
		t.Fatalf("read %t, Parse: %v\n%s", want, err, text)
	}
	if err != nil {
		return false
	}
	details := r.object("evidence_details")
	same := string(d.ID) == r.id("id") && d.Amount == r.integer("amount") && d.Currency == strings.ToLower(r.text("currency")) &&
		d.Charge == r.id("charge") && d.PaymentIntent == r.id("payment_intent") && string(d.Status) == r.text("status") &&
		d.ReasonType == r.text("reason_type") && d.ReasonCode == r.text("reason_code") && d.ReasonDescription == r.text("reason_description") &&
		d.Livemode == r.boolean("livemode") && d.HasEvidence == details.boolean("has_evidence") && d.PastDue == details.boolean("past_due") &&
		d.SubmissionCount == details.integer("submission_count") && string(d.Raw()) == string(text)
	if !same {
		t.Fatalf("Parse: %+v\n%s", d, text)
	}
	metadata := r.object("metadata")
	if (d.Metadata == nil) != (metadata == nil) || !maps.EqualFunc(d.Metadata, metadata, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		t.Fatalf("metadata %s, want %s\n%s", d.Metadata, metadata, text)
	}
	return true
}

// oddities are texts whose meaning is easily missed.
var oddities = []string{
	``, ` `, `null`, `[]`, `"dp_1"`, `7`, `{`, `{}`, `{"id"`, `{"id":`, `{"id":"dp_1"`, `{"id":"dp_1",`, `{"id":"dp_1",}`, `{"id":"dp_1"} {}`, `{"id":"dp_1"},`,
	`{"id":"dp_1"}`, " \t\r\n{ \"id\" : \"dp_1\" } \n", `{"id":""}`, `{"id":null}`, `{"id":1234567890123456789}`, `{"id":-1.5e3}`, `{"id":[1]}`, `{"id":true}`,
	`{"id":"a","id":"b"}`, `{"id":"a","id":null}`, `{"i\u0064":"dp_1"}`, `{"id":"d\u0070_1"}`, `{"id":"\ud800"}`, "{\"id\":\"\xff\"}", "{\"id\":\"\ufffd\"}", `{"ID":"dp_1"}`,
	`{"id":"a","amount":1}`, `{"id":"a","amount":-1}`, `{"id":"a","amount":-0}`, `{"id":"a","amount":01}`, `{"id":"a","amount":+1}`, `{"id":"a","amount":1.0}`, `{"id":"a","amount":1e2}`,
	`{"id":"a","amount":"1"}`, `{"id":"a","amount":9223372036854775807}`, `{"id":"a","amount":9223372036854775808}`, `{"id":"a","amount":-9223372036854775808}`, `{"id":"a","amount":9007199254740993}`,
	`{"id":"a","amount":1,"amount":null}`, `{"id":"a","amount":1,"amount":"x"}`, `{"id":"a","amount":-}`, `{"id":"a","amount":1.}`, `{"id":"a","amount":1e}`, `{"id":"a","amount":1e+}`, `{"id":"a","amount":.5}`,
	`{"id":"a","currency":"USD"}`, `{"id":"a","currency":"\u0130"}`, `{"id":"a","currency":"İ"}`, `{"id":"a","currency":7}`, `{"id":"a","currency":""}`,
	`{"id":"a","evidence_details":{"has_evidence":false,"past_due":true,"submission_count":2}}`, `{"id":"a","evidence_details":{}}`, `{"id":"a","evidence_details":null}`, `{"id":"a","evidence_details":[]}`, `{"id":"a","evidence_details":{"has_evidence":"yes","submission_count":1e2}}`,
	`{"id":"a","evidence_details":{"submission_count":1},"evidence_details":{"has_evidence":true}}`, `{"id":"a","evidence_details":{"has_evidence":true},"evidence_details":null}`, `{"id":"a","evidence_details":{"has_evidence":true,"has_evidence":null}}`,
	`{"id":"a","charge":{"id":"b","id":7}}`, `{"id":"a","charge":"b","charge":{"id":"c"}}`, `{"id":"a","charge":{"id":"b"},"charge":null}`, `{"id":"a","charge":{"id":["b"]}}`,
	`{"id":"a","metadata":{}}`, `{"id":"a","metadata":null}`, `{"id":"a","metadata":[]}`, `{"id":"a","metadata":{"a":null,"b":1.50,"c":{"d": [1, 2]},"e":"\u00e9","":""}}`, `{"id":"a","metadata":{"a":1,"a":2}}`, `{"id":"a","metadata":{"a":1},"metadata":{"b":2}}`, `{"id":"a","metadata":{"a":1},"metadata":null}`,
	`{"id":"a","metadata":{"\u0061":1,"\ud83d\ude00":2}}`, "{\"id\":\"a\",\"metadata\":{\"\xff\":1,\"\xfe\":2}}", `{"id":"a","metadata":{"a" : 1 , "b":[ ] }}`,
	`{"id":"a","reason_code":"10.4","reason_type":"Fraud_Card"}`, `{"id":"a","reason_code":10.4}`, `{"id":"a","reason_code":"10\u002e4"}`, `{"id":"a","reason_description":"\"\\\/\b\f\n\r\t"}`,
	`{"id":"a","status":"lost"}`, `{"id":"a","status":"LOST"}`, `{"id":"a","status":["lost"]}`, `{"id":"a","status":"lost","status":null}`, `{"id":"a","livemode":true}`, `{"id":"a","livemode":"true"}`, `{"id":"a","livemode":1}`,
	`{"id":"a","object":"charge"}`, `{"id":"a","object":"dispute","object":7}`, `{"id":"a","ob\u006aect":"list"}`,
	`{"id":"a","x":tru}`, `{"id":"a","x":nul`, `{"id":"a","x":"\x"}`, `{"id":"a","x":"\u12g4"}`, `{"id":"a","x":"\u12`, "{\"id\":\"a\",\"x\":\"\n\"}", "{\"id\":\"a\",\"x\":\"\x7f\"}", `{"id":"a","x":"a}`, `{"id":"a" "x":1}`, `{"id":"a","x":[1,]}`, `{"id":"a","x":[1 2]}`, `{"id":"a","x":[,1]}`, `{"id":"a","x":{"y":}}`, `{"id":"a",x:1}`, `{'id':'a'}`, `{"id":"a","x":[}`, `{"id":"a","x":{]}`, `{"id":"a","x":Infinity}`, `{"id":"a","x":0x1}`, `{"id":"a","x":1 }x`, "\xef\xbb\xbf{\"id\":\"a\"}", "{\"id\":\"a\",\"x\":\v1}", "{\"id\":\"a\"\u00a0}", `{"id":"a",1:2}`, `{"id":"a",null:2}`, `{"id":"a"]`, `{"id":"a"}}`,
}

func TestParseReadsAsEncodingJSON(t *testing.T) {
	for _, text := range oddities {
		wantReference(t, []byte(text))
	}
	g := historytest.New(1)
	for range 5000 {
		if text := g.Append(nil); !wantReference(t, text) {
			t.Fatalf("no dispute: %s", text)
		}
	}
}

// What is too deep is refused like any other nonsense, at the depth at which encoding/json refuses it.
func TestDeepNesting(t *testing.T) {
	for _, n := range []int{9_998, 9_999, 10_000, 1_000_000} {
		read := wantReference(t, []byte(`{"id":"a","x":`+strings.Repeat("[", n)+strings.Repeat("]", n)+`}`))
		if want := n < 10_000; read != want {
			t.Errorf("%d deep: read %t", n, read)
		}
		wantReference(t, []byte(`{"id":"a","x":`+strings.Repeat(`{"x":`, n)+`1`+strings.Repeat("}", n)+`}`))
	}
}

// Made-up disputes with bytes changed, lost, doubled or moved.
func TestDamagedTexts(t *testing.T) {
	g, rng := historytest.New(2), rand.New(rand.NewPCG(3, 4))
	alphabet := []byte(`{}[]",:\/0123456789eE+-.truefalsn uU` + "\x00\x1f\x7f\x80\xff\n")
	read := 0
	for range 10000 {
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
		}
		if wantReference(t, text) {
			read++
		}
	}
	if read < 1000 {
		t.Errorf("only %d of the damaged texts could be read", read)
	}
}

// What a syntax error says is short and shows nothing of the text but where it breaks off.
func TestSyntaxErrorsQuoteNoText(t *testing.T) {
	long := strings.Repeat("secret", 10_000)
	for text, want := range map[string]string{
		``:                                      "decode dispute: not JSON at byte 0: unexpected end of JSON input",
		`{`:                                     "decode dispute: not JSON at byte 1: unexpected end of JSON input",
		`{"` + long + `":{"` + long + `":tru}}`: "decode dispute: not JSON at byte 120012: invalid character '}' in literal true (expecting 'e')",
		`{"id":"a"}{"id":"b"}`:                  "decode dispute: not JSON at byte 11: invalid character '{' after top-level value",
		`["` + long + `"]`:                      "decode dispute: not a JSON object",
		"\x1b[2J":                               `decode dispute: not JSON at byte 1: invalid character '\x1b' looking for beginning of value`,
	} {
		if _, err := dispute.Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%.30s: %v, want %s", text, err, want)
		}
	}
}

// A dispute and an event keep nothing of the bytes they were read from, which the caller may use again.
func TestParseCopies(t *testing.T) {
	text := []byte(`{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":"dp_1","status":"lost","charge":"ch_1","metadata":{"k":"v"}}}}`)
	e, err := dispute.ParseEvent(text)
	if err != nil {
		t.Fatal(err)
	}
	clear(text)
	d, err := e.Dispute()
	if err != nil || e.ID != "evt_1" || e.Type != "charge.dispute.created" || d.ID != "dp_1" {
		t.Fatalf("event %+v, dispute %+v, %v", e, d, err)
	}
	text = d.Raw()
	if d, err = dispute.Parse(text); err != nil {
		t.Fatal(err)
	}
	clear(text)
	if d.ID != "dp_1" || d.Status != "lost" || d.Charge != "ch_1" || string(d.Metadata["k"]) != `"v"` || d.Raw()[0] != '{' {
		t.Errorf("dispute %+v", d)
	}
}
