package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func TestOrderAgainstASortedList(t *testing.T) {
	source := rand.New(rand.NewPCG(3, 4))
	var o order
	var want []closing.Due
	for step := range 20_000 {
		d := closing.Due{
			ID: dispute.ID(fmt.Sprint(source.IntN(50))),
			At: time.Unix(int64(source.IntN(200)), 0).UTC(),
		}
		place, found := slices.BinarySearchFunc(want, d, compare)
		// Growth and decline take turns, so that blocks split and vanish.
		switch grow := step/5000%2 == 0; {
		case found && !grow:
			o.remove(d)
			want = slices.Delete(want, place, place+1)
		case !found && grow:
			o.insert(d)
			want = slices.Insert(want, place, d)
		case !found:
			o.remove(d)
		}
		if step%500 == 0 || step > 19_900 {
			wantOrder(t, &o, want, d)
		}
	}
}

func wantOrder(t *testing.T, o *order, want []closing.Due, from closing.Due) {
	t.Helper()
	if got := slices.Collect(o.after(closing.Due{})); !slices.Equal(got, want) {
		t.Fatalf("the order holds %d entries, want %d", len(got), len(want))
	}
	rest := slices.DeleteFunc(slices.Clone(want), func(d closing.Due) bool { return compare(d, from) <= 0 })
	if got := slices.Collect(o.after(from)); !slices.Equal(got, rest) {
		t.Fatalf("%d entries follow %v, want %d", len(got), from, len(rest))
	}
	for _, block := range o.blocks {
		if len(block) == 0 || len(block) > blockMax {
			t.Fatalf("a block of %d entries", len(block))
		}
	}
}

// BenchmarkDue lists a page of 100 and arms each of its cases for later.
func BenchmarkDue(b *testing.B) {
	for _, stored := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(stored), func(b *testing.B) {
			l := New()
			start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for i := range stored {
				c := closing.Case{ID: dispute.ID(fmt.Sprint("dp_", i)), DueAt: start.Add(time.Duration(i*7919%stored) * time.Second)}
				if _, err := l.Save(b.Context(), c, closing.Tally{}); err != nil {
					b.Fatal(err)
				}
			}
			before := start.AddDate(100, 0, 0)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				listAndMove(b, l, before, stored)
			}
		})
	}
}

func listAndMove(b *testing.B, l *Ledger, before time.Time, stored int) {
	page, _, err := l.Due(b.Context(), before, 100, "")
	if err != nil || len(page) != 100 {
		b.Fatal(len(page), err)
	}
	for _, due := range page {
		c, err := l.Load(b.Context(), due.ID)
		if err != nil {
			b.Fatal(err)
		}
		c.DueAt = c.DueAt.Add(time.Duration(stored) * time.Second)
		if c.DueAt.After(before) {
			c.DueAt = c.DueAt.AddDate(-90, 0, 0)
		}
		if _, err := l.Save(b.Context(), c, closing.Tally{}); err != nil {
			b.Fatal(err)
		}
	}
}
