package ledgertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
)

// LearnsAtOnce has the learner store distinct events of one dispute at once, one per worker, with pauses as a function
// makes them: all must be stored.
func LearnsAtOnce(t testing.TB, ledger closing.Ledger, pause closing.Pause) {
	t.Helper()
	learner := closing.Learner{Ledger: ledger, Watcher: deaf{}, Now: time.Now, Pause: pause}
	about := sample(t, "dp_1").Dispute
	race(workers, func(worker int) {
		news := closing.News{Dispute: about, At: noon, EventID: fmt.Sprint("evt_", worker), From: "test"}
		if changed, err := learner.Learn(t.Context(), news); !changed || err != nil {
			t.Errorf("event %d is refused: %v", worker, err)
		}
	})
	c, err := ledger.Load(t.Context(), about.ID)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	seen := map[string]bool{}
	for _, id := range c.Seen {
		seen[id] = true
	}
	if len(seen) != workers || c.Version != workers {
		t.Errorf("%d of %d events are stored, at version %d", len(seen), workers, c.Version)
	}
}

type deaf struct{}

func (deaf) Note(context.Context, closing.Note) {}
