package simulation

import (
	"context"

	"disputecloser/shared/closing"
)

// S5: the budget's count is what the cases hold: never overspent, returned once, never returned while a close
// may still execute.

// budgetKey identifies the budget of one currency on one day.
type budgetKey struct {
	day      closing.Day
	currency string
}

// budgetCount is what the watchers expect the ledger to count in a budget: what cases hold, what they held when the day
// was past, and the refusals.
type budgetCount struct{ closes, amount, failures int64 }

func (w *world) budget(day closing.Day, currency string) *budgetCount {
	key := budgetKey{day, currency}
	count := w.budgets[key]
	if count == nil {
		count = &budgetCount{}
		w.budgets[key] = count
	}
	return count
}

func (w *world) checkBudget(c *change) {
	held := closing.Spend{}
	if c.before != nil {
		held = c.before.Spent
	}
	if held != c.after.Spent {
		w.recordSpend(c, c.after.Spent)
		w.recordReturn(c, held)
	}
	if c.tally.Closes < 0 {
		w.checkReturn(c)
	}
	w.checkFailures(c)
	w.checkKeptSpend(c)
	for _, s := range []closing.Spend{held, c.after.Spent, {Day: c.tally.Day, Currency: c.tally.Currency}} {
		w.checkBalance(c.about, s)
	}
}

func (w *world) recordSpend(c *change, s closing.Spend) {
	if s.Day == "" {
		return
	}
	if c.bid == nil {
		w.breaks("S5", c.about, "budget is spent without a claim")
	}
	count := w.budget(s.Day, s.Currency)
	count.closes++
	count.amount += s.Amount
}

// recordReturn records that a case gives up what it held. What a past day counted stays counted, by the machine's clock.
func (w *world) recordReturn(c *change, held closing.Spend) {
	if held.Day == "" || held.Day < closing.DayOf(c.by.clock()) && c.tally.Closes == 0 {
		return
	}
	count := w.budget(held.Day, held.Currency)
	count.closes--
	count.amount -= held.Amount
}

// checkReturn checks that a spend may be returned: no POST of ours can have closed the dispute or can still close it.
func (w *world) checkReturn(c *change) {
	f := c.by.look.facts
	for _, claim := range c.about.claims {
		if claim.surelyNot {
			continue
		}
		if f == nil || !terminal(f.status) || mayFollowClose(c.after.ClosedFrom, f.status) {
			w.breaks("S5", c.about, "a spend is returned although an earlier POST's fate is unknown")
		}
	}
	for _, p := range c.about.posts {
		if p.fate == unknownFate && !p.over && p.until >= c.by.look.shownAt {
			w.breaks("S5", c.about, "a spend is returned while a POST may still be executed")
		}
	}
}

// checkFailures checks that each permanent refusal is counted once.
func (w *world) checkFailures(c *change) {
	want := int64(0)
	if c.byHolder() && c.becomes(closing.Failed) {
		want = 1
		w.budget(c.tally.Day, c.tally.Currency).failures++
	}
	if c.tally.Failures != want || want == 1 && c.tally.Currency != c.before.Spent.Currency {
		w.breaks("S5", c.about, "%d failures of %s are counted, want %d", c.tally.Failures, c.tally.Currency, want)
	}
}

// checkKeptSpend checks that a case resolved by others returns what it holds, unless a POST may have been the cause or
// may still be executed.
func (w *world) checkKeptSpend(c *change) {
	if !c.becomes(closing.Resolved) || c.after.Spent.Day == "" || c.by.look.facts == nil {
		return
	}
	perhapsOurs := !c.before.PostedAt.IsZero() && mayFollowClose(c.before.ClosedFrom, c.by.look.facts.status)
	mayExecute := !c.before.ClaimUntil.IsZero() && !c.by.look.surelyAfter(c.by, c.before.ClaimUntil)
	if !perhapsOurs && !mayExecute {
		w.breaks("S5", c.about, "a resolved case keeps its spend although no POST of ours can be executed")
	}
}

func (w *world) checkBalance(subj *subject, s closing.Spend) {
	if s.Day == "" {
		return
	}
	got, _ := w.ledger.Spent(context.Background(), s.Day, s.Currency)
	want := *w.budget(s.Day, s.Currency)
	if (budgetCount{got.Closes, got.Amount, got.Failures}) != want {
		w.breaks("S5", subj, "the budget of %s in %s counts %d closes of %d and %d failures, the cases hold %d of %d and %d",
			s.Day, s.Currency, got.Closes, got.Amount, got.Failures, want.closes, want.amount, want.failures)
	}
}
