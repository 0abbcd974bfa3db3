package closing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Where nobody works, sweeping again and again must not hide for how long.
func TestSweepTellsHowLongNobodyWorks(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.event("evt_1")
	var oldest time.Duration
	for range 12 {
		w.pass(5 * time.Minute)
		oldest = w.sweep().Oldest
	}
	if oldest != time.Hour {
		t.Fatalf("after an hour without a closer, the oldest has been due for %s", oldest)
	}
	w.work()
	w.pass(5 * time.Minute)
	if done := w.sweep(); done.Oldest != 0 {
		t.Fatalf("the case was worked: %+v", done)
	}
}

// failing is a ledger that cannot load some cases.
type failing struct {
	closing.Ledger
	ids string
	err error
}

func (f failing) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if strings.HasPrefix(string(id), f.ids) {
		return closing.Case{}, fmt.Errorf("load case %s: %w", id, f.err)
	}
	return f.Ledger.Load(ctx, id)
}

// Cases that cannot be read, however many and however old, keep no other from being armed; an outage ends the sweep.
func TestSweepGoesOnPastTheUnreadable(t *testing.T) {
	outage := fault.Mark(fault.Retryable, errors.New("throttled"))
	for _, c := range []struct {
		err   error
		armed int
	}{{closing.ErrUnreadable, 1}, {outage, 0}} {
		w := newWorld(t)
		for i := range 250 {
			w.due(dispute.ID(fmt.Sprintf("dp_bad_%d", i)), time.Hour)
		}
		w.due("dp_good", time.Minute)
		s := closing.Sweeper{Ledger: failing{w.ledger, "dp_bad", c.err}, Agenda: w.ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: w.clock}
		done, err := s.Sweep(t.Context())
		if done.Armed != c.armed || !errors.Is(err, c.err) {
			t.Errorf("%v: armed %d, want %d; %v", c.err, done.Armed, c.armed, err)
		}
		if lines := strings.Count(err.Error(), "\n") + 1; lines > 21 {
			t.Errorf("%v: the error has %d lines", c.err, lines)
		}
	}
}

// due stores a case that has been due for some time.
func (w *world) due(id dispute.ID, since time.Duration) {
	w.t.Helper()
	if _, err := w.ledger.Save(w.t.Context(), closing.Case{ID: id, State: closing.Open, DueAt: w.now.Add(-since)}, closing.Tally{}); err != nil {
		w.t.Fatal(err)
	}
}
