package closing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// answer is what became of a POST, as far as WooshPay's answer shows.
type answer int

const (
	// unknown: timeout, reset, 5xx, or a success that does not show the dispute closed (OKAmbiguous).
	unknown answer = iota
	// answered: WooshPay answered with the closed dispute.
	answered
	// refusedForGood: it will never happen.
	refusedForGood
	// refusedForNow: it did not happen, or was not sent.
	refusedForNow
)

// post is a POST and its answer.
type post struct {
	answer  answer
	dispute dispute.Dispute
	err     error
}

// whole reports whether the answer shows the whole dispute: an incomplete answer must not replace what is known.
func (p post) whole() bool {
	_, known := p.dispute.Money()
	return known
}

// answerOf reads what WooshPay's answer to a close says about it.
func answerOf(d dispute.Dispute, err error, from dispute.Status) post {
	p := post{dispute: d, err: err}
	switch {
	case err == nil && from.MayFollowClose(d.Status):
		p.answer = answered
	case err == nil:
		p.err = fmt.Errorf("the close was answered with status %q", d.Status)
	case fault.Of(err) == fault.Permanent:
		p.answer = refusedForGood
	case fault.Of(err) == fault.Retryable:
		p.answer = refusedForNow
	}
	return p
}

// showsClosed reports whether the look shows what a close of the case leads to. Only that status counts as
// ours, not any terminal one (OnlyLost).
func (l Look) showsClosed(c Case) bool {
	return l.Err == nil && c.ClosedFrom.MayFollowClose(l.Dispute.Status)
}

func (l Look) showsEnd() bool { return l.Err == nil && l.Dispute.Status.Class() == dispute.Terminal }

// record returns a claimed case after its POST and the look that followed it, and what changes in the day's
// budget. The look is not used if WooshPay answered with the whole closed dispute. An arm that came since the
// claim is kept (KeepNewArm).
func (c Case) record(p post, l Look, now time.Time, t Terms) (Case, Tally) {
	armed := c.ArmedAt
	next, tally := c.outcome(p, l, now, t)
	if !armed.IsZero() {
		next.ArmedAt, next.DueAt = armed, armed
	}
	return next, tally
}

func (c Case) outcome(p post, l Look, now time.Time, t Terms) (Case, Tally) {
	switch {
	case p.answer == answered && p.whole():
		c = c.shown(p.dispute, c.PostedAt.Add(-t.Skew))
	case l.Err == nil:
		c = c.shown(l.Dispute, l.SafeAt)
	}
	c = c.erred(p.err).answeredAbout(p, l, now)
	switch {
	case p.answer == answered:
		if l.Err == nil && !l.showsClosed(c) {
			c = c.contradictedBy("the close was answered with "+string(p.dispute.Status)+", and the look after it shows "+string(l.Dispute.Status), now)
		}
		return c.closed(Answered, now), Tally{}
	case l.showsClosed(c) && (p.answer == unknown || c.Doubt):
		return c.closed(Inferred, now), Tally{}
	case p.answer == unknown:
		return c.doubtful(now, t), Tally{}
	case l.showsEnd():
		c, tally := c.unposted().returned(now)
		return c.resolved("ended at WooshPay as "+string(l.Dispute.Status)+", not by us", now), tally
	case p.answer == refusedForGood:
		return c.refused(now, t)
	default:
		return c.putOff(fault.RetryAfter(p.err), now, t)
	}
}

// answeredAbout records a contradiction if the answer to the POST, or the look after it, is not about what was claimed.
func (c Case) answeredAbout(p post, l Look, now time.Time) Case {
	for _, err := range []error{p.err, l.Err} {
		if errors.Is(err, dispute.ErrOther) {
			c = c.contradictedBy(err.Error(), now)
		}
	}
	c = c.compared(p.dispute, now)
	if l.Err == nil {
		c = c.compared(l.Dispute, now)
	}
	return c
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

// contradictedBy records what WooshPay says against what we did or asked for, and tells a person.
func (c Case) contradictedBy(what string, now time.Time) Case {
	return c.said(now, "closer", what).tell(ReasonContradiction)
}

// doubtful keeps the claim: what its POST did is not known, and only a look that is sent after the claim has
// lapsed can say that it did not happen.
func (c Case) doubtful(now time.Time, t Terms) Case {
	c.Ambiguous = true
	return c.did(now, "closer", "what the close did is not known: "+c.LastError).rest(c.ClaimUntil.Add(dateStep), now, t)
}

// refused parks a case that WooshPay refused for good, and counts the failure.
func (c Case) refused(now time.Time, t Terms) (Case, Tally) {
	currency := c.Spent.Currency
	c, tally := c.undone(now)
	tally.Day, tally.Currency, tally.Failures = cmp.Or(tally.Day, DayOf(now)), currency, 1
	c.State = Failed
	c = c.did(now, "closer", "refused for good: "+c.LastError).tell(ReasonFailed)
	return c.unplanned().unclaimed().remind(now, t).rest(now.Add(t.Refresh), now, t), tally
}

// putOff schedules a case again that WooshPay refused for now, or to which nothing was sent.
func (c Case) putOff(asked time.Duration, now time.Time, t Terms) (Case, Tally) {
	c, tally := c.undone(now)
	c.State = Scheduled
	c.RetryAt = now.Add(backOff(c.Attempts, asked))
	c = c.did(now, "closer", "not closed, to be tried again: "+c.LastError)
	return c.unclaimed().remind(now, t).rest(c.permittedAt(), now, t).toldIfLate(), tally
}

// undone returns the spend and forgets the POST, if it is certain that nothing happened (ReturnCertain,
// ClearPosted); an earlier POST of unknown fate keeps both.
func (c Case) undone(now time.Time) (Case, Tally) {
	if c.Doubt {
		return c, Tally{}
	}
	return c.unposted().returned(now)
}

// unposted forgets the claim's POST, which surely did nothing, unless an earlier one is in doubt.
func (c Case) unposted() Case {
	if !c.Doubt {
		c.PostedAt = time.Time{}
	}
	return c
}

// returned gives back what the case holds of a day's budget that is not over; a past day's budget is gone. A cautious now
// may say the day before. Holding nothing is an empty day, before all others. The tally belongs in the transaction that stores the case (TxnReturn).
func (c Case) returned(now time.Time) (Case, Tally) {
	held := c.Spent
	c.Spent = Spend{}
	if held.Day < DayOf(now) {
		return c, Tally{}
	}
	return c, Tally{Day: held.Day, Currency: held.Currency, Closes: -1, Amount: -held.Amount}
}

func (c Case) closed(p Proof, now time.Time) Case {
	c.Proof = p
	return c.did(now, "closer", "closed ("+string(p)+")").finish(Closed, now)
}

// settled ends a claim whose POST did not happen, as far as a look can tell: it was sent after the claim had
// lapsed (Settle, SettleAtLook) and shows the dispute open. The POST's fate stays in doubt.
func (c Case) settled(now time.Time) Case {
	c.RetryAt = c.PostedAt.Add(backOff(c.Attempts, 0))
	c.State = Scheduled
	return c.did(now, "closer", "the close did not happen, as far as can be known").unclaimed()
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
	return c.said(now, "closer", what).finish(Resolved, now)
}

// contradicted records that WooshPay contradicts a close of ours, and tells a person; the case itself never moves.
func (c Case) contradicted(now time.Time) Case {
	return c.contradictedBy("WooshPay now says "+string(c.Dispute.Status), now).finish(Closed, now)
}

// missing ends a case whose dispute WooshPay has not known for days. What had ended before stays as it ended, unless the
// newest news says otherwise: a close is then contradicted, and any other end is open to the next news.
func (c Case) missing(now time.Time) Case {
	c = c.said(now, "closer", "WooshPay does not know the dispute").tell(ReasonMissing)
	switch agrees := c.endsAs(c.Dispute.Status); {
	case c.State == Closed && !agrees:
		return c.contradicted(now)
	case c.State.Finished() && agrees:
		return c.finish(c.State, now)
	}
	return c.finish(Missing, now)
}

// exhausted returns a case whose attempts are spent: it waits for a person.
func (c Case) exhausted(now time.Time, t Terms) Case {
	c.State = Failed
	c = c.did(now, "closer", fmt.Sprintf("gave up after %d attempts", c.Attempts)).tell(ReasonFailed)
	return c.unplanned().remind(now, t).rest(now.Add(t.Refresh), now, t)
}

// stillFinished returns a finished case that a look confirms. A POST of its claim may still execute if the dispute opens
// again (KeepClaim).
func (c Case) stillFinished(now time.Time) Case {
	until := c.ClaimUntil
	c = c.finish(c.State, now)
	c.ClaimUntil = until
	return c
}

// finish returns the case at its end: nothing is due, planned or claimed. One that had ended so before keeps its date.
func (c Case) finish(s State, now time.Time) Case {
	if c.State != s || c.EndedAt.IsZero() {
		c.EndedAt = now
	}
	c.State = s
	c.ArmedAt, c.DueAt = time.Time{}, time.Time{}
	return c.unplanned().unclaimed()
}

func (c Case) unplanned() Case {
	c.PlannedAt, c.CloseAt, c.RetryAt = time.Time{}, time.Time{}, time.Time{}
	return c
}

func (c Case) unclaimed() Case {
	c.ClaimID, c.ClaimUntil = "", time.Time{}
	c.Ambiguous = false
	return c
}
