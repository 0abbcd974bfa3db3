package closing

import (
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// answer says what became of a POST, as far as its answer tells.
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

// whole tells whether the answer shows the dispute and not a stump of it: what is stored must not lose what is known.
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

// doubtful keeps the claim: what its POST did is not known, and only a look that is sent after the claim has
// lapsed can say that it did not happen.
func (c Case) doubtful(now time.Time, t Terms) Case {
	c.Ambiguous = true
	return c.said(now, "closer", "what the close did is not known: "+c.LastError).rest(c.ClaimUntil, now, t)
}

// refused parks a case that WooshPay refused for good, and counts the failure.
func (c Case) refused(now time.Time, t Terms) (Case, Tally) {
	currency := c.Spent.Currency
	c, tally := c.undone(now)
	tally.Day, tally.Currency, tally.Failures = DayOf(now), currency, 1
	c.State = Failed
	c = c.said(now, "closer", "refused for good: "+c.LastError).tell(ReasonFailed)
	return c.unplanned().unclaimed().remind(now, t).rest(now.Add(t.Refresh), now, t), tally
}

// putOff schedules a case again that WooshPay refused for now, or to which nothing was sent.
func (c Case) putOff(asked time.Duration, now time.Time, t Terms) (Case, Tally) {
	c, tally := c.undone(now)
	c.State = Scheduled
	c.RetryAt = now.Add(backOff(c.Attempts, asked))
	c = c.said(now, "closer", "not closed, to be tried again: "+c.LastError)
	return c.unclaimed().remind(now, t).rest(c.permittedAt(), now, t), tally
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
