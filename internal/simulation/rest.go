package simulation

import (
	"math"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// L1: when the faults stop, every case comes to rest or stands before a person in time.
// L2: nothing stays armed or claimed for ever.

const (
	// settling is the calm after which every unfinished case was looked at and every dispute listed again.
	settling = 30 * time.Hour
	// patience is the calm after which a case that is not at rest never will be: the longest deadline, and a
	// day's budget for each dispute.
	patience = 60 * 24 * time.Hour
)

// rested tells whether the history is over: nothing is pending, and every case is at rest.
func (w *world) rested() bool {
	if w.queue.pending > 0 || w.now < w.calmAt+settling {
		return false
	}
	for _, m := range w.matters {
		if w.now < m.disturbed()+settling || w.unrest(m) != "" {
			return false
		}
	}
	return true
}

// concludes says of each case that is not at rest what is wrong with it.
func (w *world) concludes() {
	for _, m := range w.matters {
		c := m.stored
		why := w.unrest(m)
		switch {
		case why == "":
			why = w.untold(m)
			if why != "" {
				w.breaks("L1", m, "%s", why)
			}
		case c != nil && (c.Armed() || c.State == closing.Closing):
			w.breaks("L2", m, "%s, long after the faults stopped", why)
		default:
			w.breaks("L1", m, "%s, long after the faults stopped", why)
		}
	}
}

// unrest says why a matter is not at rest; empty if it is.
func (w *world) unrest(m *matter) string {
	c := m.stored
	switch {
	case c == nil && (m.told || w.listed):
		return "the dispute has no case"
	case c == nil:
		return ""
	case c.Armed():
		return "the case is armed"
	case c.State == closing.Closing || c.State == closing.Scheduled:
		return "the case is " + string(c.State)
	case c.State.Finished():
		return w.misjudged(m)
	case terminal(m.facts().status):
		return "the case is " + string(c.State) + " although the dispute has ended as " + string(m.facts().status)
	case c.State == closing.Failed:
		if !m.toldOf(closing.ReasonFailed) {
			return "nobody was told of the failure"
		}
	}
	return undecided(m, c)
}

// misjudged says how a finished case differs from the dispute. What was never told can't be known.
func (w *world) misjudged(m *matter) string {
	c, s := m.stored, m.facts().status
	switch {
	case !w.listed && (m.heard != m.facts() || c.State == closing.Missing):
		return ""
	case c.State == closing.Missing:
		return "the case is missing although WooshPay knows the dispute"
	case c.State == closing.Resolved && !terminal(s):
		return "the case is resolved although the dispute is " + string(s)
	case c.State == closing.Closed && !mayFollowClose(c.ClosedFrom, s) && !slices.Contains(c.Told, closing.ReasonContradiction):
		return "the case is closed, the dispute is " + string(s) + ", and nobody was told"
	}
	return ""
}

// undecided says what an open case lacks.
func undecided(m *matter, c *closing.Case) string {
	d := c.Decision
	switch {
	case c.Override != nil && max(m.decidedAt, m.failedAt) < m.wordAt:
		return "an operator's order was never acted on"
	case d == nil:
		return "nobody decided the case"
	case c.State == closing.Failed:
	case d.Action == policy.Close && !d.Shadow:
		return "the case is open although it is to be closed"
	case d.Action == policy.Review && !d.Shadow && !m.toldOf(closing.ReasonReview):
		return "nobody was told of the review"
	case !known(m.facts().status) && !m.toldOf(closing.ReasonStatus):
		return "nobody was told of the unknown status"
	}
	return ""
}

// untold says that a person who had to be told of a deadline was told late or never.
func (w *world) untold(m *matter) string {
	c := m.stored
	if c == nil || c.State.Finished() {
		return ""
	}
	at, ok := reminderOf(c)
	reminder := max(at.Sub(epoch), m.waitsFrom)
	if !ok || !waits(c) || !closable(m.facts().status) || reminder < max(w.calmAt, m.disturbed(), m.learntAt)+settling {
		return ""
	}
	const grace = time.Hour
	switch {
	case w.now < reminder+grace:
		return ""
	case m.remindedAt == math.MaxInt64:
		return "nobody was told of the deadline"
	case m.remindedAt > reminder+grace:
		return "a person was told of the deadline " + (m.remindedAt - reminder).String() + " late"
	}
	return ""
}

// toldOf tells whether a person was told of a reason since the case was opened the last time.
func (m *matter) toldOf(reason string) bool {
	return slices.Contains(m.stored.Told, reason) && !slices.Contains(m.toldBefore, reason)
}

// waits tells whether a case stands before a person.
func waits(c *closing.Case) bool {
	return c.State == closing.Failed ||
		c.State == closing.Open && c.Decision != nil && c.Decision.Action == policy.Review && !c.Decision.Shadow
}

// remembers notes since when a case stands before a person, and when a person was first told of the deadline.
func (w *world) remembers(c *change) {
	m := c.about
	if c.was() == closing.Resolved && !c.after.State.Finished() {
		m.toldBefore = slices.Clone(c.before.Told)
	}
	m.toldBefore = slices.DeleteFunc(m.toldBefore, func(reason string) bool { return !slices.Contains(c.after.Told, reason) })
	if waits(c.after) && (c.before == nil || !waits(c.before)) {
		m.waitsFrom = w.now
	}
	told := slices.Contains(c.after.Told, closing.ReasonDeadline)
	switch {
	case !told:
		m.remindedAt = math.MaxInt64
	case m.remindedAt == math.MaxInt64:
		m.remindedAt = w.now
	}
}
