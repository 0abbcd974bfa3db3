package closing

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Look is what WooshPay showed when asked.
type Look struct {
	// SentAt is when the first request of the look was sent, by our clock: what it shows is at least this young.
	SentAt time.Time
	// SafeAt is SentAt by whichever of our clock and WooshPay's says the earlier instant. Whether a claim has lapsed is
	// asked of it, so that a clock that is ahead ends nobody's claim (TrueClock).
	SafeAt time.Time
	// ClockOff is by how much our clock is surely ahead of WooshPay's; negative if it is behind.
	ClockOff time.Duration
	Dispute  dispute.Dispute
	// Refunded is unknown if the dispute names no charge, or WooshPay does not say; Silence is then the reason.
	Refunded dispute.Maybe[bool]
	Silence  string
	// Err is set if the dispute, or a charge that a close depends on, could not be read; then nothing else is.
	Err error
}

// timed returns the look with what its answer says of the clocks. Received is when the answer was there, by our clock,
// and date its instant by WooshPay's, in whole seconds; zero if WooshPay did not say.
func (l Look) timed(received, date time.Time) Look {
	l.SafeAt = l.SentAt
	if date.IsZero() {
		return l
	}
	if sent := date.Add(-received.Sub(l.SentAt)); sent.Before(l.SafeAt) {
		l.SafeAt = sent
	}
	switch end := date.Add(time.Second); {
	case end.Before(l.SentAt):
		l.ClockOff = l.SentAt.Sub(end)
	case date.After(received):
		l.ClockOff = received.Sub(date)
	}
	return l
}

// cautious returns our now, set back by what our clock is ahead: a date that a wrong clock sets must not lie so late
// that the case is forgotten.
func (l Look) cautious(now time.Time) time.Time { return now.Add(-max(l.ClockOff, 0)) }

// latest returns the later of our clock and WooshPay's, for a now that is cautious: a grace must not begin before it does.
func (l Look) latest(now time.Time) time.Time { return now.Add(l.ClockOff.Abs()) }

// kind names what the look was.
func (l Look) kind() Kind {
	switch {
	case l.Err == nil:
		return NoteLooked
	case fault.Of(l.Err) == fault.Permanent:
		return NoteUnknown
	}
	return NoteLookFailed
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
	c = c.shown(l.Dispute, l.SafeAt)
	if c.State == Closing {
		c = c.compared(l.Dispute, now)
	}
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
	case c.State == Closing && !c.Lapsed(l.SafeAt):
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
	c.FailedSince, c.UnknownSince = time.Time{}, time.Time{}
	return c.untold(ReasonLooks).untold(ReasonMissing)
}

// lookFailed keeps the state; the next date backs off. Where WooshPay has not known the dispute for days, the case ends.
func (c Case) lookFailed(err error, now time.Time, t Terms) Case {
	c = c.erred(err)
	c.FailedLooks++
	c.FailedSince = since(c.FailedSince, now)
	if fault.Of(err) == fault.Permanent {
		c.UnknownSince = since(c.UnknownSince, now)
		if now.Sub(c.UnknownSince) >= t.Unknown && c.Lapsed(now) {
			return c.missing(now)
		}
	}
	if now.Sub(c.FailedSince) >= t.Blind {
		c = c.tell(ReasonLooks)
	}
	if c.State == Closing && errors.Is(err, dispute.ErrOther) {
		c = c.contradictedBy(err.Error(), now)
	}
	next := now.Add(backOff(c.FailedLooks, fault.RetryAfter(err)))
	if c.State == Closing && next.Before(c.ClaimUntil) {
		next = c.ClaimUntil
	}
	return c.remind(now, t).rest(next, now, t)
}

// missing ends a case whose dispute WooshPay has not known for days. What had ended before stays as it ended, unless the
// newest news says otherwise: a close is then contradicted, and any other end is open to the next news.
func (c Case) missing(now time.Time) Case {
	c = c.said(now, "closer", "WooshPay does not know the dispute").tell(ReasonMissing)
	switch agrees := c.endsAs(c.Dispute.Status); {
	case c.State == Closed && !agrees:
		return c.contradicted(now)
	case c.State.Finished() && agrees:
		return c.finish(c.State)
	}
	return c.finish(Missing)
}

// since returns the instant that is set, or now.
func since(set, now time.Time) time.Time {
	if set.IsZero() {
		return now
	}
	return set
}

// contradicted tells a person that WooshPay says otherwise of a case that we closed; the case itself never moves.
func (c Case) contradicted(now time.Time) Case {
	return c.contradictedBy("WooshPay now says "+string(c.Dispute.Status), now).finish(Closed)
}

// contradictedBy records what WooshPay says against what we did or asked for, and tells a person.
func (c Case) contradictedBy(what string, now time.Time) Case {
	return c.said(now, "closer", what).tell(ReasonContradiction)
}

// compared records a contradiction if a dispute shown under a claim is not about the money that was claimed.
func (c Case) compared(d dispute.Dispute, now time.Time) Case {
	amount, known := d.Amount.Get()
	if (!known || amount == c.Spent.Amount) && (d.Currency == "" || d.Currency == c.Spent.Currency) {
		return c
	}
	claimed := dispute.Money{Amount: c.Spent.Amount, Currency: c.Spent.Currency}
	shown := dispute.Money{Amount: amount, Currency: d.Currency}
	return c.contradictedBy(fmt.Sprintf("%s was claimed, WooshPay's answer is about %s", claimed, shown), now)
}

func (c Case) closed(p Proof, now time.Time) Case {
	c.Proof = p
	return c.said(now, "closer", "closed ("+string(p)+")").finish(Closed)
}

// ended resolves a case that reached a terminal status by itself. What it holds of the budget is returned if
// no POST of ours can still execute (WonReturns), unless the end may be a POST's doing (AttrDoubt). If one can, the
// case remembers until when: the dispute may open again before (KeepClaim).
func (c Case) ended(l Look, now time.Time) (Case, Tally) {
	what, lapsed, until := "ended at WooshPay as "+string(l.Dispute.Status), c.Lapsed(l.SafeAt), c.ClaimUntil
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

// resolved returns the case at an end that is not known to be ours. If the dispute opens again, a person is told anew,
// of all but a contradiction.
func (c Case) resolved(what string, now time.Time) Case {
	c.Told = slices.DeleteFunc(slices.Clone(c.Told), func(reason string) bool { return reason != ReasonContradiction })
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
