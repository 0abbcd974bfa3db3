package ledgertest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

var versions = []Check{
	{"an unknown case is not found", unknownCase},
	{"a save returns what is stored", saveReturns},
	{"a save on a stale version conflicts", staleSave},
	{"a save on a version that never was conflicts", futureSave},
	{"one of many creates a case", raceCreate},
	{"no update is lost", raceUpdate},
	{"an event delivered to many is learned once", raceDuplicates},
	{"a done context stores nothing", doneContext},
}

func unknownCase(t testing.TB, s Store) {
	_, err := s.Load(t.Context(), "dp_unknown")
	wantErr(t, err, closing.ErrNotFound)
}

func saveReturns(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	for version := range int64(3) {
		saved := save(t, s, c)
		if saved.Version != version+1 {
			t.Errorf("Save returned version %d, want %d", saved.Version, version+1)
		}
		WantCase(t, load(t, s, c.ID), saved)
		c = saved
		c.LastError += "again "
	}
}

func staleSave(t testing.TB, s Store) {
	first := save(t, s, sample(t, "dp_1"))
	newer := first
	newer.LastError = "newer"
	newer = save(t, s, newer)
	for _, stale := range []closing.Case{sample(t, "dp_1"), first} {
		stale.LastError = "stale"
		_, err := s.Save(t.Context(), stale, noTally)
		wantErr(t, err, closing.ErrConflict)
	}
	WantCase(t, load(t, s, first.ID), newer)
}

func futureSave(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	c.Version = 7
	_, err := s.Save(t.Context(), c, noTally)
	wantErr(t, err, closing.ErrConflict)
	_, err = s.Load(t.Context(), c.ID)
	wantErr(t, err, closing.ErrNotFound)
}

func raceCreate(t testing.TB, s Store) {
	var winners atomic.Int64
	c := sample(t, "dp_1")
	race(workers, func(int) {
		err := insist(func() error { _, err := s.Save(t.Context(), c, noTally); return err })
		if err == nil {
			winners.Add(1)
		} else if !errors.Is(err, closing.ErrConflict) {
			t.Errorf("Save: %v", err)
		}
	})
	if winners.Load() != 1 {
		t.Errorf("%d workers created the case, want 1", winners.Load())
	}
	if v := load(t, s, c.ID).Version; v != 1 {
		t.Errorf("the case has version %d, want 1", v)
	}
}

func raceUpdate(t testing.TB, s Store) {
	const each = 3
	id := save(t, s, sample(t, "dp_1")).ID
	race(workers, func(int) {
		for range each {
			if err := untilStored(t.Context(), s, id, func(c *closing.Case) bool { c.FailedLooks++; return true }); err != nil {
				t.Errorf("Save: %v", err)
			}
		}
	})
	if got := load(t, s, id).FailedLooks; got != workers*each {
		t.Errorf("%d of %d updates are stored", got, workers*each)
	}
}

func raceDuplicates(t testing.TB, s Store) {
	id := save(t, s, sample(t, "dp_1")).ID
	learn := func(c *closing.Case) bool {
		if slices.Contains(c.Seen, "evt_1") {
			return false
		}
		c.Seen = append(c.Seen, "evt_1")
		return true
	}
	race(workers, func(int) {
		if err := untilStored(t.Context(), s, id, learn); err != nil {
			t.Errorf("Save: %v", err)
		}
	})
	c := load(t, s, id)
	if !slices.Equal(c.Seen, []string{"evt_1"}) || c.Version != 2 {
		t.Errorf("the case saw %q at version %d, want evt_1 once at version 2", c.Seen, c.Version)
	}
}

// untilStored loads, changes and saves until no conflict is left, or the change has nothing to store.
func untilStored(ctx context.Context, s Store, id dispute.ID, change func(*closing.Case) bool) error {
	for {
		err := insist(func() error {
			c, err := s.Load(ctx, id)
			if err != nil || !change(&c) {
				return err
			}
			runtime.Gosched() // lets others load the same version, however fast the store
			_, err = s.Save(ctx, c, noTally)
			return err
		})
		if !errors.Is(err, closing.ErrConflict) {
			return err
		}
	}
}

func doneContext(t testing.TB, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := sample(t, "dp_1")
	_, saveErr := s.Save(ctx, c, noTally)
	_, claimErr := s.Claim(ctx, claimed(c, "claim"), roomy(1))
	for _, err := range []error{saveErr, claimErr} {
		if err == nil || fault.Of(err) != fault.Retryable {
			t.Errorf("got error %v (%v), want a retryable one", err, fault.Of(err))
		}
	}
	_, err := s.Load(t.Context(), c.ID)
	wantErr(t, err, closing.ErrNotFound)
}
