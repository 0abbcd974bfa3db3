package simulation

import "disputecloser/shared/closing"

// S4: a case is closed only if WooshPay shows that we can have closed the dispute; a closed case never changes state.

func (w *world) checkClosed(c *change) {
	if c.was() == closing.Closed && (c.after.State != closing.Closed || c.after.Proof != c.before.Proof) {
		w.breaks("S4", c.about, "a closed case moved to %s (%s)", c.after.State, c.after.Proof)
	}
	if !c.becomes(closing.Closed) {
		return
	}
	switch c.after.Proof {
	case closing.Answered:
		if !c.byHolder() || c.by.post == nil || c.by.post.fate != closedFate {
			w.breaks("S4", c.about, "closed by an answer that nobody got")
		}
	case closing.Inferred:
		w.checkInferred(c)
	default:
		w.breaks("S4", c.about, "closed without a proof")
	}
}

// checkInferred checks that a look showed the result of a close, and that one of our closes can be the cause.
func (w *world) checkInferred(c *change) {
	f := c.by.look.facts
	if f == nil || c.before == nil || !mayFollowClose(c.before.ClosedFrom, f.status) {
		w.breaks("S4", c.about, "closed by inference from a look that does not show it")
	}
	for _, claim := range c.about.claims {
		recordedNow := claim == c.by.claim && c.by.surelyNot()
		if !claim.surelyNot && !recordedNow {
			return
		}
	}
	w.breaks("S4", c.about, "closed by inference although each of our POSTs is known to have closed nothing")
}
