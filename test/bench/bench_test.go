package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/sweep"
	"disputecloser/functions/webhook"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

const (
	secret = "whsec_bench"
	// busy is how many events of one dispute a busy case has learned.
	busy = 100
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

// watcher logs and counts as the functions do, to nowhere.
func watcher() metrics.Watcher {
	log := slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // the cost of a line is measured, too
	return metrics.Watcher{Log: log, Meter: metrics.New(io.Discard, "t", now)}
}

// sample is a dispute of WooshPay's usual size in an event's body.
func sample(tb testing.TB) (dispute.Dispute, []byte) {
	tb.Helper()
	p := sandbox.New(sandbox.Options{Now: now})
	if _, err := p.Open(sandbox.Dispute{ID: "dp_1", Amount: 900, Charge: "ch_1", ReasonCode: "13.1"}); err != nil {
		tb.Fatal(err)
	}
	evidence := map[string]string{"uncategorized_text": strings.Repeat("The customer used the service on nineteen days. ", 25)}
	if _, err := p.SubmitEvidence("dp_1", evidence); err != nil {
		tb.Fatal(err)
	}
	body := bytes.ReplaceAll(p.Events()[1].Body, []byte("under_review"), []byte("needs_response")) // open, and with evidence
	event, err := dispute.ParseEvent(body)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := event.Dispute()
	if err != nil {
		tb.Fatal(err)
	}
	return d, body
}

// learned is a case that so many events told of.
func learned(tb testing.TB, d dispute.Dispute, times int) closing.Case {
	tb.Helper()
	var w written
	l := closing.Learner{Ledger: only{dynamo.New(&w, "t", mark), new(closing.Case)}, Watcher: watcher(), Now: now, Pause: pause.Before}
	for i := range times {
		news := closing.News{Dispute: d, At: noon.Add(-time.Minute), EventID: fmt.Sprintf("evt_before_%03d", i), From: "webhook"}
		if _, err := l.Learn(tb.Context(), news); err != nil {
			tb.Fatal(err)
		}
	}
	return *l.Ledger.(only).last
}

// only is a ledger that holds one case beside what it writes.
type only struct {
	*dynamo.Ledger
	last *closing.Case
}

func (o only) Load(context.Context, dispute.ID) (closing.Case, error) {
	if o.last.Version == 0 {
		return closing.Case{}, closing.ErrNotFound
	}
	return *o.last, nil
}

func (o only) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	saved, err := o.Ledger.Save(ctx, c, t)
	*o.last = saved
	return saved, err
}

// BenchmarkWebhook is one webhook: of a new dispute, of a case with one event, and of one with a hundred. The dispute of the
// last two is as it was.
func BenchmarkWebhook(b *testing.B) {
	d, body := sample(b)
	b.Run("new", func(b *testing.B) { benchmarkWebhook(b, &table{item: []byte("{}")}, body) })
	b.Run("second", func(b *testing.B) { benchmarkWebhook(b, tableWith(b, learned(b, d, 1)), body) })
	b.Run("busy", func(b *testing.B) { benchmarkWebhook(b, tableWith(b, learned(b, d, busy)), body) })
}

func benchmarkWebhook(b *testing.B, t *table, body []byte) {
	w := watcher()
	h := &webhook.Handler{
		Learner: closing.Learner{Ledger: t.ledger(), Watcher: w, Now: now, Pause: pause.Before},
		Secrets: fixed{}, MaxAge: time.Hour, Meter: w.Meter, Log: w.Log,
	}
	request := events.APIGatewayV2HTTPRequest{Body: string(body), Headers: map[string]string{
		strings.ToLower(wooshpay.SignatureHeader): wooshpay.Sign(secret, noon, body),
	}}
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := h.Handle(b.Context(), request); err != nil || answer.StatusCode != http.StatusOK {
			b.Fatal(answer.StatusCode, err)
		}
	}
}

// fixed are signing secrets that are never rotated.
type fixed struct{}

func (fixed) Secrets(context.Context) ([]string, error) { return []string{secret}, nil }

func (fixed) Renewed(context.Context) ([]string, bool) { return nil, false }

// BenchmarkCloser is one pass over an armed case: one that keeps it, and one that closes it.
func BenchmarkCloser(b *testing.B) {
	d, _ := sample(b)
	for _, action := range []policy.Action{policy.Keep, policy.Close} {
		b.Run(string(action), func(b *testing.B) {
			t := tableWith(b, learned(b, d, 1))
			closer := closing.Closer{
				Ledger: t.ledger(), Provider: provider{d}, Judge: closing.Judge{Policy: rule(b, action)},
				Watcher: watcher(), Terms: closing.DefaultTerms(), Now: now, NewID: rand.Text,
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := closer.Work(b.Context(), d.ID); err != nil {
					b.Fatal(err)
				}
			}
			if closed := t.asked["TransactWriteItems"] > 0; closed != (action == policy.Close) {
				b.Errorf("it closes: %t, by %v", closed, t.asked)
			}
		})
	}
}

// rule is a live policy of one rule, which does this to every dispute at once.
func rule(tb testing.TB, action policy.Action) *policy.Policy {
	tb.Helper()
	document := policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000},
		Budget: policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 1000, Amount: 5_000_000}}, Failures: 5},
	}
	most, after := int64(1500), policy.Duration(0)
	all := policy.Rule{Name: "all", Then: action, If: policy.Conditions{Amount: map[string]policy.Bounds{"usd": {AtMost: &most}}}}
	if action == policy.Close {
		all.After = &after
	}
	document.Rules = []policy.Rule{all}
	p, err := policy.Compile(document)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// provider is a WooshPay that shows one open dispute, whose charge is not refunded, and closes it at once.
type provider struct{ dispute dispute.Dispute }

func (p provider) Get(context.Context, dispute.ID) (dispute.Dispute, time.Time, error) {
	return p.dispute, noon, nil
}

func (p provider) GetCharge(_ context.Context, id string) (dispute.Charge, error) {
	return dispute.Charge{ID: id, Refunded: dispute.Known(false), Date: noon}, nil
}

func (p provider) Close(context.Context, dispute.ID, time.Time) (dispute.Dispute, error) {
	d := p.dispute
	d.Status = "lost"
	return d, nil
}

// BenchmarkSweep is a sweep over eight due cases, one in each shard of the index.
func BenchmarkSweep(b *testing.B) {
	d, _ := sample(b)
	t := tableWith(b, learned(b, d, 1))
	t.entries = []byte(`{"Items":[{"pk":{"S":"dispute#dp_1"},"due_at":{"S":"2026-03-02T11:00:00.000000000Z"}}]}`)
	w := watcher()
	ledger := t.ledger()
	h := &sweep.Handler{
		Sweeper: closing.Sweeper{Ledger: ledger, DueIndex: ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: now},
		Meter:   w.Meter, Log: w.Log,
	}
	b.ReportAllocs()
	for b.Loop() {
		if swept, err := h.Handle(b.Context(), events.EventBridgeEvent{}); err != nil || swept.Due == 0 {
			b.Fatal(swept, err)
		}
	}
}
