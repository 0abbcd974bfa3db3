package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"disputecloser/functions/digest"
	"disputecloser/functions/reconcile"
	"disputecloser/functions/sweep"
	"disputecloser/functions/webhook"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// stage is a field with every function, on which faults are caused.
type stage struct {
	*field
	faulty    *faultyLedger
	sweep     *sweep.Handler
	reconcile *reconcile.Handler
	digest    *digest.Handler
}

// faultyLedger fails on demand.
type faultyLedger struct {
	*memory.Ledger
	noIndex, unreadable bool
}

var errThrottled = errors.New("DynamoDB is throttled")

func (l *faultyLedger) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	if l.noIndex {
		return nil, "", errThrottled
	}
	return l.Ledger.Due(ctx, before, limit, cursor)
}

func (l *faultyLedger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if l.unreadable {
		return closing.Case{}, &closing.UnreadableError{ID: id, Err: errors.New("version: there is none")}
	}
	return l.Ledger.Load(ctx, id)
}

func newStage(t *testing.T) *stage {
	t.Helper()
	f := newField(t, small(0))
	s := &stage{field: f, faulty: &faultyLedger{Ledger: f.ledger}}
	f.closer.Closer.Ledger, f.closer.Budgets = s.faulty, s.faulty
	c := f.closer.Closer
	s.sweep = &sweep.Handler{
		Sweeper: closing.Sweeper{Ledger: s.faulty, DueIndex: s.faulty, Watcher: c.Watcher, Terms: c.Terms, Now: c.Now},
		Switch:  s.faulty, Meter: f.hook.Meter.(*metrics.Meter), Log: f.hook.Log,
	}
	client, err := wooshpay.New(wooshpay.Config{BaseURL: f.url, Key: wooshpay.FixedKey(fieldKey), Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	s.reconcile = &reconcile.Handler{
		Reconciler: closing.Reconciler{
			Ledger: s.faulty, Store: s.faulty, List: reconcile.DisputeList{Client: client}, Span: reconcile.Span,
			Watcher: c.Watcher, Terms: c.Terms, Now: c.Now, Pause: pause.Before,
		},
		Meter: f.hook.Meter, Log: f.hook.Log,
	}
	s.digest = &digest.Handler{
		Ledger: s.faulty, Alarms: calm{}, Mail: postbox{}, Stack: "closer-live", Now: c.Now, Meter: f.hook.Meter, Log: f.hook.Log,
	}
	return s
}

// close delivers the dispute and works its case.
func (s *stage) close() {
	s.t.Helper()
	s.deliver(s.dispute)
	s.work()
}

// closeThree closes three disputes, one after the other.
func (s *stage) closeThree() {
	s.t.Helper()
	first := s.dispute
	for _, id := range []dispute.ID{"dp_1", "dp_2", "dp_3"} {
		s.dispute = strings.Replace(first, "dp_1", string(id), 1)
		s.deliver(s.dispute)
		s.workOn(id)
		s.now = s.now.Add(time.Second)
	}
}

// post sends a request to the webhook as it is.
func (s *stage) post(body, signature string) {
	s.t.Helper()
	req := events.APIGatewayV2HTTPRequest{Body: body, Headers: map[string]string{"wooshpay-signature": signature}}
	if _, err := s.hook.Handle(s.t.Context(), req); err != nil {
		s.t.Fatal(err)
	}
}

// sweepNow, reconcileNow and digestNow start a run, which may fail.
func (s *stage) sweepNow() { _, _ = s.sweep.Handle(s.t.Context(), events.EventBridgeEvent{}) }

func (s *stage) reconcileNow() { _, _ = s.reconcile.Handle(s.t.Context(), events.EventBridgeEvent{}) }

func (s *stage) digestNow() { _, _ = s.digest.Handle(s.t.Context(), events.EventBridgeEvent{}) }

// spend takes closes from today's budget of nine.
func (s *stage) spend(closes int64) {
	s.t.Helper()
	other := closing.Case{ID: "dp_other", State: closing.Closed}
	if _, err := s.ledger.Save(s.t.Context(), other, closing.Tally{Day: closing.DayOf(s.now), Currency: "usd", Closes: closes}); err != nil {
		s.t.Fatal(err)
	}
}

// turn sets the switch.
func (s *stage) turn(to closing.Switch) {
	s.t.Helper()
	if err := s.ledger.SetControl(s.t.Context(), closing.Control{Switch: to, Who: "ada", Why: "why", At: s.now}); err != nil {
		s.t.Fatal(err)
	}
}

// takeAway gives the case to another claim, as if ours had lapsed.
func (s *stage) takeAway() {
	c, err := s.ledger.Load(s.t.Context(), "dp_1")
	if err == nil {
		c.ClaimID = "another"
		_, err = s.ledger.Save(s.t.Context(), c, closing.Tally{})
	}
	if err != nil {
		s.t.Error(err)
	}
}

// neverClosed has WooshPay answer a close so, and leave the dispute as it is.
func (s *stage) neverClosed(answer string) {
	s.closed = answer
	s.dispute = strings.Replace(plain, `{`, `{"note":"needs_response",`, 1) // the server changes the first one
}

// deaf is a Publisher that cannot be reached.
type deaf struct{}

func (deaf) Publish(context.Context, string, string) error { return errors.New("SNS is throttled") }

// postbox is a Publisher that takes every mail.
type postbox struct{}

func (postbox) Publish(context.Context, string, string) error { return nil }

// calm is a CloudWatch without an alarm that is on.
type calm struct{}

func (calm) DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	return &cloudwatch.DescribeAlarmsOutput{}, nil
}

// locked holds signing secrets that cannot be read.
type locked struct{ fixedSecret }

func (locked) Secrets(context.Context) ([]string, error) { return nil, errors.New("access denied") }

// faults says of each alarm on a metric of ours which fault it is for, and causes the fault on the functions' own handlers.
var faults = map[string]struct {
	fault string
	cause func(s *stage)
	// well is what gives the metric when nothing is wrong, for an alarm on its absence.
	well func(s *stage)
}{
	"MetricsSilent": {
		fault: "the sweep cannot read the index of due cases",
		cause: func(s *stage) { s.faulty.noIndex = true; s.sweepNow() },
		well:  (*stage).sweepNow,
	},
	"ReconcileMissing": {
		fault: "WooshPay does not answer the reconciliation",
		cause: func(s *stage) { s.list = "503 "; s.reconcileNow() },
		well:  func(s *stage) { s.list = `{"object":"list","data":[],"has_more":false}`; s.reconcileNow() },
	},
	"DigestMissing": {
		fault: "SNS is down when the digest is due",
		cause: func(s *stage) { s.digest.Mail = deaf{}; s.digestNow() },
		well:  (*stage).digestNow,
	},
	"DueTooLong": {fault: "nobody works a case that has been due for an hour", cause: func(s *stage) {
		s.deliver(s.dispute)
		s.now = s.now.Add(time.Hour)
		s.sweepNow()
	}},
	"WebhookRefusals": {fault: "the signing secret cannot be read", cause: func(s *stage) {
		s.hook.Secrets = locked{}
		s.deliver(s.dispute)
	}},
	"WrongSignatures": {fault: "the stored signing secret is another endpoint's", cause: func(s *stage) {
		for range 5 {
			s.post("{}", wooshpay.Sign("whsec_another", s.now, []byte("{}")))
		}
	}},
	"ForgedDeliveries": {fault: "somebody sends unsigned requests", cause: func(s *stage) {
		for range 10 {
			s.post("{}", "")
		}
	}},
	"TooLargeDeliveries": {fault: "somebody sends large requests", cause: func(s *stage) {
		for range 10 {
			s.post(strings.Repeat(" ", webhook.MaxBody+1), "")
		}
	}},
	"RejectedDeliveries":  {fault: "a signed event has no dispute", cause: func(s *stage) { s.deliver("null") }},
	"UnannouncedDisputes": {fault: "a webhook was lost", cause: func(s *stage) { s.list = `{"object":"list","data":[` + plain + `],"has_more":false}`; s.reconcileNow() }},
	"LooksFailing": {fault: "WooshPay is down", cause: func(s *stage) {
		s.charge = "503 "
		for range 5 {
			s.close()
			s.now = s.now.Add(time.Minute)
		}
	}},
	"ClocksDiffer": {fault: "our clock is a minute ahead when a planned close is due", cause: func(s *stage) {
		s.turn(closing.Paused)
		s.close()
		s.now, s.clockOff = s.now.Add(time.Hour), -time.Minute
		s.turn(closing.On)
		s.close()
	}},
	"ListsCut":        {fault: "the list repeats itself", cause: func(s *stage) { s.list = `{"object":"list","data":[` + plain + `],"has_more":true}`; s.reconcileNow() }},
	"ListUnavailable": {fault: "WooshPay does not offer its list", cause: func(s *stage) { s.list = "404 "; s.reconcileNow() }},
	"UnusualMoney":    {fault: "the eighth of nine closes of a day", cause: func(s *stage) { s.spend(7); s.close() }},
	"Contradictions": {fault: "WooshPay closed another amount", cause: func(s *stage) {
		s.closed = strings.NewReplacer("needs_response", "lost", "1000", "8400").Replace(plain)
		s.close()
	}},
	"BudgetSpentThreeDays": {fault: "a close after the budget is spent", cause: func(s *stage) { s.spend(9); s.close() }},
	"ClosingIsOff":         {fault: "the table lost its switch", cause: func(s *stage) { s.ledger.LoseControl(); s.close() }},
	"ClosingOffForADay":    {fault: "closing is paused", cause: func(s *stage) { s.turn(closing.Paused); s.sweepNow() }},
	"AmbiguousCloses": {fault: "closes get no clear answer", cause: func(s *stage) {
		s.neverClosed("500 ")
		s.closeThree()
	}},
	"FailedCloses": {fault: "WooshPay refuses closes for good", cause: func(s *stage) {
		s.neverClosed(`400 {"error":{"type":"invalid_request_error"}}`)
		s.closeThree()
	}},
	"RecordsDropped": {fault: "another hand takes the case while the POST is out", cause: func(s *stage) {
		s.posted = s.takeAway
		s.close()
	}},
	"UnreadableCases": {fault: "the stored case is broken", cause: func(s *stage) {
		s.deliver(s.dispute)
		s.faulty.unreadable = true
		s.work()
	}},
	"MailsNotSent": {fault: "SNS is down when a case needs a person", cause: func(s *stage) {
		s.closer.Mail = deaf{}
		s.closed = strings.NewReplacer("needs_response", "lost", "1000", "8400").Replace(plain)
		s.close()
	}},
}

// shown are what the dashboard shows beside the faults.
var shown = map[string]func(s *stage){
	"a close":         (*stage).close,
	"a paused close":  func(s *stage) { s.turn(closing.Paused); s.close() },
	"a close put off": func(s *stage) { s.neverClosed("429 "); s.close() },
	"an unknown dispute": func(s *stage) {
		s.deliver(plain)
		s.dispute = `404 {"error":{"type":"invalid_request_error"}}`
		s.work()
	},
	"a sweep":             (*stage).sweepNow,
	"a refused close":     func(s *stage) { s.neverClosed(`400 {"error":{"type":"invalid_request_error"}}`); s.close() },
	"a case for a person": func(s *stage) { s.closer.Closer.Judge.Policy = asking(s.t); s.close() },
}

// asking asks a person about everything.
func asking(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.Compile(policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000},
		Budget: policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 9, Amount: 50_000}}, Failures: 9},
		Rules:  []policy.Rule{{Name: "all", Then: policy.Review, If: policy.Conditions{Currency: &policy.Words{In: []string{"usd"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
