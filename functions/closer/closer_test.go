package closer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

func TestTheArmedCaseOfTheFileIsClosed(t *testing.T) {
	w := newWorld(t)
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	if s := w.state(t, theID); s != closing.Closed || w.provider.lost[theID] != 1 {
		t.Errorf("the case is %s after %d closes", s, w.provider.lost[theID])
	}
}

// A close whose answer says "lost" needs no second look.
func TestWhatACloseCosts(t *testing.T) {
	w := newWorld(t)
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	l, p := w.ledger, w.provider
	if l.loads != 1 || l.claims != 1 || l.saves != 1 || p.gets != 1 || p.charges != 1 || p.posts != 1 {
		t.Errorf("%d loads, %d GETs and %d of the charge, %d claims, %d POSTs, %d saves; want one each",
			l.loads, p.gets, p.charges, l.claims, p.posts, l.saves)
	}
}

func TestARecordDeliveredAgainCostsOneLoad(t *testing.T) {
	w := newWorld(t)
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	w.ledger.loads = 0
	w.wantFailures(t.Context(), t, fromFile(t))
	if w.ledger.loads != 1 || w.ledger.saves != 1 || w.provider.gets != 1 || w.provider.posts != 1 {
		t.Errorf("%d loads, %d GETs and %d POSTs", w.ledger.loads, w.provider.gets, w.provider.posts)
	}
}

func TestARecordThatFailsDoesNotHoldUpTheOthers(t *testing.T) {
	w := newWorld(t)
	for _, id := range []dispute.ID{"dp_1", "dp_2", "dp_3"} {
		w.learn(t, id)
	}
	w.ledger.failing = "dp_2"
	w.wantFailures(t.Context(), t, casesOf("dp_1", "dp_2", "dp_3"), "2")
	for id, want := range map[dispute.ID]closing.State{"dp_1": closing.Closed, "dp_2": closing.Open, "dp_3": closing.Closed} {
		if got := w.state(t, id); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "dispute=dp_2 sequence=2") {
		t.Errorf("the log says %s", log)
	}
}

// If the record of an unreadable case were delivered again, it would hold up its shard for hours.
func TestACaseThatCannotBeReadIsPassedOver(t *testing.T) {
	w := newWorld(t)
	for _, id := range []dispute.ID{"dp_1", "dp_2"} {
		w.learn(t, id)
	}
	w.ledger.unread = "dp_1"
	w.wantFailures(t.Context(), t, casesOf("dp_1", "dp_2"))
	if got := w.state(t, "dp_2"); got != closing.Closed {
		t.Errorf("the case behind it is %s", got)
	}
	if n := w.notes.all[0]; n.Kind != closing.NoteUnreadable || n.Case.ID != "dp_1" || !errors.Is(n.Err, closing.ErrUnreadable) {
		t.Errorf("noted %+v", n)
	}
}

// An outage of WooshPay does not fail the record: the case waits until its next date, and the stream moves on.
func TestAFailedLookIsNoFailure(t *testing.T) {
	w := newWorld(t)
	w.learn(t, theID)
	w.provider.down = errors.New("WooshPay answered 503")
	w.wantFailures(t.Context(), t, fromFile(t))
	c, err := w.ledger.Ledger.Load(t.Context(), theID)
	if err != nil || c.Armed() || !c.DueAt.After(noon) || c.FailedLooks != 1 {
		t.Errorf("stored %+v, %v", c, err)
	}
}

func TestRecordsThatAreNoArmedCases(t *testing.T) {
	w := newWorld(t)
	batch := batchOf("budget#2026-03-02#usd", "control", "warm", "")
	removed := casesOf("dp_1").Records[0]
	removed.EventName = "REMOVE"
	batch.Records = append(batch.Records, removed)
	w.wantFailures(t.Context(), t, batch)
	if w.ledger.loads > 0 || len(w.meter.counted) > 0 || w.log.Len() > 0 {
		t.Errorf("%d loads, counted %v, log %s", w.ledger.loads, w.meter.counted, w.log.String())
	}
}

// A record that can never be read must not block those behind it.
func TestMalformedRecordsArePassedOver(t *testing.T) {
	bad := map[string]map[string]events.DynamoDBAttributeValue{
		"no keys":     nil,
		"another key": {"id": events.NewStringAttribute("dispute#dp_1")},
		"number":      {"pk": events.NewNumberAttribute("7")},
		"null":        {"pk": events.NewNullAttribute()},
		"list":        {"pk": events.NewListAttribute(nil)},
		"no id":       {"pk": events.NewStringAttribute("dispute#")},
	}
	for name, keys := range bad {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.learn(t, theID)
			batch := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{
				{EventID: "e1", Change: events.DynamoDBStreamRecord{Keys: keys, SequenceNumber: "1"}},
				fromFile(t).Records[0],
			}}
			w.wantFailures(t.Context(), t, batch)
			if got := w.state(t, theID); got != closing.Closed {
				t.Errorf("the case behind it is %s", got)
			}
			if !slices.Equal(w.meter.counted, []metrics.Name{metrics.Rejected}) || !strings.Contains(w.log.String(), "level=ERROR msg=\"record rejected\" event=e1 sequence=1") {
				t.Errorf("counted %v, log %s", w.meter.counted, w.log.String())
			}
		})
	}
}

func TestACaseThatIsGoneIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.wantFailures(t.Context(), t, casesOf("dp_gone"))
	if !strings.Contains(w.log.String(), "level=ERROR") {
		t.Error("nothing is logged")
	}
}

func TestWithoutTimeTheRestIsNamedUntried(t *testing.T) {
	w := newWorld(t)
	ids := []dispute.ID{"dp_1", "dp_2", "dp_3"}
	for _, id := range ids {
		w.learn(t, id)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	deadline, _ := ctx.Deadline()
	w.Closer.Now = func() time.Time { return deadline.Add(-closing.DefaultTerms().NeedsForClose() + time.Second) }
	w.provider.down = errors.New("WooshPay answered 503") // so that the first record needs no time for a close
	w.wantFailures(ctx, t, casesOf(ids...), "2", "3")
	if w.ledger.loads != 1 || !strings.Contains(w.log.String(), "records=2") {
		t.Errorf("%d loads, log %s", w.ledger.loads, w.log.String())
	}
}

func TestWithTimeTheWholeBatchIsWorked(t *testing.T) {
	w := newWorld(t)
	w.learn(t, "dp_1")
	w.learn(t, "dp_2")
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	deadline, _ := ctx.Deadline()
	w.Closer.Now = func() time.Time { return deadline.Add(-closing.DefaultTerms().NeedsForClose() - time.Second) }
	w.wantFailures(ctx, t, casesOf("dp_1", "dp_2"))
}

// The stream sends none, but somebody who invokes the function without an event does.
func TestAnEmptyBatch(t *testing.T) {
	w := newWorld(t)
	w.wantFailures(t.Context(), t, events.DynamoDBEvent{})
	if !strings.Contains(w.log.String(), "the event holds no record of the table's stream") {
		t.Errorf("the log does not say why nothing happens: %s", w.log.String())
	}
}

// Shards are worked concurrently, and a batch may be delivered twice at once. Every case is closed once.
func TestConcurrentBatches(t *testing.T) {
	w := newWorld(t)
	var ids []dispute.ID
	for i := range 20 {
		ids = append(ids, dispute.ID(fmt.Sprint("dp_", i)))
		w.learn(t, ids[i])
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.Handle(t.Context(), casesOf(ids...)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if got := w.state(t, id); got != closing.Closed || w.provider.lost[id] != 1 {
			t.Errorf("%s is %s after %d closes", id, got, w.provider.lost[id])
		}
	}
}
