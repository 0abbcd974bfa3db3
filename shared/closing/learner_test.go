package closing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/pause"
)

// Twenty events of one dispute at once are what a bank's batch looks like: none of them is refused.
func TestManyEventsOfOneDisputeAtOnce(t *testing.T) {
	ledgertest.LearnsAtOnce(t, memory.New(), pause.Before)
}

// crowded is a ledger on which somebody else stores first, a number of times.
type crowded struct {
	*memory.Ledger
	conflicts, saves int
}

func (c *crowded) Save(ctx context.Context, next closing.Case, t closing.Tally) (closing.Case, error) {
	if c.saves++; c.saves <= c.conflicts {
		return closing.Case{}, fmt.Errorf("save: %w", closing.ErrConflict)
	}
	return c.Ledger.Save(ctx, next, t)
}

func TestTheLearnerTriesAgainAfterPauses(t *testing.T) {
	news := closing.News{Dispute: dispute.Dispute{ID: "dp_1"}, EventID: "evt_1", From: "test"}
	over := errors.New("no time is left")
	for name, test := range map[string]struct {
		conflicts int
		// left is the number of pauses for which there is time.
		left, pauses, saves int
		stored              bool
	}{
		"nobody else":         {0, 99, 0, 1, true},
		"somebody else":       {1, 99, 1, 2, true},
		"many others":         {19, 99, 19, 20, true},
		"too many others":     {20, 99, 19, 20, false},
		"the time is over":    {19, 3, 4, 4, false},
		"the time just holds": {3, 3, 3, 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := &crowded{Ledger: memory.New(), conflicts: test.conflicts}
			var pauses []int
			l := closing.Learner{Ledger: c, Watcher: w, Now: w.clock, Pause: func(_ context.Context, n int) error {
				if pauses = append(pauses, n); len(pauses) > test.left {
					return over
				}
				return nil
			}}
			stored, err := l.Learn(t.Context(), news)
			if stored != test.stored || (err == nil) != test.stored || len(pauses) != test.pauses || c.saves != test.saves {
				t.Errorf("stored %t, %v, after %d pauses and %d saves; want %+v", stored, err, len(pauses), c.saves, test)
			}
			if test.pauses > test.left && !errors.Is(err, over) || err != nil && !strings.Contains(err.Error(), "the case keeps changing") {
				t.Errorf("the error is %v", err)
			}
			for i, n := range pauses {
				if n != i+1 {
					t.Errorf("the pauses are %v", slices.Clone(pauses))
				}
			}
		})
	}
}
