package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// S6: an unfinished case has a date. The date is not after the reminder of its deadline, and not in the future while
// the case is armed.

func (w *world) checkDue(c *change) {
	if c.after.State.Finished() {
		return
	}
	if c.after.DueAt.IsZero() {
		w.breaks("S6", c.about, "an unfinished case (%s) has no date", c.after.State)
		return
	}
	if c.after.Armed() && c.after.DueAt.After(c.after.ArmedAt) {
		w.breaks("S6", c.about, "an armed case is due only at %s: if its record is lost, nobody works on it until then", c.after.DueAt.Format(time.DateTime))
	}
	if w.deferred(c) && c.after.DueAt.Before(c.by.clock().Add(-clockSlack)) {
		w.breaks("S6", c.about, "a case that was deferred has been due since %s", c.after.DueAt.Format(time.DateTime))
	}
	if reminder, ok := reminderOf(c.after); ok && w.deferred(c) && c.after.DueAt.After(reminder) && reminder.After(c.by.clock()) {
		w.breaks("S6", c.about, "the case is due %s, its deadline's reminder %s earlier", c.after.DueAt.Format(time.DateTime), c.after.DueAt.Sub(reminder))
	}
}

// deferred reports whether a closer has just scheduled the case for later. A claim is due when it lapses, whatever the
// deadline, and what was decided before a stall may be late when it is stored.
func (w *world) deferred(c *change) bool {
	return c.by.role == closer && c.after.State != closing.Closing && !c.after.Armed() && w.now < c.by.look.answeredAt+time.Minute
}
