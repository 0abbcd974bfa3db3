package simulation

import (
	"context"
	"fmt"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The watchers stand at the ports. They see every call that leaves and everything that is stored, and report a broken
// promise at once. They trust no answer: after a store they read what the ledger holds.

// Violation is a promise that was broken.
type Violation struct {
	Seed uint64
	// Promise is S1 to S7, L1 or L2, or that every run ends by itself.
	Promise string
	Text    string
	About   dispute.ID
	At      time.Duration
}

func (v *Violation) String() string {
	return fmt.Sprintf("%s is broken for %s: %s", v.Promise, v.About, v.Text)
}

// breaks records the first violation; the history ends with it.
func (w *world) breaks(promise string, subj *subject, format string, args ...any) {
	if w.violation != nil {
		return
	}
	w.violation = &Violation{Promise: promise, Text: fmt.Sprintf(format, args...), At: w.now}
	if subj != nil {
		w.violation.About = subj.id
	}
}

// storeCall is what the ledger was asked to store, and its answer.
type storeCall struct {
	tally closing.Tally
	// bid and claim are set for a claim.
	bid   *closing.Bid
	claim *claim
	err   error
}

// change is one change of a stored case: who made it, and the case before and after; before is nil for a new case.
type change struct {
	*storeCall
	by     *actor
	about  *subject
	before *closing.Case
	after  *closing.Case
}

// was is the state before the change; empty for a new case.
func (c *change) was() closing.State {
	if c.before == nil {
		return ""
	}
	return c.before.State
}

// becomes reports whether the change brings the case into a state.
func (c *change) becomes(s closing.State) bool { return c.after.State == s && c.was() != s }

// byHolder reports whether the change is the record of the claim's own holder.
func (c *change) byHolder() bool {
	return c.bid == nil && c.was() == closing.Closing && c.about.holder(c.by)
}

// surelyNot reports whether the actor's claim certainly closed nothing: its POST was refused or did not leave.
func (a *actor) surelyNot() bool { return !a.sent || a.post != nil && a.post.fate == refusedFate }

// onStore compares what the ledger holds with what it held before.
func (w *world) onStore(a *actor, id dispute.ID, s storeCall) {
	subj := w.byID[id]
	if s.err != nil {
		return
	}
	now, err := w.ledger.Load(context.Background(), id)
	if err != nil || subj.stored != nil && unchanged(subj.stored, &now) {
		return
	}
	c := &change{storeCall: &s, by: a, about: subj, before: subj.stored, after: &now}
	subj.was, subj.stored, subj.storedAt = c.before, c.after, w.now
	if c.before == nil {
		subj.learnedAt = w.now
	}
	if c.becomes(now.State) {
		w.figures.enters(now.State)
	}
	w.record(c)
	w.check(c)
	w.react(c)
}

// unchanged reports whether nothing was stored. It also notices a change whose version was not counted.
func unchanged(a, b *closing.Case) bool {
	return a.Version == b.Version && a.State == b.State && a.ArmedAt.Equal(b.ArmedAt) &&
		a.DueAt.Equal(b.DueAt) && len(a.History) == len(b.History) && len(a.Seen) == len(b.Seen)
}

// record updates what the watchers know: the claims, the plan, the wait and the reminder.
func (w *world) record(c *change) {
	if c.bid != nil {
		c.claim.from = c.after.ClosedFrom
		c.about.claims = append(c.about.claims, c.claim)
	}
	if c.byHolder() && c.after.State != closing.Closing && c.by.surelyNot() {
		c.by.claim.surelyNot = true
	}
	w.recordPlan(c)
	w.recordWait(c)
	w.recordReminder(c)
}

// check checks a change against the promises.
func (w *world) check(c *change) {
	if err := c.after.Invalid(); err != nil {
		w.breaks("S7", c.about, "stored as no case may be: %v", err)
	}
	w.checkGivenUp(c)
	if c.bid != nil {
		w.checkClaim(c)
	}
	w.checkLook(c)
	w.checkClosed(c)
	w.checkBudget(c)
	w.checkDue(c)
	w.checkState(c)
	w.checkArmsAndOrders(c)
	w.countChange(c)
}

// react lets the world react to a change: the stream, sweeps, people and news.
func (w *world) react(c *change) {
	subj := c.about
	if c.after.Armed() {
		w.stream(subj)
	}
	if !c.after.DueAt.IsZero() {
		w.scheduleSweep(c.after.DueAt.Sub(epoch))
	}
	if c.becomes(closing.Scheduled) {
		w.scheduleRefundOfPlan(subj, c.after.CloseAt.Sub(epoch))
	}
	switch key := subj.key.of(uint64(len(subj.claims)) + 700); {
	case c.bid != nil:
		w.actDuringClaim(subj, key)
	case c.after.Ambiguous && !c.before.Ambiguous:
		w.sendNewsDuringClaim(subj, key.of(2), w.now-c.by.trueTime(c.after.PostedAt))
	}
}
