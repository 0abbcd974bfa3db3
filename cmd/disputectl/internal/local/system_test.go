package local_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// flaky is a ledger that fails as many loads as are ordered.
type flaky struct {
	*memory.Ledger
	failures int
}

func (f *flaky) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if f.failures > 0 {
		f.failures--
		return closing.Case{}, fault.Mark(fault.Retryable, errors.New("throttled"))
	}
	return f.Ledger.Load(ctx, id)
}

// heard counts the notes of each kind.
type heard map[closing.Kind]int

func (h heard) Note(_ context.Context, n closing.Note) { h[n.Kind]++ }

type world struct {
	*local.System
	t      *testing.T
	at     time.Time
	ledger *flaky
	notes  heard
}

func newWorld(t *testing.T) *world {
	checked := source.Check("policy.yaml", local.PolicyYAML)
	if !checked.OK(true) {
		t.Fatal(checked.Findings)
	}
	rules, err := policy.Compile(checked.Document)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), ledger: &flaky{Ledger: memory.New()}, notes: heard{}}
	ledgertest.TurnOn(t, w.ledger)
	claims := 0
	w.System, err = local.Start(t.Context(), local.Parts{
		Addr: "127.0.0.1:0", Ledger: w.ledger, Policy: rules, Watcher: w.notes, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return w.at }, NewID: func() string { claims++; return fmt.Sprint(claims) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) opens(id dispute.ID, amount int64) {
	w.t.Helper()
	if _, err := w.Sandbox.Open(sandbox.Dispute{ID: id, Amount: amount, Charge: "ch_1"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) work(wantFailed int) {
	w.t.Helper()
	if failed, err := w.Work(w.t.Context()); err != nil || failed != wantFailed {
		w.t.Fatalf("work: %d failed, %v; want %d", failed, err, wantFailed)
	}
}

func (w *world) sweep() {
	w.t.Helper()
	if _, err := w.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func TestAWebhookReachesTheCloser(t *testing.T) {
	w := newWorld(t)
	w.opens("dp_1", 1200)
	for _, sent := range w.Deliver(t.Context()) {
		if !sent.Acknowledged() {
			t.Errorf("answered %d, %v", sent.Status, sent.Err)
		}
	}
	w.work(0)
	w.at = w.at.Add(30 * time.Second)
	w.sweep()
	w.work(0)
	if closes := w.Sandbox.Closes(); len(closes["dp_1"]) != 1 || w.notes[closing.NoteClosed] != 1 {
		t.Errorf("closes %v, notes %v", closes, w.notes)
	}
}

// TestOnlyArmedCasesReachTheCloser: the closer's own saves put the case down, and must not start it again.
func TestOnlyArmedCasesReachTheCloser(t *testing.T) {
	w := newWorld(t)
	w.opens("dp_1", 48000)
	w.Deliver(t.Context())
	w.work(0)
	w.work(0)
	if n := w.notes[closing.NoteDecided]; n != 1 {
		t.Errorf("decided %d times", n)
	}
}

func TestWhatTheCloserFailsOnComesBackWithTheSweep(t *testing.T) {
	w := newWorld(t)
	w.opens("dp_1", 48000)
	w.Deliver(t.Context())
	w.ledger.failures = 1
	w.work(1)
	w.work(0)
	if n := w.notes[closing.NoteDecided]; n != 0 {
		t.Fatalf("decided %d times without a sweep", n)
	}
	w.at = w.at.Add(time.Minute)
	w.sweep()
	w.work(0)
	if n := w.notes[closing.NoteDecided]; n != 1 {
		t.Errorf("decided %d times", n)
	}
}

func TestManyCasesComeInBatches(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		w.opens(dispute.ID(fmt.Sprint("dp_", i)), 48000)
	}
	w.Deliver(t.Context())
	w.work(0)
	if n := w.notes[closing.NoteDecided]; n != 25 {
		t.Errorf("decided %d times", n)
	}
}

func TestReconcileFindsTheUnannounced(t *testing.T) {
	w := newWorld(t)
	if _, err := w.Sandbox.OpenSilently(sandbox.Dispute{ID: "dp_1", Amount: 1200}); err != nil {
		t.Fatal(err)
	}
	found, err := w.Reconcile(t.Context())
	if err != nil || found.Unannounced != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	w.work(0)
	if n := w.notes[closing.NoteDecided]; n != 1 {
		t.Errorf("decided %d times", n)
	}
}
