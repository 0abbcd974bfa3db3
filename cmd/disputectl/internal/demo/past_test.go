package demo_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/shared/closing"
)

// notes collects the disputes of which something is told.
type notes struct{ ids []string }

func (n *notes) Note(_ context.Context, note closing.Note) {
	n.ids = append(n.ids, string(note.Case.ID))
}

// TestTheDayIsRemembered at whatever hour: it went as told, lies behind, and nobody hears of it again.
func TestTheDayIsRemembered(t *testing.T) {
	for _, clock := range []string{"00:00", "07:59", "08:00", "13:37", "23:59"} {
		at, err := time.Parse("2006-01-02 15:04", "2026-11-29 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		told := new(notes)
		s, l, err := demo.Remember(t.Context(), demo.Past{
			Addr: "127.0.0.1:0", Watcher: told, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return at }, NewID: counter(),
		})
		if err != nil {
			t.Fatalf("%s: %v", clock, err)
		}
		small, err := l.Load(t.Context(), "dp_small")
		if age := at.Sub(small.EndedAt); err != nil || small.State != closing.Closed || age < 0 || age > 48*time.Hour {
			t.Errorf("%s: dp_small is %s, ended %s ago, %v", clock, small.State, age, err)
		}
		due, _, err := l.Due(t.Context(), at.Add(-5*time.Minute), 100, "")
		if err != nil || len(due) > 0 {
			t.Errorf("%s: left undone: %v, %v", clock, due, err)
		}
		if len(told.ids) > 0 {
			t.Errorf("%s: told of the past: %v", clock, told.ids)
		}
		if _, err := s.Sandbox.SetStatus("dp_large", "lost"); err != nil {
			t.Fatal(err)
		}
		s.Deliver(t.Context())
		if _, err := s.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(told.ids, "dp_large") {
			t.Errorf("%s: not told of the present: %v", clock, told.ids)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func counter() func() string {
	n := 'a'
	return func() string { n++; return string(n) }
}
