package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/closer"
	"disputecloser/functions/webhook"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// Inputs from field reports, from the signed webhook to the POST or its absence. They run on the functions' own handlers and
// WooshPay's client, against a server that answers with exactly these bytes.

const (
	fieldSecret = "whsec_field_0123456789"
	fieldKey    = "sk_live_field0123456789"
	plain       = `{"id":"dp_1","object":"dispute","amount":1000,"currency":"usd","status":"needs_response","livemode":true,"charge":"ch_1","created":1790000000,"evidence_details":{"due_by":1999999999,"has_evidence":false}}`
	notRefunded = `{"id":"ch_1","object":"charge","refunded":false,"amount_refunded":0}`
)

// field is a WooshPay server and the functions that call it.
type field struct {
	t      *testing.T
	now    time.Time
	ledger *memory.Ledger
	url    string
	out    strings.Builder
	hook   *webhook.Handler
	closer *closer.Handler

	// The bodies of WooshPay's answers. The charge's may be a status code and a body, or empty for no answer at all.
	dispute, charge, closed string
	// list is the answer with a page of disputes.
	list  string
	posts int
	// clockOff is what WooshPay's clock is ahead of ours; posted is called at each POST.
	clockOff time.Duration
	posted   func()
}

func newField(t *testing.T, rule policy.Rule) *field {
	f := &field{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), ledger: memory.New(), dispute: plain, charge: notRefunded}
	ledgertest.TurnOn(t, f.ledger)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	clock := func() time.Time { return f.now }
	client, err := wooshpay.New(wooshpay.Config{BaseURL: server.URL, Key: wooshpay.FixedKey(fieldKey), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := policy.Compile(policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000},
		Budget: policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 9, Amount: 50_000}}, Failures: 9},
		Rules:  []policy.Rule{rule},
	})
	if err != nil {
		t.Fatal(err)
	}
	log, meter := slog.New(slog.NewTextHandler(&f.out, nil)), metrics.New(&f.out, "t", clock)
	watcher := metrics.Watcher{Log: log, Meter: meter}
	f.hook = &webhook.Handler{
		Learner: closing.Learner{Ledger: f.ledger, Watcher: watcher, Now: clock, Pause: pause.Before},
		Secrets: fixedSecret{}, Livemode: dispute.Known(true), MaxAge: time.Hour, Meter: meter, Log: log,
	}
	ids := 0
	f.closer = &closer.Handler{
		Closer: closing.Closer{
			Ledger: f.ledger, Provider: client, Judge: closing.Judge{Policy: rules, Livemode: true}, Watcher: watcher,
			Terms: closing.DefaultTerms(), Now: clock, NewID: func() string { ids++; return fmt.Sprint("claim-", ids) },
		},
		Meter: meter, Log: log,
	}
	return f
}

type fixedSecret struct{}

func (fixedSecret) Secrets(context.Context) ([]string, error) { return []string{fieldSecret}, nil }
func (fixedSecret) Renewed(context.Context) ([]string, bool)  { return nil, false }

// statusAndBody splits an answer such as "503 busy". Without a status, it is 200.
func statusAndBody(answer string) (status int, body string) {
	if n, _ := fmt.Sscanf(answer, "%d ", &status); n == 1 {
		return status, answer[len("503 "):]
	}
	return http.StatusOK, answer
}

// ServeHTTP answers as WooshPay.
func (f *field) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", f.now.Add(f.clockOff).UTC().Format(http.TimeFormat))
	answer := f.dispute
	switch {
	case r.Method == http.MethodPost:
		f.posts++
		if f.posted != nil {
			f.posted()
		}
		f.dispute = strings.Replace(f.dispute, "needs_response", "lost", 1)
		if answer = f.closed; answer == "" {
			answer = f.dispute
		}
	case r.URL.Path == "/v1/disputes/list":
		answer = f.list
	case strings.HasPrefix(r.URL.Path, "/v1/charges/"):
		if answer = f.charge; answer == "" {
			panic(http.ErrAbortHandler) // No answer at all.
		}
	}
	code, body := statusAndBody(answer)
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
}

// deliver sends a signed event about an object, and returns the answer's status.
func (f *field) deliver(object string) int {
	f.t.Helper()
	body := fmt.Sprintf(`{"id":"evt_%d","object":"event","type":"charge.dispute.updated","created":%d,"livemode":true,"data":{"object":%s}}`,
		f.now.UnixNano(), f.now.Unix(), object)
	answer, err := f.hook.Handle(f.t.Context(), events.APIGatewayV2HTTPRequest{
		Body: body, Headers: map[string]string{"wooshpay-signature": wooshpay.Sign(fieldSecret, f.now, []byte(body))},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return answer.StatusCode
}

// work gives the case to the closer, as the table's stream does.
func (f *field) work() closing.Case {
	f.t.Helper()
	return f.workOn("dp_1")
}

func (f *field) workOn(id dispute.ID) closing.Case {
	f.t.Helper()
	keys := map[string]events.DynamoDBAttributeValue{"pk": events.NewStringAttribute(dynamo.KeyOf(id))}
	record := events.DynamoDBEventRecord{EventName: "MODIFY", Change: events.DynamoDBStreamRecord{Keys: keys, SequenceNumber: "1"}}
	got, err := f.closer.Handle(f.t.Context(), events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{record}})
	if err != nil || len(got.BatchItemFailures) > 0 {
		f.t.Fatal(got, err)
	}
	c, err := f.ledger.Load(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func small(after policy.Duration) policy.Rule {
	most := int64(1500)
	return policy.Rule{Name: "small", Then: policy.Close, After: &after, If: policy.Conditions{
		Status: &policy.Words{In: []string{"needs_response"}}, Amount: map[string]policy.Bounds{"usd": {AtMost: &most}},
	}}
}

func late(before policy.Duration) policy.Rule {
	r := small(0)
	r.After, r.BeforeDue = nil, &before
	return r
}

// tell logs what became of the case, as the closing note of a field report quotes it.
func (f *field) tell(c closing.Case) {
	for _, e := range c.History {
		f.t.Logf("%s %s: %s", e.At.Format(time.TimeOnly), e.Who, e.What)
	}
	f.t.Logf("state %s, last error %q, told %v, POSTs %d", c.State, c.LastError, c.Told, f.posts)
}

func TestFieldTheChargeDecides(t *testing.T) {
	expanded := func(fields string) string {
		return strings.Replace(plain, `"ch_1"`, `{"id":"ch_1","object":"charge"`+fields+`}`, 1)
	}
	for _, tc := range []struct {
		name, dispute, charge string
		want                  closing.State
		action                policy.Action
		failed                bool
	}{
		{"a plain charge", plain, notRefunded, closing.Closed, policy.Close, false},
		{"an expanded charge, not refunded", expanded(``), notRefunded, closing.Closed, policy.Close, false},
		{"an expanded charge that is refunded", expanded(`,"refunded":true,"amount_refunded":1000`), notRefunded, closing.Open, policy.Review, false},
		{"an expanded charge, refunded by the read", expanded(`,"refunded":false`), `{"id":"ch_1","refunded":true}`, closing.Open, policy.Review, false},
		{"a numeric charge", strings.Replace(plain, `"ch_1"`, `7100000000000000001`, 1), `{"id":7100000000000000001,"refunded":false}`, closing.Closed, policy.Close, false},
		{"no charge", strings.Replace(plain, `"ch_1"`, `null`, 1), notRefunded, closing.Open, policy.Review, false},
		{"404", plain, `404 {"error":{"type":"invalid_request_error"}}`, closing.Open, policy.Review, false},
		{"405", plain, `405 `, closing.Open, policy.Review, false},
		{"without the fields", plain, `{"id":"ch_1"}`, closing.Open, policy.Review, false},
		{"with an unreadable field", plain, `{"id":"ch_1","refunded":"no"}`, closing.Open, policy.Review, false},
		{"500", plain, `500 {"error":{"type":"api_error"}}`, closing.Open, "", true},
		{"503", plain, `503 `, closing.Open, "", true},
		{"429", plain, `429 `, closing.Open, "", true},
		{"401", plain, `401 `, closing.Open, "", true},
		{"403", plain, `403 `, closing.Open, "", true},
		{"a page instead", plain, `<html>maintenance</html>`, closing.Open, "", true},
		{"another charge", plain, `{"id":"ch_2","refunded":false}`, closing.Open, "", true},
		{"no answer at all", plain, ``, closing.Open, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newField(t, small(0))
			f.dispute, f.charge = tc.dispute, tc.charge
			if code := f.deliver(tc.dispute); code != http.StatusOK {
				t.Fatalf("the webhook answered %d", code)
			}
			c := f.work()
			f.tell(c)
			action := policy.Action("")
			if c.Decision != nil {
				action = c.Decision.Action
			}
			if c.State != tc.want || action != tc.action || (c.FailedLooks > 0) != tc.failed || (f.posts > 0) != (tc.want == closing.Closed) {
				t.Errorf("state %s, action %q, %d failed looks, %d POSTs", c.State, action, c.FailedLooks, f.posts)
			}
			if counted := strings.Contains(f.out.String(), `"LookFailed":1`); counted != tc.failed {
				t.Errorf("the failed look is counted: %t", counted)
			}
		})
	}
}

// A burst of passing errors parks no case: each case is looked at again within minutes, and then closed.
func TestFieldAPassingErrorParksNothing(t *testing.T) {
	rule, without := small(0), false
	rule.If.Refunded = &without
	f := newField(t, rule)
	f.charge = `503 `
	f.deliver(plain)
	c := f.work()
	if wait := c.DueAt.Sub(f.now); wait > 2*time.Minute || c.Decision != nil {
		t.Fatalf("due in %s, decided %v", wait, c.Decision)
	}
	f.charge, f.now = notRefunded, f.now.Add(time.Minute)
	f.deliver(plain)
	if c = f.work(); c.State != closing.Closed || f.posts != 1 {
		t.Fatalf("state %s, %d POSTs", c.State, f.posts)
	}
}

func TestFieldImplausibleInstantsCloseNothing(t *testing.T) {
	for name, due := range map[string]string{
		"never, in seconds": "253402300799", "never, in milliseconds": "253402300799000", "microseconds": "1795800000000000",
		"nanoseconds": "1795800000000000000", "zero": "0", "negative": "-1", "one": "1", "before it was created": "1789999999",
		"a text": `"1795800000"`, "a fraction": "1795800000.5", "the largest": "9223372036854775807", "too large": "92233720368547758070",
	} {
		t.Run(name, func(t *testing.T) {
			f := newField(t, late(policy.Duration(24*time.Hour)))
			f.dispute = strings.Replace(plain, "1999999999", due, 1)
			f.deliver(f.dispute)
			c := f.work()
			f.tell(c)
			if c.State != closing.Open || f.posts != 0 || c.Decision.Action != policy.Keep || !c.Dispute.DueBy.IsZero() {
				t.Errorf("state %s, %d POSTs, %s, due by %s", c.State, f.posts, c.Decision.Action, c.Dispute.DueBy)
			}
			if c.DueAt.Sub(f.now) > 24*time.Hour {
				t.Errorf("looked at again in %s", c.DueAt.Sub(f.now))
			}
			if _, err := json.Marshal(c.DueAt); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFieldWhatIsNoDisputeOpensNoCase(t *testing.T) {
	for _, object := range []string{
		`{"id":"ch_9","object":"charge","amount":1000,"currency":"usd","status":"succeeded"}`,
		`{"id":"ch_9","amount":1000,"currency":"usd","status":"succeeded"}`,
		`{"id":"evt_9","object":"event","type":"charge.dispute.created","data":{"object":` + plain + `}}`,
		`{"error":{"type":"api_error"},"id":"dp_1"}`, `"dp_1"`, `[]`, `null`,
	} {
		f := newField(t, small(0))
		if code := f.deliver(object); code != http.StatusBadRequest {
			t.Errorf("%s: answered %d", object, code)
		}
		due, _, err := f.ledger.Due(t.Context(), f.now.Add(time.Hour), 9, "")
		if err != nil || len(due) > 0 {
			t.Errorf("%s: opened %v, %v", object, due, err)
		}
		if !strings.Contains(f.out.String(), "webhook rejected") {
			t.Errorf("%s: the log says %s", object, f.out.String())
		}
	}
}

func TestFieldTheAnswerIsAboutSomethingElse(t *testing.T) {
	lost := strings.Replace(plain, "needs_response", "lost", 1)
	for _, tc := range []struct {
		name, answer string
		proof        closing.Proof
		told         bool
	}{
		{"what was claimed", lost, closing.Answered, false},
		{"another amount", strings.Replace(lost, "1000", "8400", 1), closing.Answered, true},
		{"another currency", strings.Replace(lost, "usd", "eur", 1), closing.Answered, true},
		{"another dispute", strings.Replace(lost, "dp_1", "dp_2", 1), closing.Inferred, true},
		{"a charge", `{"id":"dp_1","object":"charge","status":"lost"}`, closing.Inferred, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newField(t, small(0))
			f.closed = tc.answer
			f.deliver(plain)
			c := f.work()
			f.tell(c)
			if c.State != closing.Closed || c.Proof != tc.proof || f.posts != 1 {
				t.Errorf("state %s, proof %s, %d POSTs", c.State, c.Proof, f.posts)
			}
			if told := strings.Contains(f.out.String(), `"Contradiction":1`); told != tc.told {
				t.Errorf("a person was told: %t", told)
			}
		})
	}
}
