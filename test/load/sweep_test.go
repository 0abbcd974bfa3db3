//go:build parts && load

package load

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/sweep"
	"disputecloser/internal/dynamotest"
	"disputecloser/internal/localaws"
	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
)

// stock is how many cases are stored, and how many of them are due.
type stock struct{ stored, due int }

// repeats is how often a sweep that takes less than a millisecond is repeated, for its fastest time. What was swept is
// due again at once.
const repeats = 4

// TestSweepInMemory sweeps everything when all is due, and a hundred among many.
func TestSweepInMemory(t *testing.T) {
	report("memory ledger:")
	var first time.Duration
	for _, s := range []stock{{100, 100}, {1_000, 1_000}, {10_000, 10_000}, {100_000, 100_000}, {1_000, 100}, {10_000, 100}, {100_000, 100}} {
		ledger := memory.New()
		fill(t, ledger, s)
		each := s.sweep(t, &counted{store: ledger})
		for range repeats {
			each = min(each, s.sweep(t, &counted{store: ledger}))
		}
		first = s.tell(each, first)
	}
}

// TestSweepOnDynamoDB does the same on DynamoDB Local, and counts what DynamoDB is asked.
func TestSweepOnDynamoDB(t *testing.T) {
	report("DynamoDB Local:")
	var first time.Duration
	for _, s := range []stock{{100, 100}, {1_000, 1_000}, {10_000, 10_000}, {1_000, 100}, {10_000, 100}} {
		client := localaws.SharedDynamoDB(t).Client(t)
		if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
			t.Fatal(err)
		}
		calls := dynamotest.Count(client)
		ledger := dynamo.New(calls, table, "")
		fill(t, ledger, s)
		calls.Take()
		each := s.sweep(t, &counted{store: ledger})
		first = s.tell(each, first)
		s.wantCalls(t, calls.Take())
	}
}

// sweep sweeps once with the deployed handler, and returns the time per due case. A due case costs one load and one
// save; a hundred of them cost a page, and the last page may be short.
func (s stock) sweep(t *testing.T, ledger *counted) time.Duration {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	meter := metrics.New(io.Discard, "load", time.Now)
	handler := &sweep.Handler{
		Sweeper: closing.Sweeper{
			Ledger: ledger, DueIndex: ledger, Watcher: metrics.Watcher{Log: log, Meter: meter}, Terms: closing.DefaultTerms(), Now: time.Now,
		},
		Switch: ledger, Meter: meter, Log: log,
	}
	began := time.Now()
	swept, err := handler.Handle(t.Context(), events.EventBridgeEvent{})
	took := time.Since(began)
	if err != nil || swept.Due != s.due || swept.Armed != s.due || swept.Cut {
		t.Errorf("%+v: swept %+v, %v", s, swept, err)
	}
	if ledger.loads != s.due || ledger.saves != s.due {
		t.Errorf("%+v: %d loads and %d saves, want one each per due case", s, ledger.loads, ledger.saves)
	}
	if most := s.pages(); ledger.pages > most {
		t.Errorf("%+v: %d pages, want at most %d", s, ledger.pages, most)
	}
	return took / time.Duration(s.due)
}

// pages is the most pages that so many due cases may take: they hold a hundred, but where some shards of the index have
// no more while others do, they are shorter.
func (s stock) pages() int { return s.due*13/1000 + 3 }

// wantCalls compares what DynamoDB was asked: a page asks each of the eight shards at most once, and the switch is read once.
func (s stock) wantCalls(t *testing.T, calls map[string]int) {
	t.Helper()
	if calls["GetItem"] != s.due+1 || calls["UpdateItem"] != s.due || calls["Query"] > 8*s.pages() || len(calls) != 3 {
		t.Errorf("%+v: %v calls", s, calls)
	}
	report("    calls per due case: GetItem %.2f, UpdateItem %.2f, Query %.3f",
		float64(calls["GetItem"])/float64(s.due), float64(calls["UpdateItem"])/float64(s.due), float64(calls["Query"])/float64(s.due))
}

// tell reports the time per case, and its ratio to that of the first stock, which it returns.
func (s stock) tell(each, first time.Duration) time.Duration {
	if first == 0 {
		first = each
	}
	report("  %6d stored, %6d due: %8s a case, %.2f times that of the first", s.stored, s.due, each.Round(100*time.Nanosecond), float64(each)/float64(first))
	return first
}

// fill stores cases as webhooks leave them: those due were armed an hour ago, the others are due tomorrow.
func fill(t *testing.T, ledger closing.Ledger, s stock) {
	t.Helper()
	now := time.Now().UTC()
	d := example(t)
	inParallel(s.stored, func(i int) {
		c := closing.Case{ID: dispute.ID(fmt.Sprintf("dp_%06d", i)), State: closing.Open, Dispute: d, DueAt: now.Add(24 * time.Hour)}
		if i < s.due {
			c.ArmedAt = now.Add(-time.Hour - time.Duration(i)*time.Millisecond)
			c.DueAt = c.ArmedAt
		}
		if _, err := ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Error(err)
		}
	})
}

// example is a dispute of common size.
func example(t *testing.T) dispute.Dispute {
	t.Helper()
	wooshpay := sandbox.New(sandbox.Options{})
	if _, err := wooshpay.Open(sandbox.Dispute{Amount: 900, Charge: "ch_1", ReasonCode: "13.1"}); err != nil {
		t.Fatal(err)
	}
	event, err := dispute.ParseEvent(wooshpay.Events()[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	d, err := event.Dispute()
	if err != nil {
		t.Fatal(err)
	}
	return d
}
