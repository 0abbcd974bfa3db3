package memory_test

import (
	"testing"
	"time"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
)

func TestContract(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Store { return memory.New() })
}

// A copy holds what was stored until then, and neither changes the other. Under another mark the items are the same.
func TestACopyStandsStill(t *testing.T) {
	l := memory.New()
	ledgertest.TurnOn(t, l)
	c, err := l.Save(t.Context(), closing.Case{ID: "dp_1", DueAt: time.Unix(1, 0)}, closing.Tally{Day: "2026-03-02", Currency: "usd", Closes: 1})
	if err != nil {
		t.Fatal(err)
	}
	backup := l.Copied()
	if _, err := l.Save(t.Context(), c, closing.Tally{Day: "2026-03-02", Currency: "usd", Closes: 1}); err != nil {
		t.Fatal(err)
	}
	l.LoseControl()
	spent, _ := backup.Spent(t.Context(), "2026-03-02", "usd")
	control, _ := backup.Control(t.Context())
	due, _, _ := backup.Due(t.Context(), time.Unix(1, 0), 10, "")
	if kept, err := backup.Load(t.Context(), "dp_1"); err != nil || kept.Version != 1 || spent.Closes != 1 || control.Switch != closing.On || len(due) != 1 {
		t.Errorf("the copy holds %+v, %v, %+v, %+v, %v", kept, err, spent, control, due)
	}
	ledgertest.TurnOn(t, l)
	if lines, _, err := backup.Lines(t.Context(), closing.DayOf(time.Time{}), 10, ""); err != nil || len(lines) != 1 {
		t.Errorf("the copy's journal is %+v, %v", lines, err)
	}
	if control, _ := backup.Marked("another").Control(t.Context()); control.Switch != closing.Off || control.Who == "" {
		t.Errorf("under another mark it is %+v", control)
	}
}
