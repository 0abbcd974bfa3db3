package samlocal

import (
	"strings"
	"testing"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
)

// What is made up is what our own code would have stored.
func TestTheCasesAreValidAndEachHasItsVersion(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	provider := sandbox.New(sandbox.Options{Now: func() time.Time { return now }})
	disputes, err := open(provider, now)
	if err != nil {
		t.Fatal(err)
	}
	ledger := memory.New()
	if err := store(t.Context(), ledger, disputes, now); err != nil {
		t.Fatal(err)
	}
	for _, d := range disputes {
		c, err := ledger.Load(t.Context(), d.ID)
		if d.ID == Unannounced {
			if err == nil {
				t.Errorf("%s is in the table, so that reconcile finds nothing new", d.ID)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Invalid(); err != nil {
			t.Error(err)
		}
		if c.Version != 1 || (c.ID == Ordered) != c.Armed() {
			t.Errorf("%s has version %d, armed %v", c.ID, c.Version, c.Armed())
		}
	}
	if control, err := ledger.Control(t.Context()); err != nil || control.Switch != closing.On {
		t.Errorf("closing is %q, %v", control.Switch, err)
	}
}

func TestPictures(t *testing.T) {
	before := Picture{theSwitch: "is on", string(Ordered): "open", string(Daily): "open"}
	after := Picture{theSwitch: "is paused", string(Ordered): "closed", string(Daily): "open"}
	want := string(Ordered) + ": open\n  now: closed|closing: is on\n  now: is paused"
	if got := strings.Join(after.Since(before), "|"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := before.Since(before); len(got) != 0 {
		t.Errorf("nothing changed: %q", got)
	}
	for _, d := range seeds(time.Time{}) {
		if !strings.Contains(strings.Join(order, " "), string(d.ID)) {
			t.Errorf("no picture tells of %s", d.ID)
		}
	}
}
