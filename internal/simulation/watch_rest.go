package simulation

import (
	"math"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// L1: when the faults stop, every case comes to rest or waits for a person in time.
// L2: nothing stays armed or claimed for ever.

const (
	// settling is the calm after which every unfinished case has been looked at and every dispute listed again.
	settling = 30 * time.Hour
	// patience is the calm after which a case that is not at rest never will be: the longest deadline, and a
	// day's budget for each dispute.
	patience = 60 * 24 * time.Hour
)

// rested reports whether the history is over: nothing is pending, and every case is at rest.
func (w *world) rested() bool {
	if w.queue.pending > 0 || w.now < w.calmAt+settling {
		return false
	}
	for _, subj := range w.subjects {
		if w.now < subj.lastDisturbed()+settling || w.unrest(subj) != "" {
			return false
		}
	}
	return true
}

// checkRest reports each case that is not at rest, and why.
func (w *world) checkRest() {
	for _, subj := range w.subjects {
		c := subj.stored
		why := w.unrest(subj)
		switch {
		case why == "":
			why = w.lateReminder(subj)
			if why != "" {
				w.breaks("L1", subj, "%s", why)
			}
		case c != nil && (c.Armed() || c.State == closing.Closing):
			w.breaks("L2", subj, "%s, long after the faults stopped", why)
		default:
			w.breaks("L1", subj, "%s, long after the faults stopped", why)
		}
	}
}

// unrest returns why a subject is not at rest; empty if it is.
func (w *world) unrest(subj *subject) string {
	c := subj.stored
	switch {
	case c == nil && (subj.announced || w.hasList):
		return "the dispute has no case"
	case c == nil:
		return ""
	case c.Armed():
		return "the case is armed"
	case c.State == closing.Closing || c.State == closing.Scheduled:
		return "the case is " + string(c.State)
	case c.State.Finished():
		return w.misjudged(subj)
	case terminal(subj.facts().status):
		return "the case is " + string(c.State) + " although the dispute has ended as " + string(subj.facts().status)
	case c.State == closing.Failed:
		if !subj.personTold(closing.ReasonFailed) {
			return "nobody was told of the failure"
		}
	}
	return undecided(subj, c)
}

// misjudged returns how a finished case differs from the dispute. Without a list, only announced facts can be known.
func (w *world) misjudged(subj *subject) string {
	c, s := subj.stored, subj.facts().status
	switch {
	case !w.hasList && (subj.acknowledged != subj.facts() || c.State == closing.Missing):
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

// undecided returns what an open case lacks.
func undecided(subj *subject, c *closing.Case) string {
	d := c.Decision
	switch {
	case c.Override != nil && max(subj.decidedAt, subj.failedAt) < subj.orderedAt:
		return "an operator's order was never acted on"
	case d == nil:
		return "nobody decided the case"
	case c.State == closing.Failed:
	case d.Action == policy.Close && !d.Shadow:
		return "the case is open although it is to be closed"
	case d.Action == policy.Review && !d.Shadow && !subj.personTold(closing.ReasonReview):
		return "nobody was told of the review"
	case !known(subj.facts().status) && !subj.personTold(closing.ReasonStatus):
		return "nobody was told of the unknown status"
	}
	return ""
}

// lateReminder returns why a reminder of a deadline is missing or late; empty if it is neither.
func (w *world) lateReminder(subj *subject) string {
	c := subj.stored
	if c == nil || c.State.Finished() {
		return ""
	}
	at, ok := reminderOf(c)
	reminder := max(at.Sub(epoch), subj.waitsFrom)
	if !ok || !waitsForPerson(c) || !closable(subj.facts().status) || reminder < max(w.calmAt, subj.lastDisturbed(), subj.learnedAt)+settling {
		return ""
	}
	const grace = time.Hour
	switch {
	case w.now < reminder+grace:
		return ""
	case subj.remindedAt == math.MaxInt64:
		return "nobody was told of the deadline"
	case subj.remindedAt > reminder+grace:
		return "a person was told of the deadline " + (subj.remindedAt - reminder).String() + " late"
	}
	return ""
}

// personTold reports whether a person was told of a reason since the case was last opened.
func (subj *subject) personTold(reason string) bool {
	return slices.Contains(subj.stored.Told, reason) && !slices.Contains(subj.toldEarlier, reason)
}

// waitsForPerson reports whether a case waits for a person.
func waitsForPerson(c *closing.Case) bool {
	return c.State == closing.Failed ||
		c.State == closing.Open && c.Decision != nil && c.Decision.Action == policy.Review && !c.Decision.Shadow
}

// recordReminder records since when a case has waited for a person, and when a person was first told of the deadline.
func (w *world) recordReminder(c *change) {
	subj := c.about
	if c.was() == closing.Resolved && !c.after.State.Finished() {
		subj.toldEarlier = slices.Clone(c.before.Told)
	}
	subj.toldEarlier = slices.DeleteFunc(subj.toldEarlier, func(reason string) bool { return !slices.Contains(c.after.Told, reason) })
	if waitsForPerson(c.after) && (c.before == nil || !waitsForPerson(c.before)) {
		subj.waitsFrom = w.now
	}
	told := slices.Contains(c.after.Told, closing.ReasonDeadline)
	switch {
	case !told:
		subj.remindedAt = math.MaxInt64
	case subj.remindedAt == math.MaxInt64:
		subj.remindedAt = w.now
	}
}
