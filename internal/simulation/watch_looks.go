package simulation

import (
	"errors"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// What a closer stores follows from its look. A failed look decides nothing and is counted; if looks keep failing, a
// person is told. A person is also told when WooshPay answers about something else.

// clockSlack is how much longer or shorter a period may seem to clocks that are off at its two ends.
const clockSlack = 2*longestOff + 10*time.Minute

// checkLook checks what a closer's pass stored against its look.
func (w *world) checkLook(c *change) {
	if c.by.role != closer {
		return
	}
	w.checkDecision(c)
	w.checkContradiction(c)
	subj, look := c.about, &c.by.look
	if c.bid != nil || c.byHolder() {
		if !look.failed() {
			subj.failingFrom, subj.unknownFrom = 0, 0
		}
		return
	}
	switch stale := w.now-look.calledAt > w.terms.Fresh; {
	case look.failed() || stale && c.after.FailedLooks > c.before.FailedLooks:
		w.checkFailedLook(c)
	case !stale && c.after.FailedLooks > 0:
		w.breaks("S7", subj, "the case counts %d failed looks although the last one succeeded", c.after.FailedLooks)
	default:
		subj.failingFrom, subj.unknownFrom = 0, 0
	}
	w.checkMissing(c)
}

// checkDecision checks that a decision was made on a look that succeeded, and that the refund guard asks for a review.
func (w *world) checkDecision(c *change) {
	d := c.after.Decision
	if d == nil || c.before != nil && sameDecision(c.before.Decision, d) {
		return
	}
	c.about.decidedAt = c.by.look.answeredAt
	look := &c.by.look
	switch refund := d.Guard == policy.GuardRefunded; {
	case look.facts == nil || look.failed():
		w.breaks("S2", c.about, "it is decided on a look that failed: %v", look.err)
	case refund && d.Action != policy.Review:
		w.breaks("S7", c.about, "a refund stops a close, and the decision is %s", d.Action)
	case refund && look.refunded() == unknown && d.GuardReason == "":
		w.breaks("S7", c.about, "an unknown refund stops a close, and the decision does not say why it is unknown")
	case refund:
		w.countRefund(c)
	}
}

// checkContradiction checks that a person is told when WooshPay answers about something else than was claimed.
func (w *world) checkContradiction(c *change) {
	if c.was() != closing.Closing || slices.Contains(c.after.Told, closing.ReasonContradiction) {
		return
	}
	look := &c.by.look
	stale := !c.byHolder() && w.now-look.calledAt > w.terms.Fresh
	switch {
	case stale:
	case c.byHolder() && c.by.answeredAbout != "":
		w.breaks("S7", c.about, "the close was answered about %s, and nobody was told", c.by.answeredAbout)
	case errors.Is(look.err, dispute.ErrOther):
		w.breaks("S7", c.about, "a look under a claim was answered about another dispute, and nobody was told")
	case look.facts != nil && otherThan(look.facts, c.before.Spent):
		w.breaks("S7", c.about, "WooshPay shows other money than was claimed, and nobody was told")
	}
}

// otherThan reports whether a dispute certainly shows other money than was claimed.
func otherThan(f *facts, s closing.Spend) bool {
	return f.amount >= 0 && f.amount != s.Amount || f.currency != "" && f.currency != s.Currency
}

// checkFailedLook checks a case whose looks fail: the next look is not earlier than WooshPay asked, and a person is told in time.
func (w *world) checkFailedLook(c *change) {
	subj, look := c.about, &c.by.look
	if subj.failingFrom == 0 {
		subj.failingFrom = w.now
	}
	if isNotFound(look.err) && subj.unknownFrom == 0 {
		subj.unknownFrom = w.now
	}
	asked := fault.RetryAfter(look.err)
	earliest := epoch.Add(look.answeredAt + asked + min(c.by.ahead(), 0) - time.Second)
	reminder, capped := reminderOf(c.after)
	switch told := slices.Contains(c.after.Told, closing.ReasonLooks); {
	case c.after.State.Finished():
	case !told && w.now-subj.failingFrom >= w.terms.Blind+clockSlack:
		w.breaks("L1", subj, "every look has failed since %s, and nobody was told", stamp(subj.failingFrom))
	case asked == 0 || c.after.Armed() || look.dateWrong || capped && c.after.DueAt.Equal(reminder):
	case c.after.DueAt.Before(earliest):
		w.breaks("L1", subj, "WooshPay asked to wait %s, and the case is due %s earlier", asked, earliest.Sub(c.after.DueAt))
	default:
		w.figures.saw(sawRetryAfter)
	}
}

// isNotFound reports whether a look failed because WooshPay does not know the dispute.
func isNotFound(err error) bool {
	return fault.Of(err) == fault.Permanent && !errors.Is(err, errCharge)
}

// checkMissing checks that a case ends as missing after WooshPay has not known its dispute for days, and not earlier.
func (w *world) checkMissing(c *change) {
	subj := c.about
	since := w.now - subj.unknownFrom
	switch {
	case c.becomes(closing.Missing) && (subj.unknownFrom == 0 || since < w.terms.Unknown-clockSlack):
		w.breaks("S7", subj, "the case is missing although WooshPay knew the dispute until lately")
	case c.after.State.Finished() || subj.unknownFrom == 0 || !isNotFound(c.by.look.err) || !c.after.ClaimUntil.IsZero():
	case since >= w.terms.Unknown+clockSlack:
		w.breaks("L1", subj, "WooshPay has not known the dispute since %s, and the case goes on", stamp(subj.unknownFrom))
	}
}

// checkNote checks that a look is counted as what it was: an unknown dispute must not trip the alarm of an outage.
func (w *world) checkNote(a *actor, n closing.Note) {
	subj := w.byID[n.Case.ID]
	switch failed := a.look.failed(); {
	case n.Kind == closing.NoteLooked && failed:
		w.breaks("S7", subj, "a failed look counts as one that succeeded: %v", a.look.err)
	case n.Kind == closing.NoteLookFailed && isNotFound(a.look.err):
		w.breaks("S7", subj, "a dispute that WooshPay does not know counts as an outage")
	case n.Kind == closing.NoteUnknown && !isNotFound(a.look.err):
		w.breaks("S7", subj, "an outage counts as a dispute that WooshPay does not know: %v", a.look.err)
	}
}

// checkLatePlan checks that a person is told of a plan that closes after the deadline as soon as the plan is made.
func (w *world) checkLatePlan(c *change) {
	p, f := &c.about.plan, c.by.look.facts
	if !p.made || f == nil || f.dueBy.IsZero() {
		return
	}
	closes := epoch.Add(p.since)
	for _, r := range c.by.rulebook.document.Rules {
		if r.Name == p.rule && r.After != nil {
			closes = closes.Add(time.Duration(*r.After))
		}
	}
	if closes.After(f.dueBy.Add(clockSlack)) && !slices.Contains(c.after.Told, closing.ReasonLate) {
		w.breaks("L1", c.about, "a plan closes only at %s, after the deadline, and nobody was told", stamp(closes.Sub(epoch)))
	}
}

// recordWait records until when WooshPay asked us not to close again.
func (w *world) recordWait(c *change) {
	subj := c.about
	switch {
	case c.byHolder() && c.by.askedToWait > 0 && c.after.State == closing.Scheduled:
		subj.waitUntil = c.by.answeredAt + c.by.askedToWait
	case c.after.State != closing.Scheduled && c.after.State != closing.Closing, c.by.role == operator && c.after.RetryAt.IsZero():
		subj.waitUntil = 0
	}
}
