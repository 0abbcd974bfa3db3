package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/wooshpay"
)

// A dispute has a charge that is not refunded, unless it is opened to name none.
func TestADisputeHasAChargeOfItsOwn(t *testing.T) {
	w := newWorld(t, Options{})
	for _, tc := range []struct {
		dispute Dispute
		charge  string
	}{{Dispute{ID: "dp_1"}, "ch_dp_1"}, {Dispute{ID: "dp_2", Charge: "ch_2"}, "ch_2"}, {Dispute{ID: "dp_3", NoCharge: true}, ""}} {
		id := w.open(t, tc.dispute)
		d, _, err := w.client.Get(t.Context(), id)
		if err != nil || d.Charge != tc.charge {
			t.Fatalf("%s: charge %q, %v; want %q", id, d.Charge, err, tc.charge)
		}
		if tc.charge == "" {
			continue
		}
		if c, err := w.client.GetCharge(t.Context(), d.Charge); err != nil || !dispute.Is(c.Refunded, false) {
			t.Errorf("%s: refunded %v, %v", tc.charge, c.Refunded, err)
		}
	}
}

// A charge that is shown in its dispute is shown as it stands, in an answer, in a list and in an event.
func TestAnExpandedCharge(t *testing.T) {
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{ID: "dp_1", Amount: 1000, ExpandCharge: true})
	for _, refunded := range []bool{false, true} {
		d, _, err := w.client.Get(t.Context(), id)
		if err != nil || d.Charge != "ch_dp_1" || !dispute.Is(d.ChargeRefunded, refunded) {
			t.Fatalf("charge %q, refunded %v, %v; want %t", d.Charge, d.ChargeRefunded, err, refunded)
		}
		page, err := w.client.List(t.Context(), wooshpay.ListQuery{})
		if err != nil || len(page.Disputes) != 1 || !dispute.Is(page.Disputes[0].ChargeRefunded, refunded) {
			t.Fatalf("listed %+v, %v", page, err)
		}
		if _, err := w.Refund("ch_dp_1", 0); err != nil && !refunded {
			t.Fatal(err)
		}
	}
	if _, err := w.client.Close(t.Context(), id, soon()); err != nil {
		t.Fatal(err)
	}
	events := w.Events()
	for i, want := range map[int]string{0: `"refunded":false`, len(events) - 1: `"refunded":true`} {
		if body := string(events[i].Body); !strings.Contains(body, want) || strings.Contains(body, "expand") {
			t.Errorf("event %d: %s, want %s in it", i, body, want)
		}
	}
}

const chargePattern = "/v1/charges/*"

// What each fault of a charge's read looks like from outside: in passing, or lasting.
func TestFaultsOfACharge(t *testing.T) {
	silent := map[string]json.RawMessage{"refunded": []byte(`"perhaps"`)}
	for _, tc := range []struct {
		fault   Fault
		lasting bool
	}{
		{Fault{Kind: AnswerStatus, Status: 500}, false}, {Fault{Kind: AnswerStatus, Status: 503}, false},
		{Fault{Kind: AnswerStatus, Status: 429, RetryAfterS: 90}, false}, {Fault{Kind: AnswerStatus, Status: 401}, false},
		{Fault{Kind: AnswerStatus, Status: 403}, false}, {Fault{Kind: HTML}, false}, {Fault{Kind: Drop}, false}, {Fault{Kind: Hang}, false},
		{Fault{Kind: Truncate}, false}, {Fault{Kind: Alter, Fields: map[string]json.RawMessage{"id": []byte(`"ch_other"`)}}, false},
		{Fault{Kind: AnswerStatus, Status: 404}, true}, {Fault{Kind: AnswerStatus, Status: 405}, true},
		{Fault{Kind: Alter, Without: []string{"refunded", "amount_refunded"}}, true}, {Fault{Kind: Alter, Fields: silent}, true},
	} {
		t.Run(nameOf(tc.fault), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			w.open(t, Dispute{ID: "dp_1"})
			tc.fault.Path = chargePattern
			w.breaks(t, tc.fault)
			c, err := w.client.GetCharge(t.Context(), "ch_dp_1")
			if lasting := err == nil && !c.Refunded.IsKnown() || fault.Of(err) == fault.Permanent && err != nil; lasting != tc.lasting {
				t.Errorf("refunded %v, %v; want lasting %t", c.Refunded, err, tc.lasting)
			}
			if asked := time.Duration(tc.fault.RetryAfterS) * time.Second; fault.RetryAfter(err) != asked {
				t.Errorf("asked to wait %s, want %s", fault.RetryAfter(err), asked)
			}
			if c, err := w.client.GetCharge(t.Context(), "ch_dp_1"); err != nil || !dispute.Is(c.Refunded, false) {
				t.Errorf("the next read: %v, %v", c.Refunded, err)
			}
		})
	}
}

// A stale read of a charge shows it before its refund.
func TestAStaleCharge(t *testing.T) {
	w := newWorld(t, Options{})
	w.open(t, Dispute{ID: "dp_1", Amount: 1000})
	w.breaks(t, Fault{Kind: Stale, Path: chargePattern})
	if _, err := w.Refund("ch_dp_1", 0); err != nil {
		t.Fatal(err)
	}
	for _, refunded := range []bool{false, true} {
		if c, err := w.client.GetCharge(t.Context(), "ch_dp_1"); err != nil || !dispute.Is(c.Refunded, refunded) {
			t.Fatalf("refunded %v, %v; want %t", c.Refunded, err, refunded)
		}
	}
}

// An answer to a close may be about something else than what was closed.
func TestAForeignAnswerToAClose(t *testing.T) {
	w := newWorld(t, Options{})
	for _, tc := range []struct {
		fields string
		ok     func(d dispute.Dispute, err error) bool
	}{
		{`{"id":"dp_other"}`, func(_ dispute.Dispute, err error) bool { return errors.Is(err, dispute.ErrOther) }},
		{`{"amount":999}`, func(d dispute.Dispute, err error) bool { return err == nil && dispute.Is(d.Amount, 999) }},
		{`{"currency":"jpy"}`, func(d dispute.Dispute, err error) bool { return err == nil && d.Currency == "jpy" }},
	} {
		id := w.open(t, Dispute{Amount: 1500})
		order := `{"kind":"alter","execute":true,"path":"` + closePattern + `","fields":` + tc.fields + `}`
		if got := w.call(t, http.MethodPost, "/sandbox/faults", order, anybody); got.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", order, got.status, got.body)
		}
		if d, err := w.client.Close(t.Context(), id, soon()); !tc.ok(d, err) || len(w.Closes()[id]) != 1 {
			t.Errorf("%s: answered %+v, %v; executed %d times", tc.fields, d, err, len(w.Closes()[id]))
		}
	}
	refused := w.call(t, http.MethodPost, "/sandbox/faults", `{"kind":"alter"}`, anybody)
	if refused.status != http.StatusBadRequest {
		t.Errorf("an alteration of nothing: %d %s", refused.status, refused.body)
	}
}

// A refusal that was to be altered stays as it is.
func TestARefusalIsNotAltered(t *testing.T) {
	w := newWorld(t, Options{})
	w.breaks(t, Fault{Kind: Alter, Fields: map[string]json.RawMessage{"id": []byte(`"dp_1"`)}})
	if _, _, err := w.client.Get(t.Context(), "dp_1"); fault.Of(err) != fault.Permanent {
		t.Errorf("got %v", err)
	}
}

// The Date of an answer is the sandbox's, off, or missing.
func TestDates(t *testing.T) {
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{})
	for _, tc := range []struct {
		fault Fault
		want  time.Time
	}{
		{Fault{Kind: Clock, DateOffS: -300}, start.Add(-5 * time.Minute)}, {Fault{Kind: Clock, DateOffS: 300}, start.Add(5 * time.Minute)},
		{Fault{Kind: Clock}, time.Time{}}, {Fault{}, start},
	} {
		if tc.fault.Kind != "" {
			w.breaks(t, tc.fault)
		}
		if d, date, err := w.client.Get(t.Context(), id); err != nil || d.ID != id || !date.Equal(tc.want) {
			t.Errorf("%+v: date %s, %v; want %s", tc.fault, date, err, tc.want)
		}
	}
	w.breaks(t, Fault{Kind: Clock, Path: closePattern})
	if _, err := w.client.Close(t.Context(), id, soon()); err != nil || len(w.Closes()[id]) != 1 {
		t.Errorf("a close without a date: %v", err)
	}
}

func TestOpeningOverHTTP(t *testing.T) {
	w := newWorld(t, Options{})
	for body, want := range map[string]string{
		`{"id":"dp_1"}`:                      `"charge":"ch_dp_1"`,
		`{"id":"dp_2","expand_charge":true}`: `"charge":{"id":"ch_dp_2"`,
	} {
		if got := w.call(t, http.MethodPost, "/sandbox/disputes", body, anybody); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s, want %s", body, got.body, want)
		}
	}
	got := w.call(t, http.MethodPost, "/sandbox/disputes", `{"id":"dp_3","no_charge":true}`, anybody)
	if strings.Contains(got.body, "charge\":\"") || strings.Contains(got.body, "no_charge") {
		t.Errorf("got %s", got.body)
	}
}
