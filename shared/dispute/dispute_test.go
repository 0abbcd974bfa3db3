package dispute_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"disputecloser/shared/dispute"
)

// The sample of WooshPay's OpenAPI document, byte for byte as its JSON.
func TestSampleDecodes(t *testing.T) {
	raw, err := os.ReadFile("testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := dispute.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	amount, _ := d.Amount.Get()
	if d.ID != "dp_xxxxxxxxxxxxxxxxxx" || amount != 1000 || d.Currency != "eur" || d.Status != dispute.Lost {
		t.Fatalf("decoded %s, %d %s, %s", d.ID, amount, d.Currency, d.Status)
	}
	if !d.Created.Equal(time.Unix(1669643926, 0)) || !d.DueBy.Equal(time.Unix(1671321599, 0)) {
		t.Fatalf("created %s, due by %s", d.Created, d.DueBy)
	}
	if !dispute.Is(d.HasEvidence, false) || !dispute.Is(d.PastDue, false) || !dispute.Is(d.SubmissionCount, 0) || !dispute.Is(d.Livemode, false) {
		t.Fatal("evidence details or livemode were not read")
	}
	if string(d.Raw()) != string(raw) {
		t.Fatal("the object is not kept byte for byte")
	}
}

func TestUnknownIsNoError(t *testing.T) {
	for name, raw := range map[string]string{
		"absent":     `{"id":"dp_1"}`,
		"null":       `{"id":"dp_1","amount":null,"currency":null,"created":null,"charge":null,"status":null,"livemode":null,"metadata":null,"evidence":null,"evidence_details":null,"reason_code":null}`,
		"mistyped":   `{"id":"dp_1","amount":"1000","currency":7,"created":"yesterday","charge":{},"status":[],"livemode":"no","metadata":[],"evidence_details":3,"reason_code":10.4}`,
		"fractional": `{"id":"dp_1","amount":1000.5,"created":1.5,"evidence_details":{"due_by":-1,"submission_count":1e2}}`,
		"other case": `{"id":"dp_1","AMOUNT":1000,"Livemode":true,"Status":"lost"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := dispute.Parse([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			known := d.Amount.IsKnown() || d.Livemode.IsKnown() || d.HasEvidence.IsKnown() || d.SubmissionCount.IsKnown()
			if known || d.Currency != "" || d.Status != "" || d.Charge != "" || d.ReasonCode != "" || d.Metadata != nil {
				t.Fatalf("something is known: %+v", d)
			}
			if !d.Created.IsZero() || !d.DueBy.IsZero() {
				t.Fatalf("created %s, due by %s", d.Created, d.DueBy)
			}
		})
	}
}

func TestCurrenciesAreLowerCase(t *testing.T) {
	for _, code := range []string{"eur", "EUR", "Eur"} {
		d, err := dispute.Parse([]byte(`{"id":"dp_1","currency":"` + code + `"}`))
		if err != nil || d.Currency != "eur" {
			t.Errorf("%s: %q, %v", code, d.Currency, err)
		}
	}
}

func TestIDs(t *testing.T) {
	for _, tc := range []struct {
		raw  string
		want dispute.ID
		err  error
	}{
		{`{"id":"dp_1"}`, "dp_1", nil},
		{`{"id":"1234567890123456789"}`, "1234567890123456789", nil},
		{`{"id":1234567890123456789}`, "1234567890123456789", nil},
		{`{"id":{"id":"dp_1","object":"dispute"}}`, "dp_1", nil},
		{`{"id":{"id":1234567890123456789}}`, "1234567890123456789", nil},
		{`{"id":{"id":{"id":"dp_1"}}}`, "", dispute.ErrNoID},
		{`{"id":{}}`, "", dispute.ErrNoID},
		{`{"id":["dp_1"]}`, "", dispute.ErrNoID},
		{`{"id":true}`, "", dispute.ErrNoID},
		{`{"id":""}`, "", dispute.ErrNoID},
		{`{"id":null}`, "", dispute.ErrNoID},
		{`{}`, "", dispute.ErrNoID},
	} {
		d, err := dispute.Parse([]byte(tc.raw))
		if d.ID != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%s: id %q, %v; want %q, %v", tc.raw, d.ID, err, tc.want, tc.err)
		}
	}
	for _, raw := range []string{``, `null`, `[]`, `"dp_1"`, `{"id":"dp_1"`, `{"id":"dp_1"} {}`} {
		if _, err := dispute.Parse([]byte(raw)); err == nil {
			t.Errorf("%q was read as a dispute", raw)
		}
	}
}

// Every id may come as the object that it names.
func TestExpandedIDs(t *testing.T) {
	for raw, want := range map[string]string{
		`"x_1"`: "x_1", `12345678901234567890`: "12345678901234567890", `{"id":"x_1","amount":1}`: "x_1", `{"id":7}`: "7",
		`{"id":null}`: "", `{}`: "", `null`: "", `[]`: "", `""`: "", `true`: "", `{"ID":"x_1"}`: "", `{"id":"x_1","id":"x_2"}`: "x_2",
	} {
		d, err := dispute.Parse([]byte(`{"id":"dp_1","charge":` + raw + `,"payment_intent":` + raw + `}`))
		if err != nil || d.Charge != want || d.PaymentIntent != want {
			t.Errorf("%s: charge %q, payment intent %q, %v; want %q", raw, d.Charge, d.PaymentIntent, err, want)
		}
		c, err := dispute.ParseCharge([]byte(`{"id":` + raw + `}`))
		if c.ID != want || (err == nil) != (want != "") {
			t.Errorf("%s: charge's id %q, %v; want %q", raw, c.ID, err, want)
		}
		e, err := dispute.ParseEvent([]byte(`{"id":` + raw + `,"type":"charge.refunded"}`))
		if e.ID != want || (err == nil) != (want != "") {
			t.Errorf("%s: event's id %q, %v; want %q", raw, e.ID, err, want)
		}
	}
}

// instants are numbers on the wire and what they mean; the zero time is unknown.
var instants = map[string]time.Time{
	"1669643926":          time.Unix(1669643926, 0),
	"1669643926000":       time.Unix(1669643926, 0),
	"1669643926001":       time.UnixMilli(1669643926001),
	"946684799":           {},
	"946684800":           time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
	"946684799999":        {},
	"946684800000":        time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
	"4102444799":          time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC),
	"4102444800":          {},
	"4102444799999":       time.UnixMilli(4102444799999),
	"4102444800000":       {},
	"99999999999":         {}, // the largest number of seconds
	"100000000000":        {}, // the smallest of milliseconds, 1973
	"253402300799":        {}, // the end of the year 9999, "never"
	"253402300799000":     {},
	"1669643926000000":    {}, // microseconds
	"1669643926000000000": {}, // nanoseconds
	"9223372036854775807": {},
	"9223372036854775808": {},
	"0":                   {},
	"1":                   {},
	"-1669643926":         {},
	"-1669643926000":      {},
	"-18446742404065625":  {}, // a thousand times this overflows to 2022
	"1669643926.5":        {},
	"1.669643926e9":       {},
	`"1669643926"`:        {},
	`"2022-11-28"`:        {},
	"null":                {},
	"{}":                  {},
}

// Where an instant comes from makes no difference.
func TestInstants(t *testing.T) {
	for raw, want := range instants {
		d, err := dispute.Parse([]byte(`{"id":"a","created":` + raw + `}`))
		if err != nil || !d.Created.Equal(want) {
			t.Errorf("created %s: %s, %v; want %s", raw, d.Created, err, want)
		}
		d, err = dispute.Parse([]byte(`{"id":"a","evidence_details":{"due_by":` + raw + `}}`))
		if err != nil || !d.DueBy.Equal(want) {
			t.Errorf("due_by %s: %s, %v; want %s", raw, d.DueBy, err, want)
		}
		e, err := dispute.ParseEvent([]byte(`{"id":"evt_1","type":"x","created":` + raw + `}`))
		if err != nil || !e.Created.Equal(want) {
			t.Errorf("event created %s: %s, %v; want %s", raw, e.Created, err, want)
		}
		if raw[0] == '"' || raw == "null" || raw == "{}" {
			continue
		}
		d, err = dispute.Parse([]byte(`{"id":"a","metadata":{"work_by_date":"` + raw + `"}}`))
		if err != nil || !d.DueBy.Equal(want) {
			t.Errorf("work_by_date %s: %s, %v; want %s", raw, d.DueBy, err, want)
		}
	}
}

// A deadline that had passed before the dispute was created is a mistake; believed, it would close at once.
func TestDueByBeforeCreatedIsUnknown(t *testing.T) {
	due := time.Unix(1671321599, 0)
	for _, tc := range []struct {
		created, deadline string
		want              time.Time
	}{
		{`1671321598`, `"evidence_details":{"due_by":1671321599}`, due},
		{`1671321599000`, `"evidence_details":{"due_by":1671321599}`, due},
		{`1671321600`, `"evidence_details":{"due_by":1671321599}`, time.Time{}},
		{`1671321599001`, `"evidence_details":{"due_by":1671321599000}`, time.Time{}},
		{`1671321599`, `"metadata":{"work_by_date":"1671321599000"}`, due},
		{`1671321600`, `"metadata":{"work_by_date":"1671321599000"}`, time.Time{}},
		{`null`, `"evidence_details":{"due_by":1671321599}`, due},
		{`253402300799`, `"evidence_details":{"due_by":1671321599}`, due},
	} {
		raw := `{"id":"a","created":` + tc.created + `,` + tc.deadline + `}`
		if d, err := dispute.Parse([]byte(raw)); err != nil || !d.DueBy.Equal(tc.want) {
			t.Errorf("%s: due by %s, %v; want %s", raw, d.DueBy, err, tc.want)
		}
	}
}

func TestDeadline(t *testing.T) {
	for _, tc := range []struct {
		name, raw string
		want      time.Time
	}{
		{"of the evidence", `{"id":"a","evidence_details":{"due_by":1671321599},"metadata":{"work_by_date":"1700000000000"}}`, time.Unix(1671321599, 0)},
		{"null by the bank's word", `{"id":"a","evidence_details":{"due_by":null},"metadata":{"work_by_date":"1700000000000"}}`, time.Time{}},
		{"of the network, without evidence details", `{"id":"a","metadata":{"work_by_date":"1700000000000"}}`, time.UnixMilli(1700000000000)},
		{"unreadable", `{"id":"a","metadata":{"work_by_date":"soon"}}`, time.Time{}},
	} {
		d, err := dispute.Parse([]byte(tc.raw))
		if err != nil || !d.DueBy.Equal(tc.want) {
			t.Errorf("%s: due by %s, %v; want %s", tc.name, d.DueBy, err, tc.want)
		}
	}
}

func TestUnknownFieldsSurviveJSON(t *testing.T) {
	raw := `{"z":1.50,"id":"dp_1","new_field":{"b":[1e3, null],"a":"é"},"amount":12345678901234567}`
	var d dispute.Dispute
	if err := json.Unmarshal([]byte(`{"d":`+raw+`}`), &struct{ D *dispute.Dispute }{&d}); err != nil {
		t.Fatal(err)
	}
	if string(d.Raw()) != raw {
		t.Fatalf("kept %s", d.Raw())
	}
}

// refunds are charges, and what they say of a refund.
var refunds = map[string]dispute.Maybe[bool]{
	`{"id":"ch_1"}`:                                      {},
	`{"id":"ch_1","refunded":null}`:                      {},
	`{"id":"ch_1","refunded":false}`:                     dispute.Known(false),
	`{"id":"ch_1","refunded":true}`:                      dispute.Known(true),
	`{"id":"ch_1","refunded":true,"amount_refunded":0}`:  dispute.Known(true),
	`{"id":"ch_1","refunded":false,"amount_refunded":1}`: dispute.Known(true),
	`{"id":"ch_1","amount_refunded":0}`:                  dispute.Known(false),

	// A part may have been refunded, and it cannot be read how much.
	`{"id":"ch_1","refunded":false,"amount_refunded":"500"}`:               {},
	`{"id":"ch_1","refunded":false,"amount_refunded":500.5}`:               {},
	`{"id":"ch_1","refunded":false,"amount_refunded":9223372036854775808}`: {},
	`{"id":"ch_1","refunded":false,"amount_refunded":-500}`:                {},
	`{"id":"ch_1","refunded":true,"amount_refunded":"500"}`:                dispute.Known(true),
	`{"id":"ch_1","refunded":"true","amount_refunded":0}`:                  {},
	`{"id":"ch_1","refunded":false,"amount_refunded":null}`:                dispute.Known(false),
}

func TestCharges(t *testing.T) {
	for raw, want := range refunds {
		c, err := dispute.ParseCharge([]byte(raw))
		if err != nil || c.Refunded != want {
			t.Errorf("%s: %v, %v; want %v", raw, c.Refunded, err, want)
		}
	}
}

// A charge inside a dispute is read as one that was asked for is; an id says nothing of a refund.
func TestExpandedCharges(t *testing.T) {
	for raw, want := range refunds {
		d, err := dispute.Parse([]byte(`{"id":"dp_1","charge":` + raw + `}`))
		if err != nil || d.Charge != "ch_1" || d.ChargeRefunded != want {
			t.Errorf("%s: charge %q, refunded %v, %v; want %v", raw, d.Charge, d.ChargeRefunded, err, want)
		}
	}
	for _, raw := range []string{`"ch_1"`, `null`, `{}`, `[{"refunded":true}]`, `true`, `7`} {
		d, err := dispute.Parse([]byte(`{"id":"dp_1","refunded":true,"charge":` + raw + `}`))
		if err != nil || d.ChargeRefunded.IsKnown() {
			t.Errorf("%s: refunded %v, %v; want unknown", raw, d.ChargeRefunded, err)
		}
	}
	d, err := dispute.Parse([]byte(`{"id":"dp_1","charge":{"refunded":true}}`))
	if err != nil || d.Charge != "" || !dispute.Is(d.ChargeRefunded, true) {
		t.Errorf("without an id: charge %q, refunded %v, %v", d.Charge, d.ChargeRefunded, err)
	}
}

func TestStatusClasses(t *testing.T) {
	if len(dispute.Statuses()) != 10 {
		t.Fatalf("%d statuses, the documentation lists 10", len(dispute.Statuses()))
	}
	for status, want := range map[dispute.Status]dispute.Class{
		dispute.NeedsResponse:        dispute.Closable,
		dispute.WarningNeedsResponse: dispute.Closable,
		dispute.UnderReview:          dispute.Waiting,
		dispute.EarlyDisputeWarning:  dispute.Never,
		dispute.Won:                  dispute.Terminal,
		"":                           dispute.Never,
		"reopened":                   dispute.Never,
		"NEEDS_RESPONSE":             dispute.Never,
	} {
		if got := status.Class(); got != want {
			t.Errorf("%q is of class %d, want %d", status, got, want)
		}
	}
}

func TestMayFollowClose(t *testing.T) {
	for _, tc := range []struct {
		from, now dispute.Status
		want      bool
	}{
		{dispute.NeedsResponse, dispute.Lost, true},
		{dispute.NeedsResponse, dispute.WarningClosed, false},
		{dispute.NeedsResponse, dispute.Won, false},
		{dispute.NeedsResponse, dispute.NeedsResponse, false},
		{dispute.WarningNeedsResponse, dispute.WarningClosed, true},
		{dispute.WarningNeedsResponse, dispute.Lost, true},
		{dispute.WarningNeedsResponse, "", false},
	} {
		if got := tc.from.MayFollowClose(tc.now); got != tc.want {
			t.Errorf("%s to %s: %t", tc.from, tc.now, got)
		}
	}
}
