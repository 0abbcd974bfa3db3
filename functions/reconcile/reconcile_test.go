package reconcile_test

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

	"disputecloser/functions/reconcile"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is the function with its fakes.
type world struct {
	*reconcile.Handler
	ledger *memory.Ledger
	lister *lister
	meter  meter
	log    bytes.Buffer
	now    time.Time
}

func newWorld() *world {
	w := &world{ledger: memory.New(), lister: &lister{}, now: noon}
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	w.Handler = &reconcile.Handler{
		Reconciler: closing.Reconciler{
			Ledger: w.ledger, Store: w.ledger, List: reconcile.DisputeList{Client: w.lister}, Span: reconcile.Span, Watcher: silent{},
			Terms: closing.DefaultTerms(), Now: func() time.Time { return w.now }, Pause: pause.Before,
		},
		Meter: &w.meter, Log: log,
	}
	return w
}

func (w *world) run(t *testing.T) (reconcile.Result, error) {
	t.Helper()
	return w.Handle(t.Context(), eventfile.Read[events.EventBridgeEvent](t, "schedule-reconcile"))
}

// lister returns its pages in turn, and then its error.
type lister struct {
	pages   []wooshpay.Page
	err     error
	queries []wooshpay.ListQuery
}

func (l *lister) List(_ context.Context, q wooshpay.ListQuery) (wooshpay.Page, error) {
	l.queries = append(l.queries, q)
	if len(l.pages) == 0 {
		return wooshpay.Page{}, l.err
	}
	page := l.pages[0]
	l.pages = l.pages[1:]
	return page, nil
}

// meter keeps what was counted.
type meter []metrics.Name

func (m *meter) Count(name metrics.Name) { *m = append(*m, name) }

type silent struct{}

func (silent) Note(context.Context, closing.Note) {}

func disputes(t *testing.T, status dispute.Status, ids ...string) []dispute.Dispute {
	t.Helper()
	var all []dispute.Dispute
	for _, id := range ids {
		d, err := dispute.Parse(fmt.Appendf(nil, `{"id":%q,"amount":1200,"currency":"usd","status":%q}`, id, status))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func (w *world) know(t *testing.T, d dispute.Dispute) {
	t.Helper()
	c := closing.Case{ID: d.ID, State: closing.Open, Dispute: d, ObservedAt: noon, DueAt: noon.Add(time.Hour)}
	if _, err := w.ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

func TestArmsWhatNoWebhookAnnounced(t *testing.T) {
	w := newWorld()
	w.know(t, disputes(t, dispute.NeedsResponse, "dp_known")[0])
	w.know(t, disputes(t, dispute.UnderReview, "dp_moved")[0])
	w.lister.pages = []wooshpay.Page{
		{Disputes: disputes(t, dispute.NeedsResponse, "dp_new", "dp_known"), HasMore: dispute.Known(true), Next: "dp_known", Unreadable: 1},
		{Disputes: disputes(t, dispute.NeedsResponse, "dp_moved"), HasMore: dispute.Known(false)},
	}
	got, err := w.run(t)
	if want := (reconcile.Result{Listed: 3, Unreadable: 1, Unannounced: 1, Differing: 1}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for id, want := range map[dispute.ID]bool{"dp_new": true, "dp_moved": true, "dp_known": false} {
		c, err := w.ledger.Load(t.Context(), id)
		if err != nil || c.Armed() != want {
			t.Errorf("%s is armed: %t, want %t; %v", id, c.Armed(), want, err)
		}
	}
	if len(w.lister.queries) != 2 || w.lister.queries[0].CreatedFrom != noon.Add(-reconcile.Span) ||
		w.lister.queries[0].StartingAfter != "" || w.lister.queries[1].StartingAfter != "dp_known" {
		t.Errorf("asked %+v", w.lister.queries)
	}
	w.wantCounted(t, metrics.Reconciled)
	if !strings.Contains(w.log.String(), "msg=reconciled listed=3 unreadable=1 unannounced=1 differing=1") {
		t.Errorf("the log says %s", w.log.String())
	}
}

func TestAnUnavailableListIsNoError(t *testing.T) {
	w := newWorld()
	w.lister.err = fmt.Errorf("list disputes: %w: 404", wooshpay.ErrListUnavailable)
	got, err := w.run(t)
	if err != nil || !got.Unavailable || !strings.Contains(w.log.String(), "unavailable=true") {
		t.Errorf("got %+v, %v; log %s", got, err, w.log.String())
	}
	w.wantCounted(t, metrics.ListUnavailable, metrics.Reconciled)
}

func (w *world) wantCounted(t *testing.T, want ...metrics.Name) {
	t.Helper()
	if !slices.Equal(w.meter, want) {
		t.Errorf("counted %v, want %v", w.meter, want)
	}
}

func TestAFailingListIsLoggedAndReturned(t *testing.T) {
	w := newWorld()
	w.lister.pages = []wooshpay.Page{{Disputes: disputes(t, dispute.NeedsResponse, "dp_1"), HasMore: dispute.Known(true), Next: "dp_1"}}
	w.lister.err = errors.New("WooshPay answered 503")
	got, err := w.run(t)
	if !errors.Is(err, w.lister.err) || got.Unannounced != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if !strings.Contains(w.log.String(), "level=ERROR msg=\"reconciliation incomplete\" listed=1") {
		t.Errorf("the log says %s", w.log.String())
	}
	w.wantCounted(t, metrics.ListCut)
}

// A list that was not read to its end is an error line and a metric, but not a failed run: repeated at once, the run would
// get no further.
func TestACutListIsVisibleAndNotRepeated(t *testing.T) {
	one := disputes(t, dispute.NeedsResponse, "dp_1")
	more := wooshpay.Page{Disputes: one, HasMore: dispute.Known(true), Next: "dp_1"}
	for cut, pages := range map[string][]wooshpay.Page{
		"repeats itself":                {more, more},
		"does not say where it goes on": {more, {HasMore: dispute.Known(true)}},
	} {
		w := newWorld()
		w.lister.pages = pages
		got, err := w.run(t)
		if err != nil || got.Listed != 1 || !strings.Contains(got.Cut, cut) || len(w.lister.queries) != 2 {
			t.Errorf("%s: got %+v, %v", cut, got, err)
		}
		if log := w.log.String(); !strings.Contains(log, "level=ERROR msg=reconciled listed=1") || !strings.Contains(log, cut) {
			t.Errorf("%s: the log says %s", cut, log)
		}
		w.wantCounted(t, metrics.ListCut, metrics.Reconciled)
	}
}

// A list that fails counts as cut, and is also an error.
func TestAListThatFailsIsCut(t *testing.T) {
	w := newWorld()
	w.lister.err = errors.New("WooshPay answered 503")
	if got, err := w.run(t); err == nil || got.Cut == "" || !slices.Equal(w.meter, []metrics.Name{metrics.ListCut}) {
		t.Errorf("got %+v, %v; counted %v", got, err, w.meter)
	}
}

// Only a permanent refusal of a later page means a refused cursor; one of the first page, or an outage, does not.
func TestARefusedCursor(t *testing.T) {
	for _, test := range []struct {
		cursor  string
		class   fault.Class
		refused bool
	}{
		{"dp_1", fault.Permanent, true}, {"", fault.Permanent, false}, {"dp_1", fault.Retryable, false}, {"dp_1", fault.Ambiguous, false},
	} {
		l := &lister{err: fault.Mark(test.class, errors.New("WooshPay answered 4xx"))}
		_, err := reconcile.DisputeList{Client: l}.List(t.Context(), noon, test.cursor)
		if !errors.Is(err, l.err) || errors.Is(err, closing.ErrCursorRefused) != test.refused {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// A run that ends before the list does is an error line. Unreadable entries are a warning.
func TestTheLevelOfARun(t *testing.T) {
	terms := closing.DefaultTerms()
	enough := terms.Reserve + 2*terms.Look
	for _, test := range []struct {
		left       time.Duration
		unreadable int
		want       string
	}{
		{enough, 0, "level=INFO"},
		{enough, 1, "level=WARN"},
		{enough - time.Second, 0, "level=ERROR"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		deadline, _ := ctx.Deadline()
		w := newWorld()
		w.lister.pages = []wooshpay.Page{{Unreadable: test.unreadable, HasMore: dispute.Known(false)}}
		w.now = deadline.Add(-test.left)
		if _, err := w.Handle(ctx, events.EventBridgeEvent{}); err != nil {
			t.Fatal(err)
		}
		cancel()
		if log := w.log.String(); !strings.Contains(log, test.want+" msg=reconciled") {
			t.Errorf("with %s left, %d unreadable: want %s: %s", test.left, test.unreadable, test.want, log)
		}
	}
}
