package ledgertest

import (
	"fmt"
	"testing"

	"disputecloser/shared/closing"
)

var returns = []Check{
	{"a save returns a spend to its day", returnSpend},
	{"a save that conflicts returns nothing", returnConflict},
	{"many claim and return and nothing is left spent", raceReturns},
}

// undo is the tally that takes back what the bid spent.
func undo(b closing.Bid) closing.Tally {
	return closing.Tally{Day: b.Day, Currency: b.Currency, Closes: -1, Amount: -b.Amount}
}

func returnSpend(t testing.TB, s Store) {
	bid := roomy(10)
	bid.Limit.Closes = 1
	c := claim(t, s, claimed(sample(t, "dp_1"), "claim"), bid)
	other := save(t, s, sample(t, "dp_2"))
	refused(t, s, claimed(other, "claim"), bid, closing.ErrBudget)
	c = saveWith(t, s, c, undo(bid))
	if c.Version != 2 {
		t.Errorf("Save returned version %d, want 2", c.Version)
	}
	WantCase(t, load(t, s, c.ID), c)
	wantSpent(t, s, bid, closing.Tally{})
	claim(t, s, claimed(other, "claim"), bid)
}

func returnConflict(t testing.TB, s Store) {
	bid := roomy(10)
	c := claim(t, s, claimed(sample(t, "dp_1"), "claim"), bid)
	newer := save(t, s, c)
	c.LastError = "stale"
	_, err := s.Save(t.Context(), c, undo(bid))
	wantErr(t, err, closing.ErrConflict)
	WantCase(t, load(t, s, c.ID), newer)
	wantSpent(t, s, bid, closing.Tally{Closes: 1, Amount: 10})
}

func raceReturns(t testing.TB, s Store) {
	bid := roomy(7)
	race(workers, func(worker int) {
		c := sample(t, fmt.Sprint("dp_", worker))
		for range 3 {
			err := insist(func() (err error) {
				won, err := s.Claim(t.Context(), claimed(c, "claim"), bid)
				if err == nil {
					c = won
				}
				return err
			})
			if err != nil {
				t.Errorf("Claim: %v", err)
				return
			}
			err = insist(func() error {
				saved, err := s.Save(t.Context(), c, undo(bid))
				if err == nil {
					c = saved
				}
				return err
			})
			if err != nil {
				t.Errorf("Save: %v", err)
				return
			}
		}
	})
	wantSpent(t, s, bid, closing.Tally{})
}
