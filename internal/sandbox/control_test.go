package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"disputecloser/shared/dispute"
)

func anybody(r *http.Request) { r.Header = http.Header{} }

// A day at WooshPay, by HTTP only.
func TestControl(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, "*")
	steps := []struct {
		call, body string
		status     int
		answer     string
	}{
		{"POST /sandbox/disputes", `{"id":"dp_1","amount":1500,"charge":"ch_1"}`, 200, `"status":"needs_response"`},
		{"POST /sandbox/disputes", `{"id":"dp_1"}`, 400, "exists already"},
		{"POST /sandbox/disputes", `{"amounts":1}`, 400, "unknown field"},
		{"POST /sandbox/disputes?silently=true", `{"id":"dp_2","currency":"eur"}`, 200, `"currency":"eur"`},
		{"POST /sandbox/disputes/dp_1/evidence", `{"receipt":"file_1"}`, 200, `"under_review"`},
		{"POST /sandbox/disputes/dp_1/status", `{"status":"won"}`, 200, `"status":"won"`},
		{"POST /sandbox/disputes/dp_9/status", `{"status":"won"}`, 404, "resource_missing"},
		{"POST /sandbox/disputes/dp_1/status", `[]`, 400, "cannot be read"},
		{"POST /sandbox/charges/ch_1/refund", `{"amount":500}`, 200, `"amount_refunded":500`},
		{"POST /sandbox/faults", `{"kind":"drop","execute":true,"dispute":"dp_2","times":2}`, 204, ""},
		{"POST /sandbox/faults", `{"kind":"flood"}`, 400, "flood"},
		{"POST /sandbox/faults", `{"kind":"drop","tiems":2}`, 400, "unknown field"},
		{"GET /sandbox/faults", "", 200, `"times":2`},
		{"DELETE /sandbox/faults", "", 204, ""},
		{"GET /sandbox/faults", "", 200, "[]"},
		{"GET /sandbox/events", "", 200, `"evt_00000003"`},
		{"POST /sandbox/deliver", "", 200, `"status":200`},
		{"POST /sandbox/events/evt_00000001/deliver", "", 200, `"charge.dispute.created"`},
	}
	for _, step := range steps {
		method, path, _ := strings.Cut(step.call, " ")
		got := w.call(t, method, path, step.body, anybody)
		if got.status != step.status || !strings.Contains(got.body, step.answer) {
			t.Errorf("%s %s: got %d %s, want %d with %s", step.call, step.body, got.status, got.body, step.status, step.answer)
		}
	}
	want := "dispute.created dispute.updated dispute.closed refunded dispute.created"
	if got := strings.Join(l.types, " "); got != want {
		t.Errorf("delivered %s, want %s", got, want)
	}
}

func TestClosesOverHTTP(t *testing.T) {
	w := newWorld(t, Options{RepeatExecutes: true})
	once, twice := w.open(t, Dispute{}), w.open(t, Dispute{})
	for _, id := range []dispute.ID{once, twice, twice} {
		if _, err := w.client.Close(t.Context(), id, soon()); err != nil {
			t.Fatal(err)
		}
	}
	body := w.call(t, http.MethodGet, "/sandbox/closes", "", anybody).body
	var got struct {
		Executed, Twice int
		Calls           map[dispute.ID][]CloseCall
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Executed != 3 || got.Twice != 1 || len(got.Calls[twice]) != 2 {
		t.Errorf("got %s, %v", body, err)
	}
}
