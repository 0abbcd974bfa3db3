//go:build parts && load

package load

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/webhook"
	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

const (
	webhooks   = 10_000
	duplicates = webhooks / 3
	// changed is how many of the disputes are announced twice, by different events: those meet at their case.
	changed  = 1667
	disputes = webhooks - duplicates - changed
	// ofOne is how many events the one dispute has, no more than a case remembers.
	ofOne = 100
	// atOnce is how many instances of the function work at the same time.
	atOnce = 64
	// deliveries is how often WooshPay tries at most (its documentation).
	deliveries = 18

	secret = "whsec_load"
	table  = "disputes"
)

// TestBurst sends 10,000 webhooks at once, a third of them duplicates.
func TestBurst(t *testing.T) {
	client := localaws.SharedDynamoDB(t).Client(t)
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	stored := dynamo.New(client, table, "")
	ledger := &conflicts{Ledger: stored}
	b := newBurst(t, ledger, deal(t))
	b.run(fmt.Sprintf("%d webhooks (%d duplicates, %d disputes, %d at once)", webhooks, duplicates, disputes, atOnce))
	report("lost: %d", losses(t, stored, b.sent))
}

// TestBurstOnOneDispute sends events of one dispute at once: every one of them meets the others at its case.
func TestBurstOnOneDispute(t *testing.T) {
	client := localaws.SharedDynamoDB(t).Client(t)
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	stored := dynamo.New(client, table, "")
	ledger := &conflicts{Ledger: stored}
	b := newBurst(t, ledger, dealOne(t))
	b.run(fmt.Sprintf("%d webhooks of one dispute, %d at once", ofOne, atOnce))
	c, err := stored.Load(t.Context(), about(t, b.sent[0]))
	if err != nil || len(c.Seen) != ofOne {
		t.Errorf("the case has seen %d events of %d, %v", len(c.Seen), ofOne, err)
	}
}

// burst is WooshPay at its busiest.
type burst struct {
	t       *testing.T
	handler *webhook.Handler
	ledger  *conflicts
	sent    []sandbox.Event
	times   []time.Duration // of the first attempt at each
	refused atomic.Int64
}

func newBurst(t *testing.T, ledger *conflicts, sent []sandbox.Event) *burst {
	return &burst{t: t, handler: newWebhook(ledger), ledger: ledger, sent: sent, times: make([]time.Duration, len(sent))}
}

// run delivers everything and reports how long it took.
func (b *burst) run(what string) {
	began := time.Now()
	inParallel(len(b.sent), b.deliver)
	took := time.Since(began)
	slices.Sort(b.times)
	n := len(b.sent)
	report("%s: %.1f s, %.0f a second, p50 %s, p99 %s, slowest %s", what, took.Seconds(), float64(n)/took.Seconds(),
		rounded(b.times[n/2]), rounded(b.times[n*99/100]), rounded(b.times[n-1]))
	report("errors: %d answers other than 200, all delivered again; %d saves met a newer version and were done again",
		b.refused.Load(), b.ledger.met.Load())
}

// deliver delivers one webhook until it is acknowledged, as often as WooshPay would.
func (b *burst) deliver(i int) {
	e := b.sent[i]
	request := signed(e.Body)
	for try := range deliveries {
		asked := time.Now()
		answer, err := b.handler.Handle(b.t.Context(), request)
		if try == 0 {
			b.times[i] = time.Since(asked)
		}
		if err == nil && answer.StatusCode == http.StatusOK {
			return
		}
		b.refused.Add(1)
	}
	b.t.Errorf("event %s is not acknowledged after %d deliveries", e.ID, deliveries)
}

// losses counts disputes without a case, unfinished ones without a date, and events that their case does not know.
func losses(t *testing.T, ledger *dynamo.Ledger, sent []sandbox.Event) int64 {
	t.Helper()
	told := map[dispute.ID][]string{}
	for _, e := range sent {
		id := about(t, e)
		told[id] = append(told[id], e.ID)
	}
	if len(told) != disputes {
		t.Errorf("%d disputes, want %d", len(told), disputes)
	}
	ids := make([]dispute.ID, 0, len(told))
	for id := range told {
		ids = append(ids, id)
	}
	var lost atomic.Int64
	inParallel(len(ids), func(i int) {
		c, err := ledger.Load(t.Context(), ids[i])
		switch {
		case err != nil:
			t.Error(err)
		case c.DueAt.IsZero() || !c.Armed():
			t.Errorf("case %s is not armed", c.ID)
		case slices.ContainsFunc(told[c.ID], func(id string) bool { return !slices.Contains(c.Seen, id) }):
			t.Errorf("case %s has seen %q, was told %q", c.ID, c.Seen, told[c.ID])
		default:
			return
		}
		lost.Add(1)
	})
	return lost.Load()
}

func newWebhook(ledger closing.Ledger) *webhook.Handler {
	log := slog.New(slog.DiscardHandler)
	meter := metrics.New(io.Discard, "load", time.Now)
	return &webhook.Handler{
		Learner: closing.Learner{Ledger: ledger, Watcher: metrics.Watcher{Log: log, Meter: meter}, Now: time.Now, Pause: pause.Before},
		Secrets: fixed{}, MaxAge: time.Hour, Meter: meter, Log: log,
	}
}

// fixed are signing secrets that are never rotated.
type fixed struct{}

func (fixed) Secrets(context.Context) ([]string, error) { return []string{secret}, nil }

func (fixed) Renewed(context.Context) ([]string, bool) { return nil, false }

func signed(body []byte) events.APIGatewayV2HTTPRequest {
	return events.APIGatewayV2HTTPRequest{Body: string(body), Headers: map[string]string{
		strings.ToLower(wooshpay.SignatureHeader): wooshpay.Sign(secret, time.Now(), body),
	}}
}
