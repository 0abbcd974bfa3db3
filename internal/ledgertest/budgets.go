package ledgertest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

var budgets = []Check{
	{"nothing spent is zero", spentNothing},
	{"a budget allows nothing beyond a limit", budgetEdges},
	{"many race for the day's closes", raceCloses},
	{"many race for the day's amount", raceAmount},
	{"many race for an amount that does not divide", raceUneven},
	{"failures stop the claims of their currency and day", failuresStop},
	{"days and currencies have budgets of their own", budgetsApart},
	{"what a case holds is not spent again", heldSpendsNothing},
	{"a budget that counts less than nothing refuses", belowZero},
}

func spentNothing(t testing.TB, s Store) {
	wantSpent(t, s, roomy(0), closing.Tally{})
}

// budgetEdges spends 2 closes and 60 beforehand.
func budgetEdges(t testing.TB, s Store) {
	for _, id := range []string{"dp_a", "dp_b"} {
		claim(t, s, claimed(sample(t, id), id), roomy(30))
	}
	for i, edge := range []struct {
		amount  int64
		limit   policy.Budget
		allowed bool
	}{
		{1, policy.Budget{}, false},
		{0, policy.Budget{Closes: 2, Amount: 100, Failures: 5}, false},
		{41, policy.Budget{Closes: 3, Amount: 100, Failures: 5}, false},
		{101, policy.Budget{Closes: 3, Amount: 100, Failures: 5}, false},
		{-1, policy.Budget{Closes: 3, Amount: 100, Failures: 5}, false},
		{1, policy.Budget{Closes: 3, Amount: 100, Failures: 0}, false},
		{40, policy.Budget{Closes: 3, Amount: 100, Failures: 1}, true},
		{0, policy.Budget{Closes: 4, Amount: 100, Failures: 1}, true},
	} {
		c := save(t, s, sample(t, fmt.Sprint("dp_", i)))
		bid := roomy(edge.amount)
		bid.Limit = edge.limit
		if edge.allowed {
			claim(t, s, claimed(c, "claim"), bid)
		} else {
			refused(t, s, claimed(c, "claim"), bid, closing.ErrBudget)
		}
	}
	wantSpent(t, s, roomy(0), closing.Tally{Closes: 4, Amount: 100})

	untouched := roomy(2)
	untouched.Currency, untouched.Limit = "eur", policy.Budget{Closes: 1, Amount: 1, Failures: 1}
	refused(t, s, claimed(save(t, s, sample(t, "dp_eur")), "claim"), untouched, closing.ErrBudget)
}

func raceCloses(t testing.TB, s Store) {
	bid := roomy(1)
	bid.Limit.Closes = 17
	raceBudget(t, s, bid, closing.Tally{Closes: 17, Amount: 17})
}

func raceAmount(t testing.TB, s Store) {
	bid := roomy(25)
	bid.Limit.Amount = 300
	raceBudget(t, s, bid, closing.Tally{Closes: 12, Amount: 300})
}

func raceUneven(t testing.TB, s Store) {
	bid := roomy(7)
	bid.Limit.Amount = 100
	raceBudget(t, s, bid, closing.Tally{Closes: 14, Amount: 98})
}

// raceBudget has workers claim more cases than the budget holds.
func raceBudget(t testing.TB, s Store, bid closing.Bid, want closing.Tally) {
	t.Helper()
	const each = 2
	var winners atomic.Int64
	race(workers, func(worker int) {
		for i := range each {
			c := sample(t, fmt.Sprintf("dp_%d_%d", worker, i))
			err := insist(func() error { _, err := s.Claim(t.Context(), claimed(c, string(c.ID)), bid); return err })
			if err == nil {
				winners.Add(1)
			} else if !errors.Is(err, closing.ErrBudget) {
				t.Errorf("Claim: %v", err)
			}
		}
	})
	if winners.Load() != want.Closes {
		t.Errorf("%d claims won, want %d", winners.Load(), want.Closes)
	}
	wantSpent(t, s, bid, want)
}

func failuresStop(t testing.TB, s Store) {
	bid := roomy(1)
	bid.Limit.Failures = 2
	c := save(t, s, sample(t, "dp_1"))
	failure := closing.Tally{Day: bid.Day, Currency: bid.Currency, Failures: 1}
	c = saveWith(t, s, c, failure)
	claim(t, s, claimed(sample(t, "dp_2"), "claim"), bid)
	c = saveWith(t, s, c, failure)
	refused(t, s, claimed(c, "claim"), bid, closing.ErrBudget)
	bid.Limit.Failures = 3
	claim(t, s, claimed(c, "claim"), bid)
}

func budgetsApart(t testing.TB, s Store) {
	bid := roomy(10)
	bid.Limit.Closes = 1
	tomorrow, euros := bid, bid
	tomorrow.Day, euros.Currency = closing.DayOf(noon.AddDate(0, 0, 1)), "eur"
	for i, b := range []closing.Bid{bid, tomorrow, euros} {
		claim(t, s, claimed(sample(t, fmt.Sprint("dp_", i)), "claim"), b)
	}
	for i, b := range []closing.Bid{bid, tomorrow, euros} {
		c := save(t, s, sample(t, fmt.Sprint("dp_more_", i)))
		refused(t, s, claimed(c, "claim"), b, closing.ErrBudget)
		wantSpent(t, s, b, closing.Tally{Closes: 1, Amount: 10})
	}
}

func heldSpendsNothing(t testing.TB, s Store) {
	bid := roomy(10)
	bid.Limit = policy.Budget{Closes: 1, Amount: 10, Failures: 1}
	c := claim(t, s, claimed(sample(t, "dp_1"), "claim-1"), bid)
	bid.Held = true
	c = claim(t, s, claimed(c, "claim-2"), bid)
	wantSpent(t, s, bid, closing.Tally{Closes: 1, Amount: 10})

	c = saveWith(t, s, c, closing.Tally{Day: bid.Day, Currency: bid.Currency, Failures: 1})
	refused(t, s, claimed(c, "claim-3"), bid, closing.ErrBudget)

	bid.Currency = "eur"
	claim(t, s, claimed(c, "claim-4"), bid)
	wantSpent(t, s, bid, closing.Tally{})
}

// belowZero has each number of a budget below zero, as no code of ours leaves it: such a budget would allow too much.
func belowZero(t testing.TB, s Store) {
	for currency, forged := range map[string]closing.Tally{"usd": {Closes: -1}, "eur": {Amount: -1}, "gbp": {Failures: -1}} {
		c := save(t, s, sample(t, "dp_"+currency))
		bid := roomy(1)
		bid.Currency = currency
		forged.Day, forged.Currency = bid.Day, currency
		c = saveWith(t, s, c, forged)
		refused(t, s, claimed(c, "claim-1"), bid, closing.ErrBudget)
		bid.Held = true
		refused(t, s, claimed(c, "claim-2"), bid, closing.ErrBudget)
	}
}
