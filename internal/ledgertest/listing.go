package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

var listing = []Check{
	{"an empty listing is one empty page", emptyListing},
	{"the listing shows every unfinished case whole", listsWhole},
}

func emptyListing(t testing.TB, s Store) {
	page, next, err := s.Cases(t.Context(), 10, "")
	if len(page) != 0 || next != "" || err != nil {
		t.Errorf("Cases: got %v, %q, %v, want nothing", page, next, err)
	}
}

func listsWhole(t testing.TB, s Store) {
	want := map[dispute.ID]closing.Case{}
	for i := range 23 {
		c := sample(t, fmt.Sprint("dp_", i))
		c.DueAt = noon.AddDate(0, 0, i*7%23)
		c = save(t, s, c)
		if i%5 == 0 {
			c.State, c.DueAt = closing.Resolved, time.Time{}
			save(t, s, c)
			continue
		}
		want[c.ID] = c
	}
	for _, limit := range []int{1, 4, 100} {
		got := listAll(t, s, limit)
		if len(got) != len(want) {
			t.Errorf("limit %d: listed %d cases, want %d", limit, len(got), len(want))
		}
		for _, c := range got {
			WantCase(t, c, want[c.ID])
		}
	}
}

func listAll(t testing.TB, s Store, limit int) []closing.Case {
	t.Helper()
	var all []closing.Case
	cursor := ""
	for range 100 {
		page, next, err := s.Cases(t.Context(), limit, cursor)
		if err != nil {
			t.Fatalf("Cases: %v", err)
		}
		if len(page) > limit {
			t.Errorf("a page of %d cases, limit %d", len(page), limit)
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
