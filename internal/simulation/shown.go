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

// What a closer stores follows from what it was shown. A look that failed decides nothing, is counted, and ends at a
// person; one that WooshPay answered about something else is told.

// clockSlack is by how much a period may seem longer or shorter than it was to clocks that are off, at its two ends.
const clockSlack = 2*longestOff + 10*time.Minute

// follows holds what a closer's pass stored against its look.
func (w *world) follows(c *change) {
	if c.by.role != closer {
		return
	}
	w.decides(c)
	w.contradicts(c)
	m, view := c.about, &c.by.view
	if c.bid != nil || c.byHolder() {
		if !view.failed() {
			m.blindFrom, m.unknownFrom = 0, 0
		}
		return
	}
	switch stale := w.now-view.calledAt > w.terms.Fresh; {
	case view.failed() || stale && c.after.FailedLooks > c.before.FailedLooks:
		w.blinded(c)
	case !stale && c.after.FailedLooks > 0:
		w.breaks("S7", m, "the case counts %d failed looks although the last one succeeded", c.after.FailedLooks)
	default:
		m.blindFrom, m.unknownFrom = 0, 0
	}
	w.goesMissing(c)
}

// decides asks that a decision was made on a look that succeeded, and that the guard of refunds calls a person.
func (w *world) decides(c *change) {
	d := c.after.Decision
	if d == nil || c.before != nil && sameDecision(c.before.Decision, d) {
		return
	}
	c.about.decidedAt = c.by.view.answeredAt
	view := &c.by.view
	switch refund := d.Guard == policy.GuardRefunded; {
	case view.facts == nil || view.failed():
		w.breaks("S2", c.about, "it is decided on a look that failed: %v", view.err)
	case refund && d.Action != policy.Review:
		w.breaks("S7", c.about, "a refund stops a close, and the decision is %s", d.Action)
	case refund && view.refunded() == nobody && d.GuardReason == "":
		w.breaks("S7", c.about, "an unknown refund stops a close, and the decision does not say why it is unknown")
	case refund:
		w.noticesRefund(c)
	}
}

// contradicts asks that a person is told where WooshPay's answer under a claim is about something else than was claimed.
func (w *world) contradicts(c *change) {
	if c.was() != closing.Closing || slices.Contains(c.after.Told, closing.ReasonContradiction) {
		return
	}
	view := &c.by.view
	stale := !c.byHolder() && w.now-view.calledAt > w.terms.Fresh
	switch {
	case stale:
	case c.byHolder() && c.by.otherwise != "":
		w.breaks("S7", c.about, "the close was answered about %s, and nobody was told", c.by.otherwise)
	case errors.Is(view.err, dispute.ErrOther):
		w.breaks("S7", c.about, "a look under a claim was answered about another dispute, and nobody was told")
	case view.facts != nil && otherThan(view.facts, c.before.Spent):
		w.breaks("S7", c.about, "WooshPay shows other money than was claimed, and nobody was told")
	}
}

// otherThan reports whether a dispute is surely not about what was claimed.
func otherThan(f *facts, s closing.Spend) bool {
	return f.amount >= 0 && f.amount != s.Amount || f.currency != "" && f.currency != s.Currency
}

// blinded follows a case whose looks fail: the next one is not earlier than WooshPay asked, and a person is told in time.
func (w *world) blinded(c *change) {
	m, view := c.about, &c.by.view
	if m.blindFrom == 0 {
		m.blindFrom = w.now
	}
	if unknown(view.err) && m.unknownFrom == 0 {
		m.unknownFrom = w.now
	}
	asked := fault.RetryAfter(view.err)
	earliest := epoch.Add(view.answeredAt + asked + min(c.by.ahead(), 0) - time.Second)
	reminder, capped := reminderOf(c.after)
	switch told := slices.Contains(c.after.Told, closing.ReasonLooks); {
	case c.after.State.Finished():
	case !told && w.now-m.blindFrom >= w.terms.Blind+clockSlack:
		w.breaks("L1", m, "every look has failed since %s, and nobody was told", stamp(m.blindFrom))
	case asked == 0 || c.after.Armed() || view.dateWrong || capped && c.after.DueAt.Equal(reminder):
	case c.after.DueAt.Before(earliest):
		w.breaks("L1", m, "WooshPay asked to wait %s, and the case is due %s earlier", asked, earliest.Sub(c.after.DueAt))
	default:
		w.figures.saw(sawRetryAfter)
	}
}

// unknown reports whether a look failed because WooshPay does not know the dispute.
func unknown(err error) bool { return fault.Of(err) == fault.Permanent && !errors.Is(err, errCharge) }

// goesMissing asks that a case ends as missing when WooshPay has not known its dispute for days, and not before.
func (w *world) goesMissing(c *change) {
	m := c.about
	since := w.now - m.unknownFrom
	switch {
	case c.becomes(closing.Missing) && (m.unknownFrom == 0 || since < w.terms.Unknown-clockSlack):
		w.breaks("S7", m, "the case is missing although WooshPay knew the dispute until lately")
	case c.after.State.Finished() || m.unknownFrom == 0 || !unknown(c.by.view.err) || !c.after.ClaimUntil.IsZero():
	case since >= w.terms.Unknown+clockSlack:
		w.breaks("L1", m, "WooshPay has not known the dispute since %s, and the case goes on", stamp(m.unknownFrom))
	}
}

// rings asks that a look is counted as what it was: what trips the alarm of an outage is not what is said of one dispute.
func (w *world) rings(a *actor, n closing.Note) {
	m := w.byID[n.Case.ID]
	switch failed := a.view.failed(); {
	case n.Kind == closing.NoteLooked && failed:
		w.breaks("S7", m, "a failed look counts as one that succeeded: %v", a.view.err)
	case n.Kind == closing.NoteLookFailed && unknown(a.view.err):
		w.breaks("S7", m, "a dispute that WooshPay does not know counts as an outage")
	case n.Kind == closing.NoteUnknown && !unknown(a.view.err):
		w.breaks("S7", m, "an outage counts as a dispute that WooshPay does not know: %v", a.view.err)
	}
}

// late asks that a person is told of a plan that closes only after the deadline, when it is made.
func (w *world) late(c *change) {
	p, f := &c.about.plan, c.by.view.facts
	if !p.made || f == nil || f.dueBy.IsZero() {
		return
	}
	closes := epoch.Add(p.since)
	for _, r := range c.by.book.document.Rules {
		if r.Name == p.rule && r.After != nil {
			closes = closes.Add(time.Duration(*r.After))
		}
	}
	if closes.After(f.dueBy.Add(clockSlack)) && !slices.Contains(c.after.Told, closing.ReasonLate) {
		w.breaks("L1", c.about, "a plan closes only at %s, after the deadline, and nobody was told", stamp(closes.Sub(epoch)))
	}
}

// asksToWait notes until when WooshPay asked us not to close again.
func (w *world) asksToWait(c *change) {
	m := c.about
	switch {
	case c.byHolder() && c.by.asked > 0 && c.after.State == closing.Scheduled:
		m.waitFor = c.by.answeredAt + c.by.asked
	case c.after.State != closing.Scheduled && c.after.State != closing.Closing, c.by.role == operator && c.after.RetryAt.IsZero():
		m.waitFor = 0
	}
}
