package ledgertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

var books = []Check{
	{"a batch returns what is stored of it", loadsAll},
	{"a batch of any size is read", loadsMany},
	{"a mark is kept until the next", keepsMark},
}

func loadsAll(t testing.TB, s Store) {
	one, two := save(t, s, Filled(t)), save(t, s, sample(t, "dp_2"))
	for name, ids := range map[string][]dispute.ID{
		"none":    nil,
		"unknown": {"dp_unknown"},
		"some":    {one.ID, "dp_unknown", two.ID},
		"twice":   {two.ID, one.ID, two.ID},
	} {
		found, err := s.LoadAll(t.Context(), ids)
		if err != nil {
			t.Fatalf("LoadAll, %s: %v", name, err)
		}
		want := map[dispute.ID]closing.Case{}
		for _, c := range []closing.Case{one, two} {
			for _, id := range ids {
				if id == c.ID {
					want[id] = c
				}
			}
		}
		if len(found) != len(want) {
			t.Errorf("%s: found %d cases, want %d", name, len(found), len(want))
		}
		for id, c := range want {
			WantCase(t, found[id], c)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.LoadAll(ctx, []dispute.ID{one.ID}); err == nil {
		t.Error("LoadAll in a done context succeeded")
	}
}

// loadsMany loads more than DynamoDB gives at once, finished cases among them.
func loadsMany(t testing.TB, s Store) {
	const stored = 230
	var ids []dispute.ID
	for i := range stored {
		c := sample(t, fmt.Sprint("dp_", i))
		if i%2 == 0 {
			c.State, c.DueAt = closing.Resolved, time.Time{}
		}
		ids = append(ids, save(t, s, c).ID, dispute.ID(fmt.Sprint("dp_unknown_", i)))
	}
	found, err := s.LoadAll(t.Context(), ids)
	if err != nil || len(found) != stored {
		t.Fatalf("LoadAll found %d cases, want %d; %v", len(found), stored, err)
	}
	for id, c := range found {
		if c.ID != id || c.Version != 1 {
			t.Errorf("%s is %s at version %d", id, c.ID, c.Version)
		}
	}
}

func keepsMark(t testing.TB, s Store) {
	want := func(want closing.Mark) {
		t.Helper()
		if got, err := s.Mark(t.Context()); err != nil || got != want {
			t.Errorf("Mark: got %+v, %v, want %+v", got, err, want)
		}
	}
	want(closing.Mark{})
	full := closing.Mark{Cursor: "dp_9", From: noon, Newest: noon.Add(time.Hour), At: noon.Add(2 * time.Hour)}
	for _, m := range []closing.Mark{full, {Cursor: "dp_8", From: noon}, {}, full} {
		if err := s.SetMark(t.Context(), m); err != nil {
			t.Fatalf("SetMark: %v", err)
		}
		want(m)
	}
	if page, _, err := s.Due(t.Context(), noon.AddDate(1, 0, 0), 10, ""); err != nil || len(page) != 0 {
		t.Errorf("a mark is listed as due: %v, %v", page, err)
	}
}
