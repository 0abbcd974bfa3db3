package simulation

import (
	"errors"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// countChange counts the situations that a change of a stored case shows.
func (w *world) countChange(c *change) {
	f := &w.figures
	if c.tally.Closes < 0 {
		f.saw(sawTxnReturn)
	}
	f.Situations[sawPersonStored] += len(newlyTold(c))
	w.countLooks(c)
	if c.bid != nil && c.bid.Held {
		f.saw(sawSpendOnce)
	}
	if c.by.role == sweeper && c.before.Armed() {
		f.saw(sawSweepRearms)
	}
	if at, ok := reminderOf(c.after); ok && c.after.DueAt.Equal(at) {
		f.saw(sawDueCap)
	}
	switch {
	case c.byHolder():
		w.countRecord(c)
	case c.was() == closing.Closing && c.by.look.facts != nil && c.by.role == closer:
		w.countLookUnderClaim(c)
	}
	switch {
	case c.becomes(closing.Resolved):
		w.countEnd(c)
	case c.was() == closing.Resolved && c.after.State == closing.Scheduled && !c.after.Lapsed(c.by.clock()):
		f.saw(sawKeepClaim)
	}
}

// toldSituations are the reasons for calling a person that are counted one by one.
var toldSituations = map[string]situation{
	closing.ReasonLooks: sawToldLooks, closing.ReasonStatus: sawToldStatus,
	closing.ReasonLate: sawToldLate, closing.ReasonContradiction: sawToldContradiction,
}

// countLooks counts what a closer's look showed, and what a person was told.
func (w *world) countLooks(c *change) {
	f, look := &w.figures, &c.by.look
	for _, reason := range newlyTold(c) {
		if s, counted := toldSituations[reason]; counted {
			f.saw(s)
		}
	}
	switch {
	case c.becomes(closing.Missing):
		f.saw(sawMissing)
	case c.was() == closing.Missing && !c.after.State.Finished():
		f.saw(sawFound)
	case c.by.role == operator && c.was() == closing.Failed && c.after.Override != nil:
		f.saw(sawOrderOnFailed)
	case c.by.role != closer:
	case c.bid != nil && look.refunded() == unknown:
		f.saw(sawUnavailable)
	case errors.Is(look.err, errCharge):
		f.saw(sawChargeFailed)
	case !look.failed() && c.after.FailedLooks > c.before.FailedLooks:
		f.saw(sawStaleStored)
	case c.after.State == closing.Scheduled && strings.Contains(c.after.LastError, "clock"):
		f.saw(sawClocksDiffer)
	}
}

// countRefund counts closes that a refund stopped.
func (w *world) countRefund(c *change) {
	f, look := &w.figures, &c.by.look
	switch {
	case look.refunded() == unknown:
		f.saw(sawUnknownRefund)
	case look.charge != yes:
		f.saw(sawExpanded)
	case c.was() == closing.Scheduled:
		f.saw(sawRefundedPlanned)
	}
}

// newlyTold returns the reasons that a change adds to those a person was told. A release clears earlier ones.
func newlyTold(c *change) (reasons []string) {
	for _, reason := range c.after.Told {
		if c.before == nil || !slices.Contains(c.before.Told, reason) {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

func reminderOf(c *closing.Case) (time.Time, bool) {
	due := c.Dispute.DueBy
	return due.Add(-24 * time.Hour), !due.IsZero()
}

// countRecord counts the situations of a holder's record.
func (w *world) countRecord(c *change) {
	f := &w.figures
	if c.before.Armed() {
		f.saw(sawKeepNewArm)
	}
	switch {
	case !c.by.surelyNot():
	case c.before.Doubt:
		f.saw(sawReturnCertain)
	default:
		f.saw(sawClearPosted)
	}
	if c.by.post == nil && w.now-c.by.trueTime(c.before.PostedAt) >= w.terms.Window {
		f.saw(sawWindow)
	}
}

// countLookUnderClaim counts looks of other actors at a claimed case.
func (w *world) countLookUnderClaim(c *change) {
	f := &w.figures
	asked := epoch.Add(c.by.look.calledAt + c.by.ahead())
	if !terminal(c.by.look.facts.status) && !asked.After(c.before.ClaimUntil) {
		f.saw(sawSettle)
		if c.by.clock().After(c.before.ClaimUntil) {
			f.saw(sawSettleAtLook)
		}
	}
}

func (w *world) countEnd(c *change) {
	f, look := &w.figures, c.by.look
	if look.facts == nil {
		return
	}
	ours := mayFollowClose(c.before.ClosedFrom, look.facts.status)
	switch {
	case ours && !c.after.PostedAt.IsZero():
		f.saw(sawAttrDoubt)
	case !ours && c.was() == closing.Closing:
		f.saw(sawOnlyLost)
	}
	if c.tally.Closes < 0 && !c.byHolder() {
		f.saw(sawWonReturns)
	}
}

// countLoad counts the situations in which a closer's pass begins.
func (w *world) countLoad(a *actor, c *closing.Case) {
	now := a.clock()
	switch {
	case !c.Armed():
	case c.State == closing.Scheduled && now.Before(c.CloseAt):
		w.figures.saw(sawCloseAt)
	case c.State == closing.Closing && !c.Ambiguous && !now.After(c.ClaimUntil):
		w.figures.saw(sawHandsOff)
	}
}

// countLook counts looks at claims that have lapsed by the actor's clock, and not by the true time.
func (w *world) countLook(a *actor, subj *subject) {
	c := subj.stored
	if c == nil || c.State != closing.Closing || len(subj.claims) == 0 {
		return
	}
	lapses := subj.claims[len(subj.claims)-1].by.trueTime(c.ClaimUntil)
	if a.clock().After(c.ClaimUntil) && w.now < lapses {
		w.figures.saw(sawSkewInClaim)
	}
}

// countClaimTried counts claims tried on facts that are too old.
func (w *world) countClaimTried(a *actor) {
	if w.now-a.look.calledAt > w.terms.Fresh {
		w.figures.saw(sawLookFresh)
	}
}

// countRefusedClaim counts claims that a switch refuses which is off.
func (w *world) countRefusedClaim(a *actor) {
	switch w.turnedOnFor {
	case "":
		w.figures.saw(sawOff)
	case a.mark:
	default:
		w.figures.saw(sawOffElsewhere)
	}
}

// countNews counts news that an unfinished case has ended.
func (w *world) countNews(d dispute.Dispute) {
	if subj := w.byID[d.ID]; subj.stored != nil && !subj.stored.State.Finished() && terminal(d.Status) {
		w.figures.saw(sawLearnPassive)
	}
}

// countRefusedRelease counts releases that were refused.
func (w *world) countRefusedRelease(k incidentKind, err error) {
	if k == operatorReleases && errors.Is(err, closing.ErrClosing) {
		w.figures.saw(sawReleaseGuard)
	}
}

// countShadow counts closes that were decided in shadow and then live.
func (w *world) countShadow(before, after *policy.Decision) {
	if before != nil && before.Shadow && before.Action == policy.Close && after.Action == policy.Close && !after.Shadow {
		w.figures.saw(sawGraceLive)
	}
}

// countAnswer counts answers to a POST that differ from what was done.
func (w *world) countAnswer(p *post, err error) {
	switch {
	case err == nil && p.fate == unknownFate:
		w.figures.saw(sawOKAmbiguous)
	case p.fate == refusedFate && p.executed:
		w.figures.saw(sawRefusedYetDone)
	}
}
