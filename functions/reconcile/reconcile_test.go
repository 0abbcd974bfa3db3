package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/reconcile"
	"disputecloser/internal/eventfile"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/memory"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is a function and what is around it.
type world struct {
	*reconcile.Handler
	ledger *memory.Ledger
	lister *lister
	log    bytes.Buffer
	now    time.Time
}

func newWorld() *world {
	w := &world{ledger: memory.New(), lister: &lister{}, now: noon}
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	w.Handler = reconcile.New(reconcile.Ports{
		Ledger: w.ledger, Catalogue: reconcile.Catalogue{Client: w.lister, Log: log}, Watcher: silent{},
		Terms: closing.DefaultTerms(), Log: log, Now: func() time.Time { return w.now }, Pause: pause.Before,
	})
	return w
}

func (w *world) run(t *testing.T) (reconcile.Result, error) {
	t.Helper()
	return w.Handle(t.Context(), eventfile.Read[events.EventBridgeEvent](t, "schedule-reconcile"))
}

// lister answers with its pages in turn, and then with its error.
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

func TestArmsWhatNoWebhookTold(t *testing.T) {
	w := newWorld()
	w.know(t, disputes(t, dispute.NeedsResponse, "dp_known")[0])
	w.know(t, disputes(t, dispute.UnderReview, "dp_moved")[0])
	w.lister.pages = []wooshpay.Page{
		{Disputes: disputes(t, dispute.NeedsResponse, "dp_new", "dp_known"), HasMore: true, Next: "dp_known", Unreadable: 1},
		{Disputes: disputes(t, dispute.NeedsResponse, "dp_moved")},
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
}

func TestAFailingListIsLoggedAndReturned(t *testing.T) {
	w := newWorld()
	w.lister.pages = []wooshpay.Page{{Disputes: disputes(t, dispute.NeedsResponse, "dp_1"), HasMore: true, Next: "dp_1"}}
	w.lister.err = errors.New("WooshPay answered 503")
	got, err := w.run(t)
	if !errors.Is(err, w.lister.err) || got.Unannounced != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if !strings.Contains(w.log.String(), "level=ERROR msg=\"reconciliation incomplete\" listed=1") {
		t.Errorf("the log says %s", w.log.String())
	}
}

// A list that promises more and leads nowhere must neither be asked for ever nor end unnoticed.
func TestAListThatLeadsNowhere(t *testing.T) {
	w := newWorld()
	w.lister.pages = []wooshpay.Page{{Disputes: disputes(t, dispute.NeedsResponse, "dp_1"), HasMore: true}}
	got, err := w.run(t)
	if err != nil || got.Listed != 1 || !strings.Contains(w.log.String(), "level=WARN msg=\"list of disputes ends early\"") {
		t.Errorf("got %+v, %v; log %s", got, err, w.log.String())
	}
}

// The next run begins with the newest disputes again: what this one did not read, that one may not read either.
func TestAnIncompleteRunIsAWarning(t *testing.T) {
	terms := closing.DefaultTerms()
	enough := terms.Reserve + 2*terms.Look
	for _, test := range []struct {
		left       time.Duration
		unreadable int
		want       string
	}{
		{enough, 0, "level=INFO"},
		{enough, 1, "level=WARN"},
		{enough - time.Second, 0, "level=WARN"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		deadline, _ := ctx.Deadline()
		w := newWorld()
		w.lister.pages = []wooshpay.Page{{Unreadable: test.unreadable}}
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
