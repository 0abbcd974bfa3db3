package ledgertest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

var claims = []Check{
	{"a claim stores the case and spends the budget", claimStores},
	{"a claim on a stale version conflicts", staleClaim},
	{"a case that never was stored can be claimed once", claimNew},
	{"twenty claim and one wins", raceClaim},
	{"a claim id that is used twice does not win twice", raceSameClaimID},
	{"a claim and news race and one of them conflicts", raceClaimAndNews},
}

// roomy is a bid on a budget that many cases fit into.
func roomy(amount int64) closing.Bid {
	return closing.Bid{
		Day: closing.DayOf(noon), Currency: "usd", Amount: amount,
		Limit: policy.Budget{Closes: 1000, Amount: 1_000_000, Failures: 5},
	}
}

func claimStores(t testing.TB, s Store) {
	c := save(t, s, sample(t, "dp_1"))
	won := claim(t, s, claimed(c, "claim-1"), roomy(1500))
	if won.Version != 2 {
		t.Errorf("Claim returned version %d, want 2", won.Version)
	}
	WantCase(t, load(t, s, c.ID), won)
	wantSpent(t, s, roomy(0), closing.Tally{Closes: 1, Amount: 1500})
}

func staleClaim(t testing.TB, s Store) {
	first := save(t, s, sample(t, "dp_1"))
	save(t, s, first)
	refused(t, s, claimed(first, "claim-1"), roomy(1), closing.ErrConflict)
	refused(t, s, claimed(sample(t, "dp_1"), "claim-2"), roomy(1), closing.ErrConflict)
}

func claimNew(t testing.TB, s Store) {
	won := claim(t, s, claimed(sample(t, "dp_1"), "claim-1"), roomy(1))
	WantCase(t, load(t, s, won.ID), won)
	refused(t, s, claimed(sample(t, "dp_1"), "claim-2"), roomy(1), closing.ErrConflict)
}

func raceClaim(t testing.TB, s Store) {
	raceClaims(t, s, func(worker int) string { return fmt.Sprint("claim-", worker) })
}

func raceSameClaimID(t testing.TB, s Store) {
	raceClaims(t, s, func(int) string { return "claim" })
}

func raceClaims(t testing.TB, s Store, claimID func(worker int) string) {
	t.Helper()
	c := save(t, s, sample(t, "dp_1"))
	var winners atomic.Int64
	var winner atomic.Value
	race(workers, func(worker int) {
		mine := claimed(c, claimID(worker))
		mine.LastError = fmt.Sprint("worker ", worker)
		err := insist(func() error { _, err := s.Claim(t.Context(), mine, roomy(10)); return err })
		if err == nil {
			winners.Add(1)
			winner.Store(mine.LastError)
		} else if !errors.Is(err, closing.ErrConflict) {
			t.Errorf("Claim: %v", err)
		}
	})
	if winners.Load() != 1 {
		t.Fatalf("%d workers won the claim, want 1", winners.Load())
	}
	if stored := load(t, s, c.ID); stored.LastError != winner.Load() || stored.Version != 2 {
		t.Errorf("stored is version %d of %q, want 2 of %q", stored.Version, stored.LastError, winner.Load())
	}
	wantSpent(t, s, roomy(0), closing.Tally{Closes: 1, Amount: 10})
}

func raceClaimAndNews(t testing.TB, s Store) {
	for round := range 10 {
		c := save(t, s, sample(t, fmt.Sprint("dp_", round)))
		var wins atomic.Int64
		race(2, func(worker int) {
			err := insist(func() error {
				if worker == 0 {
					_, err := s.Claim(t.Context(), claimed(c, "claim"), roomy(1))
					return err
				}
				_, err := s.Save(t.Context(), c, noTally)
				return err
			})
			if err == nil {
				wins.Add(1)
			} else if !errors.Is(err, closing.ErrConflict) {
				t.Errorf("round %d, worker %d: %v", round, worker, err)
			}
		})
		if wins.Load() != 1 {
			t.Errorf("round %d: %d of a claim and a save were stored, want 1", round, wins.Load())
		}
	}
}
