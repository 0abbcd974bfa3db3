package closer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/closer"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
)

// theID is the dispute of events/stream-armed.json.
const theID dispute.ID = "dp_1497123612345438208"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is the function with its fakes.
type world struct {
	*closer.Handler
	ledger   *ledger
	provider *provider
	meter    *meter
	notes    notes
	log      bytes.Buffer
}

func newWorld(t testing.TB) *world {
	w := &world{ledger: &ledger{Ledger: memory.New()}, provider: &provider{charge: "ch_1"}, meter: &meter{}}
	ledgertest.TurnOn(t, w.ledger)
	var ids counter
	w.Handler = &closer.Handler{
		Closer: closing.Closer{
			Ledger: w.ledger, Provider: w.provider, Judge: closing.Judge{Policy: closeAtOnce(t)}, Watcher: &w.notes,
			Terms: closing.DefaultTerms(), Now: func() time.Time { return noon }, NewID: func() string { return fmt.Sprint("claim-", ids.next()) },
		},
		Meter: w.meter, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	return w
}

// closeAtOnce closes small disputes, without grace.
func closeAtOnce(t testing.TB) *policy.Policy {
	t.Helper()
	most, after := int64(1500), policy.Duration(0)
	p, err := policy.Compile(policy.Document{
		Mode:    policy.Live,
		Ceiling: map[string]int64{"usd": 5000},
		Budget:  policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 1000, Amount: 5_000_000}}, Failures: 5},
		Rules: []policy.Rule{{
			Name: "small", Then: policy.Close, After: &after,
			If: policy.Conditions{Amount: map[string]policy.Bounds{"usd": {AtMost: &most}}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// learn stores and arms a dispute as a webhook does.
func (w *world) learn(t testing.TB, id dispute.ID) {
	t.Helper()
	d, _, err := w.provider.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	learner := closing.Learner{Ledger: w.ledger.Ledger, Watcher: silent{}, Now: func() time.Time { return noon }, Pause: pause.Before}
	if _, err := learner.Learn(t.Context(), closing.News{Dispute: d, At: noon, From: "test"}); err != nil {
		t.Fatal(err)
	}
	w.provider.gets = 0
}

func (w *world) state(t testing.TB, id dispute.ID) closing.State {
	t.Helper()
	c, err := w.ledger.Ledger.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

// wantFailures works a batch and compares what it names as failed.
func (w *world) wantFailures(ctx context.Context, t testing.TB, batch events.DynamoDBEvent, want ...string) {
	t.Helper()
	got, err := w.Handle(ctx, batch)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range got.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	if !slices.Equal(failed, want) {
		t.Errorf("failed %v, want %v; log: %s", failed, want, w.log.String())
	}
}

// fromFile reads the stream event of the file.
func fromFile(t testing.TB) events.DynamoDBEvent {
	t.Helper()
	return eventfile.Read[events.DynamoDBEvent](t, "stream-armed")
}

// batchOf has a record for each key; its sequence numbers count from 1.
func batchOf(keys ...string) events.DynamoDBEvent {
	var batch events.DynamoDBEvent
	for i, key := range keys {
		batch.Records = append(batch.Records, events.DynamoDBEventRecord{
			EventName: "MODIFY",
			Change: events.DynamoDBStreamRecord{
				Keys:           map[string]events.DynamoDBAttributeValue{"pk": events.NewStringAttribute(key)},
				SequenceNumber: fmt.Sprint(i + 1),
			},
		})
	}
	return batch
}

func casesOf(ids ...dispute.ID) events.DynamoDBEvent {
	var keys []string
	for _, id := range ids {
		keys = append(keys, dynamo.KeyOf(id))
	}
	return batchOf(keys...)
}

// ledger counts calls, and fails on demand.
type ledger struct {
	*memory.Ledger
	mu                   sync.Mutex
	loads, claims, saves int
	failing, unread      dispute.ID
}

var errDown = errors.New("DynamoDB is throttled")

func (l *ledger) count(n *int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*n++
}

func (l *ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	l.count(&l.loads)
	if id == l.failing {
		return closing.Case{}, errDown
	}
	if id == l.unread {
		return closing.Case{}, &closing.UnreadableError{ID: id, Err: errors.New("version: there is none")}
	}
	return l.Ledger.Load(ctx, id)
}

func (l *ledger) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	l.count(&l.saves)
	return l.Ledger.Save(ctx, c, t)
}

func (l *ledger) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	l.count(&l.claims)
	return l.Ledger.Claim(ctx, c, b)
}

// provider is a WooshPay whose disputes are all small, and open until they are closed.
type provider struct {
	mu                   sync.Mutex
	gets, charges, posts int
	lost                 map[dispute.ID]int
	charge               string
	down                 error
	dueBy                time.Time
}

func (p *provider) Get(_ context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gets++
	if p.down != nil {
		return dispute.Dispute{}, time.Time{}, p.down
	}
	d, err := p.shown(id)
	return d, time.Time{}, err
}

func (p *provider) shown(id dispute.ID) (dispute.Dispute, error) {
	status := dispute.NeedsResponse
	if p.lost[id] > 0 {
		status = dispute.Lost
	}
	due := ""
	if !p.dueBy.IsZero() {
		due = fmt.Sprintf(`,"evidence_details":{"due_by":%d}`, p.dueBy.UnixMilli())
	}
	return dispute.Parse(fmt.Appendf(nil, `{"id":%q,"amount":1200,"currency":"usd","status":%q,"livemode":false,"charge":%q%s}`, id, status, p.charge, due))
}

func (p *provider) GetCharge(_ context.Context, id string) (dispute.Charge, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.charges++
	return dispute.Charge{ID: id, Refunded: dispute.Known(false)}, nil
}

func (p *provider) Close(_ context.Context, id dispute.ID, _ time.Time) (dispute.Dispute, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts++
	if p.lost == nil {
		p.lost = map[dispute.ID]int{}
	}
	p.lost[id]++
	return p.shown(id)
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

type meter struct {
	mu      sync.Mutex
	counted []metrics.Name
	gauges  []string
}

// Put keeps a gauge as "Name{dimension}=value".
func (m *meter) Put(name metrics.Name, value int64, by metrics.Dimension) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gauges = append(m.gauges, fmt.Sprintf("%s{%s}=%d", name, by.Value, value))
}

func (m *meter) Count(name metrics.Name) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted = append(m.counted, name)
}

type silent struct{}

func (silent) Note(context.Context, closing.Note) {}

// notes keeps what is noted.
type notes struct {
	mu  sync.Mutex
	all []closing.Note
}

func (n *notes) Note(_ context.Context, note closing.Note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, note)
}
