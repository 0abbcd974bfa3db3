package closing

import (
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Look is what WooshPay showed when asked.
type Look struct {
	// SentAt is when the first request of the look was sent: what it shows is at least this young.
	SentAt  time.Time
	Dispute dispute.Dispute
	// Refunded is unknown if the charge is absent or could not be read.
	Refunded dispute.Maybe[bool]
	// Err is set if the dispute could not be read; then nothing else is.
	Err error
}

// showsClosed tells whether the look shows what a close of the case leads to. Only that status counts as
// ours, not any terminal one (OnlyLost).
func (l Look) showsClosed(c Case) bool {
	return l.Err == nil && c.ClosedFrom.MayFollowClose(l.Dispute.Status)
}

func (l Look) showsEnd() bool { return l.Err == nil && l.Dispute.Status.Class() == dispute.Terminal }

// heldByAnother tells whether the case is to be left to the holder of its claim, untouched (HandsOff): the
// claim has neither lapsed nor been recorded as ambiguous.
func (c Case) heldByAnother(now time.Time) bool {
	return c.State == Closing && !c.Ambiguous && !c.Lapsed(now)
}

// looked returns the case after a look, what it returns to the budget, and whether it is now to be decided.
func (c Case) looked(l Look, now time.Time, t Terms) (next Case, tally Tally, decide bool) {
	if l.Err != nil {
		return c.lookFailed(l.Err, now, t), Tally{}, false
	}
	c = c.shown(l.Dispute, l.SentAt)
	switch {
	case c.State.Finished() && c.endsAs(l.Dispute.Status):
		return c.finish(c.State), Tally{}, false
	case c.State == Closed:
		return c.contradicted(now), Tally{}, false
	case c.State == Closing && l.showsClosed(c):
		return c.closed(Inferred, now), Tally{}, false
	case l.showsEnd():
		next, tally = c.ended(l, now)
		return next, tally, false
	case c.State == Closing && !c.Lapsed(l.SentAt):
		return c.remind(now, t).rest(c.ClaimUntil, now, t), Tally{}, false
	case c.State == Closing:
		return c.settled(now), Tally{}, true
	case c.State == Failed:
		return c.remind(now, t).rest(now.Add(t.Refresh), now, t), Tally{}, false
	}
	return c, Tally{}, true
}

// shown returns the case with a snapshot that was asked for.
func (c Case) shown(d dispute.Dispute, at time.Time) Case {
	c.Dispute, c.ObservedAt = d, at
	c.FailedLooks, c.LastError = 0, ""
	return c
}

// lookFailed keeps the state; the next date backs off.
func (c Case) lookFailed(err error, now time.Time, t Terms) Case {
	c = c.erred(err)
	c.FailedLooks++
	next := now.Add(backOff(c.FailedLooks, fault.RetryAfter(err)))
	if c.State == Closing && next.Before(c.ClaimUntil) {
		next = c.ClaimUntil
	}
	return c.remind(now, t).rest(next, now, t)
}

// contradicted tells a person that WooshPay says otherwise of a case that we closed; the case itself never moves.
func (c Case) contradicted(now time.Time) Case {
	c = c.said(now, "closer", "WooshPay now says "+string(c.Dispute.Status))
	return c.tell(ReasonContradiction).finish(Closed)
}

func (c Case) closed(p Proof, now time.Time) Case {
	c.Proof = p
	return c.said(now, "closer", "closed ("+string(p)+")").finish(Closed)
}

// ended resolves a case that reached a terminal status by itself. What it holds of the budget is returned if
// no POST of ours can still execute (WonReturns), unless the end may be a POST's doing (AttrDoubt). If one can, the
// case remembers until when: the dispute may open again before (KeepClaim).
func (c Case) ended(l Look, now time.Time) (Case, Tally) {
	what, lapsed, until := "ended at WooshPay as "+string(l.Dispute.Status), c.Lapsed(l.SentAt), c.ClaimUntil
	var tally Tally
	switch {
	case l.showsClosed(c) && !c.PostedAt.IsZero():
		what += ", perhaps by our close"
	case lapsed:
		c, tally = c.returned(now)
	}
	c = c.resolved(what, now)
	if !lapsed {
		c.ClaimUntil = until
	}
	return c, tally
}

// resolved returns the case at an end that is not known to be ours. If the dispute opens again, a person is
// told anew.
func (c Case) resolved(what string, now time.Time) Case {
	c.Told = nil
	return c.said(now, "closer", what).finish(Resolved)
}

// settled ends a claim whose POST did not happen, as far as a look can tell: it was sent after the claim had
// lapsed (Settle, SettleAtLook) and shows the dispute open. The POST's fate stays in doubt.
func (c Case) settled(now time.Time) Case {
	c.RetryAt = c.PostedAt.Add(backOff(c.Attempts, 0))
	c.State = Scheduled
	return c.said(now, "closer", "the close did not happen, as far as can be known").unclaimed()
}

// returned gives back what the case holds of today's budget; a past day's budget is gone. The tally belongs
// in the transaction that stores the case (TxnReturn).
func (c Case) returned(now time.Time) (Case, Tally) {
	held := c.Spent
	c.Spent = Spend{}
	if held.Day != DayOf(now) {
		return c, Tally{}
	}
	return c, Tally{Day: held.Day, Currency: held.Currency, Closes: -1, Amount: -held.Amount}
}
