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

func TestInstants(t *testing.T) {
	want := time.Date(2022, 11, 28, 13, 58, 46, 0, time.UTC)
	for _, tc := range []struct {
		raw  string
		want time.Time
	}{
		{`{"id":"a","created":1669643926}`, want},
		{`{"id":"a","created":1669643926000}`, want},
		{`{"id":"a","created":99999999999}`, time.Unix(99999999999, 0)},
		{`{"id":"a","created":100000000000}`, time.UnixMilli(100000000000)},
		{`{"id":"a","created":0}`, time.Time{}},
	} {
		d, err := dispute.Parse([]byte(tc.raw))
		if err != nil || !d.Created.Equal(tc.want) {
			t.Errorf("%s: created %s, %v; want %s", tc.raw, d.Created, err, tc.want)
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

func TestCharges(t *testing.T) {
	for raw, want := range map[string]dispute.Maybe[bool]{
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
	} {
		c, err := dispute.ParseCharge([]byte(raw))
		if err != nil || c.Refunded != want {
			t.Errorf("%s: %v, %v; want %v", raw, c.Refunded, err, want)
		}
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
