package sweep_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/sweep"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is the function with its fakes.
type world struct {
	*sweep.Handler
	ledger *ledger
	meter  meter
	log    bytes.Buffer
}

func newWorld() *world {
	w := &world{ledger: &ledger{Ledger: memory.New()}}
	w.Handler = &sweep.Handler{
		Sweeper: closing.Sweeper{
			Ledger: w.ledger, DueIndex: w.ledger, Watcher: silent{}, Terms: closing.DefaultTerms(), Now: func() time.Time { return noon },
		},
		Switch: w.ledger, Meter: &w.meter, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	return w
}

// due stores a case that has been due for a time, or, if the time is negative, will be due.
func (w *world) due(t *testing.T, id dispute.ID, since time.Duration) {
	t.Helper()
	c := closing.Case{ID: id, State: closing.Open, DueAt: noon.Add(-since)}
	if _, err := w.ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

func scheduled(t *testing.T) events.EventBridgeEvent {
	t.Helper()
	return eventfile.Read[events.EventBridgeEvent](t, "schedule-sweep")
}

// ledger fails on demand, when it lists or loads one case.
type ledger struct {
	*memory.Ledger
	listErr, switchErr error
	broken             dispute.ID
	// unread is a case that cannot be read.
	unread dispute.ID
}

var errDown = errors.New("DynamoDB is throttled")

func (l *ledger) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	if l.listErr != nil {
		return nil, "", l.listErr
	}
	return l.Ledger.Due(ctx, before, limit, cursor)
}

func (l *ledger) Control(ctx context.Context) (closing.Control, error) {
	if l.switchErr != nil {
		return closing.Control{}, l.switchErr
	}
	return l.Ledger.Control(ctx)
}

func (l *ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if id == l.broken {
		return closing.Case{}, errDown
	}
	if id == l.unread {
		return closing.Case{}, &closing.UnreadableError{ID: id, Err: errors.New("version: there is none")}
	}
	return l.Ledger.Load(ctx, id)
}

// meter keeps gauges as "Name=value".
type meter []string

func (m *meter) Put(name metrics.Name, value int64, _ metrics.Dimension) {
	*m = append(*m, fmt.Sprintf("%s=%d", name, value))
}

type silent struct{}

func (silent) Note(context.Context, closing.Note) {}

func (w *world) armed(t *testing.T, id dispute.ID) bool {
	t.Helper()
	c, err := w.ledger.Ledger.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Armed()
}

func (w *world) wantGauges(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(w.meter, want) {
		t.Errorf("gauges %v, want %v", w.meter, want)
	}
}

func TestArmsWhatIsDue(t *testing.T) {
	w := newWorld()
	w.due(t, "dp_1", time.Hour)
	w.due(t, "dp_2", time.Minute)
	w.due(t, "dp_later", -time.Minute)
	got, err := w.Handle(t.Context(), scheduled(t))
	if want := (sweep.Result{Due: 2, Armed: 2, OldestSeconds: 3600}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	w.wantGauges(t, "Due=2", "OldestDueSeconds=3600", "ClosingOn=0")
	if !w.armed(t, "dp_1") || !w.armed(t, "dp_2") || w.armed(t, "dp_later") {
		t.Error("armed something else than what was due")
	}
	if !strings.Contains(w.log.String(), "level=INFO msg=swept due=2 armed=2 oldest_seconds=3600 unread=0 cut=false") {
		t.Errorf("the log says %s", w.log.String())
	}
}

func TestNothingDueIsRecordedToo(t *testing.T) {
	w := newWorld()
	if _, err := w.Handle(t.Context(), scheduled(t)); err != nil {
		t.Fatal(err)
	}
	w.wantGauges(t, "Due=0", "OldestDueSeconds=0", "ClosingOn=0")
}

func TestACaseThatCannotBeArmedDoesNotStopTheOthers(t *testing.T) {
	w := newWorld()
	w.due(t, "dp_1", time.Hour)
	w.due(t, "dp_2", time.Minute)
	w.due(t, "dp_3", time.Second)
	w.ledger.broken = "dp_1"
	got, err := w.Handle(t.Context(), scheduled(t))
	if !errors.Is(err, errDown) || got.Armed != 2 || !w.armed(t, "dp_2") || !w.armed(t, "dp_3") {
		t.Errorf("got %+v, %v; armed %t %t", got, err, w.armed(t, "dp_2"), w.armed(t, "dp_3"))
	}
	w.wantGauges(t, "Due=3", "OldestDueSeconds=60", "ClosingOn=0")
	if !strings.Contains(w.log.String(), "level=ERROR msg=\"sweep incomplete\"") || !strings.Contains(w.log.String(), "dp_1") {
		t.Errorf("the log says %s", w.log.String())
	}
}

// An unreadable case is reported, but does not fail the sweep: the gauges are those of the other cases.
func TestACaseThatCannotBeReadIsNoFailure(t *testing.T) {
	w := newWorld()
	w.due(t, "dp_1", time.Hour)
	w.due(t, "dp_2", time.Minute)
	w.ledger.unread = "dp_1"
	got, err := w.Handle(t.Context(), scheduled(t))
	if want := (sweep.Result{Due: 2, Armed: 1, OldestSeconds: 60, Unread: 1}); err != nil || got != want || !w.armed(t, "dp_2") {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	w.wantGauges(t, "Due=2", "OldestDueSeconds=60", "ClosingOn=0")
	if log := w.log.String(); !strings.Contains(log, "level=INFO msg=swept due=2 armed=1") || !strings.Contains(log, "unread=1") {
		t.Errorf("the log says %s", log)
	}
}

// A gauge of zero would say that all is well.
func TestAnUnreadableIndexRecordsNoGaugeOfIt(t *testing.T) {
	w := newWorld()
	w.ledger.listErr = errDown
	if _, err := w.Handle(t.Context(), scheduled(t)); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	w.wantGauges(t, "ClosingOn=0")
}

func TestRecordsWhetherClosingIsOn(t *testing.T) {
	w := newWorld()
	ledgertest.TurnOn(t, w.ledger)
	run := func(want ...string) {
		t.Helper()
		w.meter = nil
		if _, err := w.Handle(t.Context(), scheduled(t)); err != nil {
			t.Fatal(err)
		}
		w.wantGauges(t, append([]string{"Due=0", "OldestDueSeconds=0"}, want...)...)
	}
	run("ClosingOn=1")
	if err := w.ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: "ada", Why: "why", At: noon}); err != nil {
		t.Fatal(err)
	}
	run("ClosingOn=0")
	w.ledger.switchErr = errDown
	run()
	if !strings.Contains(w.log.String(), "level=WARN msg=\"whether closing is on was not read\"") {
		t.Errorf("the log says %s", w.log.String())
	}
}
