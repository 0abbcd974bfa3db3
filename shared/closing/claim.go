package closing

import (
	"errors"
	"fmt"
	"time"
)

var (
	// errStale means that the facts are too old to claim on (LookFresh): look again.
	errStale = errors.New("the facts are too old to claim on")
	// errClock means that our clock and WooshPay's differ by more than a claim allows: whether an earlier claim has
	// lapsed is not known.
	errClock = errors.New("not claimed: our clock and WooshPay's differ too much")
	// errHeldOther means that the case holds today's budget for another amount than it would now close.
	errHeldOther = fmt.Errorf("held for another amount: %w", ErrBudget)
)

// claim returns the case claimed on a look, and what it asks of the day's budget. The claim's id is random
// and never used again (FreshClaimID). That a POST may leave is stored before it does.
func (c Case) claim(id string, l Look, now time.Time, t Terms, j Judge) (Case, Bid, error) {
	if now.Sub(l.SentAt) > t.Fresh {
		return c, Bid{}, errStale
	}
	if l.ClockOff.Abs() > t.Skew {
		return c, Bid{}, fmt.Errorf("%w: by %s", errClock, l.ClockOff.Abs().Round(time.Second))
	}
	amount, _ := l.Dispute.Amount.Get()
	wants := Spend{Day: DayOf(now), Currency: l.Dispute.Currency, Amount: amount}
	held := c.Spent.Day == wants.Day
	if held && c.Spent != wants {
		return c, Bid{}, errHeldOther
	}
	limit, _ := j.Policy.Budget(wants.Currency)
	bid := Bid{Day: wants.Day, Currency: wants.Currency, Amount: amount, Held: held, Limit: limit}
	c.State = Closing
	c.ClaimID, c.ClaimUntil, c.ClosedFrom = id, now.Add(t.claimLength()), l.Dispute.Status
	c.Doubt, c.Ambiguous = !c.PostedAt.IsZero(), false
	c.PostedAt = now
	c.Attempts++
	c.Spent = wants
	c = c.said(now, "closer", fmt.Sprintf("claimed for closing, attempt %d", c.Attempts))
	c.ArmedAt, c.DueAt = time.Time{}, c.ClaimUntil
	return c, bid, nil
}

// postponed returns a scheduled case whose claim was refused without anything stored.
func (c Case) postponed(err error, until, now time.Time, t Terms) Case {
	return c.erred(err).remind(now, t).rest(until, now, t)
}

// exhausted returns a case whose attempts are spent: it waits for a person.
func (c Case) exhausted(now time.Time, t Terms) Case {
	c.State = Failed
	c = c.said(now, "closer", fmt.Sprintf("gave up after %d attempts", c.Attempts)).tell(ReasonFailed)
	return c.unplanned().remind(now, t).rest(now.Add(t.Refresh), now, t)
}
