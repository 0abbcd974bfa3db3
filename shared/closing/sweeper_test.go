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

// Cases that cannot be read, however many and however old, do not keep others from being armed, and are not an error of the
// sweep: each is noted, up to a number, and all are counted.
func TestSweepGoesOnPastTheUnreadable(t *testing.T) {
	for unreadable, noted := range map[int]int{1: 1, 20: 20, 250: 20} {
		w := newWorld(t)
		for i := range unreadable {
			w.due(dispute.ID(fmt.Sprintf("dp_bad_%d", i)), time.Hour)
		}
		w.due("dp_good", time.Minute)
		s := closing.Sweeper{Ledger: failing{w.ledger, "dp_bad", closing.ErrUnreadable}, DueIndex: w.ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: w.clock}
		done, err := s.Sweep(t.Context())
		if want := (closing.Swept{Due: unreadable + 1, Armed: 1, Oldest: time.Minute, Unread: unreadable}); err != nil || done != want {
			t.Errorf("swept %+v, %v; want %+v", done, err, want)
		}
		if got := w.noted(closing.NoteUnreadable, ""); got != noted {
			t.Errorf("%d of %d are noted, want %d", got, unreadable, noted)
		}
		if unreadable == 1 {
			w.wantUnreadable("dp_bad_0")
		}
	}
}

// Ten errors mean an outage, which ends the sweep.
func TestAnOutageEndsTheSweep(t *testing.T) {
	outage := fault.Mark(fault.Retryable, errors.New("throttled"))
	for failed, armed := range map[int]int{9: 1, 10: 0} {
		w := newWorld(t)
		for i := range failed {
			w.due(dispute.ID(fmt.Sprintf("dp_bad_%d", i)), time.Hour)
		}
		w.due("dp_good", time.Minute)
		s := closing.Sweeper{Ledger: failing{w.ledger, "dp_bad", outage}, DueIndex: w.ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: w.clock}
		done, err := s.Sweep(t.Context())
		if !errors.Is(err, outage) || done.Armed != armed || done.Unread != 0 || strings.Count(err.Error(), "\n") != failed-1 {
			t.Errorf("%d errors: armed %d, want %d; %v", failed, done.Armed, armed, err)
		}
	}
}

// A sweep leaves the reserve, says that it is not all, and leaves the rest to the next.
func TestSweepEndsInTime(t *testing.T) {
	w := newWorld(t)
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	w.now = deadline.Add(-closing.DefaultTerms().Reserve - 5*time.Second)
	for i := range 3 {
		w.due(dispute.ID(fmt.Sprint("dp_", i)), time.Minute)
	}
	slow := func() time.Time { w.pass(2 * time.Second); return w.now }
	s := closing.Sweeper{Ledger: w.ledger, DueIndex: w.ledger, Watcher: w, Terms: closing.DefaultTerms(), Now: slow}
	if done, err := s.Sweep(ctx); err != nil || !done.Cut || done.Due != 1 || done.Armed != 1 {
		t.Errorf("swept %+v, %v", done, err)
	}
}

// due stores a case that has been due for some time.
func (w *world) due(id dispute.ID, since time.Duration) {
	w.t.Helper()
	if _, err := w.ledger.Save(w.t.Context(), closing.Case{ID: id, State: closing.Open, DueAt: w.now.Add(-since)}, closing.Tally{}); err != nil {
		w.t.Fatal(err)
	}
}
