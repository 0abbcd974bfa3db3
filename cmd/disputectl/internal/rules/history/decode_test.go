package history_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/internal/historytest"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func TestDecode(t *testing.T) {
	event := func(kind, object string) string {
		return `{"id":"evt_1","object":"event","type":"` + kind + `","created":1780000000,"data":{"object":` + object + `}}`
	}
	for _, c := range []struct {
		text, id, state string
		err             error
	}{
		{`{"id":"dp_1","status":"lost"}`, "dp_1", "", nil},
		{`{"id":"dp_1","object":"dispute","metadata":{"state":"open"}}`, "dp_1", "", nil},
		{`{}`, "", "", dispute.ErrNoID},

		{`{"id":"dp_1","state":"closed","dispute":{"id":"dp_1","status":"lost"},"version":3}`, "dp_1", "closed", nil},
		{`{"dispute" : {"id":"dp_2","state":"inner","dispute":{"id":"x"}},"state" : "open"}`, "dp_2", "open", nil},
		{`{"id":"dp_4","state":"open","dispute":null}`, "dp_4", "", nil},
		{`{"id":"dp_5","state":"","dispute":{"id":"x"}}`, "dp_5", "", nil},
		{`{"id":"dp_5","state":7,"dispute":{"id":"x"}}`, "dp_5", "", nil},
		{`{"id":"dp_5","State":"open","Dispute":{"id":"x"},"x":"state"}`, "dp_5", "", nil},
		{`{"id":"dp_3","state":"open","dispute":{"status":"lost"}}`, "", "open", dispute.ErrNoID},
		{`{"id":"dp_3","state":"open","dispute":{"id":"ch_1","object":"charge"}}`, "", "open", dispute.ErrNotDispute},

		{event("charge.dispute.created", `{"id":"dp_1","object":"dispute"}`), "dp_1", "", nil},
		{event("charge.dispute.invented", `{"id":"dp_1"}`), "dp_1", "", nil},
		{`{"id":"evt_1","type":"charge.dispute.closed","data":{"object":{"id":"dp_1"}}}`, "dp_1", "", nil},
		{event("charge.dispute.created", `{"id":"ch_1","object":"charge"}`), "", "", dispute.ErrNotDispute},
		{event("charge.dispute.created", `{}`), "", "", dispute.ErrNoID},
		{event("charge.refunded", `{"id":"dp_1","object":"dispute"}`), "", "", dispute.ErrNotEvent},
		{`{"id":"evt_1","object":"event"}`, "", "", dispute.ErrNotDispute},

		{`{"id":"ch_1","object":"charge","amount":1000}`, "", "", dispute.ErrNotDispute},
		{`{"id":"cus_1","object":"customer"}`, "", "", dispute.ErrNotDispute},
	} {
		d, state, err := history.Decode([]byte(c.text))
		if !errors.Is(err, c.err) || string(d.ID) != c.id || state != c.state {
			t.Errorf("%s: id %q, state %q, %v; want %q, %q, %v", c.text, d.ID, state, err, c.id, c.state, c.err)
		}
	}
}

// The files that people have: what can be read is, and the rest is named.
func TestFieldFiles(t *testing.T) {
	for name, want := range map[string]struct {
		ids    []string
		faults []string
	}{
		"events.jsonl":  {[]string{"dp_1", "dp_1"}, nil},
		"charges.jsonl": {nil, []string{`decode dispute: not a dispute: its object is "charge"`}},
		"mixed.jsonl": {[]string{"dp_1", "dp_2", "dp_3"}, []string{
			`decode dispute: not a dispute: its object is "customer"`,
			`event "evt_2" of type "payment_intent.succeeded": not a WooshPay event about a dispute`,
			`decode dispute: not JSON at byte 17: unexpected end of JSON input`,
		}},
	} {
		f, err := os.Open("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		ids, s, err := read(t, f)
		if err != nil || strings.Join(ids, " ") != strings.Join(want.ids, " ") || s.Bad != int64(len(want.faults)) {
			t.Errorf("%s: %v, %+v, %v", name, ids, s, err)
			continue
		}
		for i, reason := range want.faults {
			if s.Faults[i].Reason != reason {
				t.Errorf("%s: %s, want %s", name, s.Faults[i].Reason, reason)
			}
		}
	}
}

// A record has the facts of its dispute, without those that need an instant.
func TestRecords(t *testing.T) {
	var got []history.Record
	g := historytest.New(3)
	for range 500 {
		text := g.Append(nil)
		got = got[:0]
		if _, err := history.Read(t.Context(), strings.NewReader(string(text)), history.Options{}, visit(func(r *history.Record) { got = append(got, *r) })); err != nil || len(got) != 1 {
			t.Fatalf("%v, %d records", err, len(got))
		}
		d, err := dispute.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		r, facts := got[0], policy.FactsOf(d, dispute.Maybe[bool]{}, time.Time{})
		if r.ID != d.ID || r.CreatedMs != ms(d.Created) || r.DueMs != ms(d.DueBy) || r.State != "" {
			t.Errorf("%+v of %s", r, text)
		}
		if r.Facts.Age.IsKnown() || r.Facts.TimeLeft.IsKnown() || r.Facts.DueKnown || r.Facts.Refunded.IsKnown() {
			t.Errorf("%+v: what needs an instant or the charge is known", r.Facts)
		}
		if r.Facts.Amount != facts.Amount || r.Facts.Currency != facts.Currency || r.Facts.ReasonCode != facts.ReasonCode || len(r.Facts.Metadata) != len(facts.Metadata) {
			t.Errorf("%+v of %s", r.Facts, text)
		}
	}
}

// A refund that a record shows counts; that it shows none does not. A record says whether there is a charge to read.
func TestChargesOfRecords(t *testing.T) {
	type want struct {
		refunded dispute.Maybe[bool]
		named    bool
	}
	for charge, want := range map[string]want{
		`{"id":"ch_1","refunded":true}`: {dispute.Known(true), true}, `{"id":"ch_1","refunded":false}`: {named: true},
		`{"refunded":true}`: {refunded: dispute.Known(true)}, `"ch_1"`: {named: true}, `7`: {named: true}, `""`: {}, `{}`: {}, `null`: {},
	} {
		text := `{"id":"dp_1","charge":` + charge + `}`
		_, err := history.Read(t.Context(), strings.NewReader(text), history.Options{}, visit(func(r *history.Record) {
			if r.Facts.Refunded != want.refunded || r.NamesCharge != want.named {
				t.Errorf("%s: refunded %v, named %t, want %+v", text, r.Facts.Refunded, r.NamesCharge, want)
			}
		}))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

type visit func(*history.Record)

func (v visit) Visit(r *history.Record) { v(r) }
