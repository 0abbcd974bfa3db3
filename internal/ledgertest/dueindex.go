package ledgertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// shardsMax is the most shards that a ledger may spread its due index over.
const shardsMax = 16

var dueIndex = []Check{
	{"an empty due index is one empty page", emptyDueIndex},
	{"a case is due from its very nanosecond", dueBoundary},
	{"pages hold every due case once", duePages},
	{"the case due first is on the first page", dueFirst},
	{"many cases due at once are all listed", dueTogether},
	{"a case is listed at its newest date only", dueMoves},
	{"a finished case is not listed", dueFinished},
	{"unusual ids survive the cursor", dueUnusual},
	{"a refused save or claim moves no date", dueRefused},
	{"bad limits and cursors are refused", dueRefusals},
}

// walk lists everything due, checking what holds for every page.
func walk(t testing.TB, s Store, before time.Time, limit int) []closing.Due {
	t.Helper()
	var all []closing.Due
	cursor := ""
	for range 1000 {
		page, next, err := s.Due(t.Context(), before, limit, cursor)
		if err != nil {
			t.Fatalf("Due: %v", err)
		}
		if len(page) > limit {
			t.Errorf("a page of %d entries, limit %d", len(page), limit)
		}
		if len(page) == 0 && next != "" {
			t.Errorf("an empty page that is not the last")
		}
		if !slices.IsSortedFunc(page, func(a, b closing.Due) int { return a.At.Compare(b.At) }) {
			t.Errorf("a page is not in order: %v", page)
		}
		all = append(all, page...)
		if next == "" {
			return all
		}
		cursor = next
	}
	t.Fatalf("the listing does not end")
	return nil
}

// dates checks for duplicates and returns when each listed case is due.
func dates(t testing.TB, list []closing.Due) map[dispute.ID]string {
	t.Helper()
	at := map[dispute.ID]string{}
	for _, d := range list {
		if _, twice := at[d.ID]; twice {
			t.Errorf("%s is listed twice", d.ID)
		}
		at[d.ID] = d.At.UTC().Format(time.RFC3339Nano)
	}
	return at
}

func wantDue(t testing.TB, s Store, before time.Time, limit int, want map[dispute.ID]time.Time) {
	t.Helper()
	got := dates(t, walk(t, s, before, limit))
	for id, at := range want {
		if got[id] != at.UTC().Format(time.RFC3339Nano) {
			t.Errorf("%s is listed at %q, want %v", id, got[id], at)
		}
		delete(got, id)
	}
	if len(got) > 0 {
		t.Errorf("listed beyond what is due: %v", got)
	}
}

func saveDue(t testing.TB, s Store, id string, at time.Time) closing.Case {
	t.Helper()
	c := sample(t, id)
	c.DueAt = at
	return save(t, s, c)
}

func emptyDueIndex(t testing.TB, s Store) {
	page, next, err := s.Due(t.Context(), noon, 10, "")
	if len(page) != 0 || next != "" || err != nil {
		t.Errorf("Due: got %v, %q, %v, want nothing", page, next, err)
	}
}

func dueBoundary(t testing.TB, s Store) {
	saveDue(t, s, "dp_1", noon)
	wantDue(t, s, noon.Add(-1), 10, nil)
	wantDue(t, s, noon, 10, map[dispute.ID]time.Time{"dp_1": noon})
	wantDue(t, s, noon.Add(1).In(time.FixedZone("east", 3600)), 10, map[dispute.ID]time.Time{"dp_1": noon})
}

func duePages(t testing.TB, s Store) {
	want := map[dispute.ID]time.Time{}
	for i := range 40 {
		id, at := fmt.Sprintf("dp_%02d", i), noon.Add(time.Duration(i*37%40)*time.Second)
		saveDue(t, s, id, at)
		if !at.After(noon.Add(29 * time.Second)) {
			want[dispute.ID(id)] = at
		}
	}
	for _, limit := range []int{1, 3, 7, 30, 31, 1000} {
		wantDue(t, s, noon.Add(29*time.Second), limit, want)
	}
}

func dueFirst(t testing.TB, s Store) {
	for i := range 40 {
		saveDue(t, s, fmt.Sprintf("dp_%02d", i), noon.Add(time.Duration(40-i)*time.Second))
	}
	page, _, err := s.Due(t.Context(), noon.Add(time.Hour), shardsMax, "")
	if err != nil || len(page) == 0 {
		t.Fatalf("Due: got %v, %v, want a page", page, err)
	}
	if page[0].ID != "dp_39" {
		t.Errorf("the first page begins with %v, want dp_39", page[0])
	}
}

func dueTogether(t testing.TB, s Store) {
	want := map[dispute.ID]time.Time{}
	for i := range 25 {
		id := fmt.Sprint("dp_", i)
		saveDue(t, s, id, noon)
		want[dispute.ID(id)] = noon
	}
	wantDue(t, s, noon, 4, want)
}

func dueMoves(t testing.TB, s Store) {
	c := saveDue(t, s, "dp_1", noon)
	for _, at := range []time.Time{noon.Add(time.Hour), noon.Add(-time.Hour), noon.Add(time.Nanosecond)} {
		c.DueAt = at
		c = save(t, s, c)
		wantDue(t, s, at.Add(-1), 10, nil)
		wantDue(t, s, noon.Add(2*time.Hour), 10, map[dispute.ID]time.Time{"dp_1": at})
	}
	c = claimed(c, "claim")
	c.DueAt = noon.Add(3 * time.Hour)
	claim(t, s, c, roomy(1))
	wantDue(t, s, noon.Add(2*time.Hour), 10, nil)
}

func dueFinished(t testing.TB, s Store) {
	c := saveDue(t, s, "dp_1", noon)
	saveDue(t, s, "dp_2", noon)
	c.State, c.DueAt = closing.Closed, time.Time{}
	c = save(t, s, c)
	wantDue(t, s, noon, 10, map[dispute.ID]time.Time{"dp_2": noon})
	c.State, c.DueAt = closing.Open, noon.Add(-time.Second)
	save(t, s, c)
	wantDue(t, s, noon, 10, map[dispute.ID]time.Time{"dp_1": noon.Add(-time.Second), "dp_2": noon})
}

func dueUnusual(t testing.TB, s Store) {
	want := map[dispute.ID]time.Time{}
	for _, id := range []string{
		"1234567890123456789", "dp with blanks ", "dp#hash", "dp,comma;semicolon", "dp_ümläut_争议", "dp\"quoted\"", "dp\n", "control",
	} {
		c := sample(t, "dp_any")
		c.ID = dispute.ID(id)
		save(t, s, c)
		want[c.ID] = noon
		if got := load(t, s, c.ID); got.ID != c.ID {
			t.Errorf("loaded %q, want %q", got.ID, c.ID)
		}
	}
	wantDue(t, s, noon, 1, want)
}

func dueRefused(t testing.TB, s Store) {
	c := saveDue(t, s, "dp_1", noon)
	stale := c
	stale.Version, stale.DueAt = 7, noon.Add(-time.Hour)
	if _, err := s.Save(t.Context(), stale, noTally); err == nil {
		t.Errorf("a stale save was stored")
	}
	moved := claimed(c, "claim")
	moved.DueAt = noon.Add(-time.Hour)
	set(t, s, closing.Paused)
	refused(t, s, moved, roomy(1), closing.ErrPaused)
	wantDue(t, s, noon, 10, map[dispute.ID]time.Time{"dp_1": noon})
}

func dueRefusals(t testing.TB, s Store) {
	saveDue(t, s, "dp_1", noon)
	for _, bad := range []struct {
		limit  int
		cursor string
	}{{0, ""}, {-1, ""}, {10, "rubbish"}} {
		if page, _, err := s.Due(t.Context(), noon, bad.limit, bad.cursor); err == nil {
			t.Errorf("Due(%d, %q): got %v, want an error", bad.limit, bad.cursor, page)
		}
		if page, _, err := s.Cases(t.Context(), bad.limit, bad.cursor); err == nil {
			t.Errorf("Cases(%d, %q): got %v, want an error", bad.limit, bad.cursor, page)
		}
	}
}
