package simulation

import "disputecloser/shared/closing"

// S1: WooshPay executes at most one close of ours per dispute, and no POST leaves while an earlier one may
// still execute.
// S3: no POST that the ledger does not show as this holder's claim.

// seesPost watches a POST leave.
func (w *world) seesPost(a *actor, m *matter, p *post) {
	if m.stored == nil || m.stored.State != closing.Closing || !m.holder(a) || m.stored.ClaimID != a.claim.id {
		w.breaks("S3", m, "a POST leaves that the ledger does not show as its sender's claim")
	}
	for _, earlier := range m.posts {
		if earlier.fate == closedFate || earlier.fate == unknownFate && earlier.until >= w.now {
			w.breaks("S1", m, "a POST leaves while an earlier one may still be executed")
		}
	}
	if age, most := w.now-a.view.calledAt, w.terms.Fresh+w.terms.Window; a.view.facts == nil || age > most {
		w.breaks("S2", m, "a POST leaves on facts that are %s old", age)
	}
	a.post = p
	m.posts = append(m.posts, p)
	w.figures.Posts++
}

// seesExecution watches WooshPay close the dispute for a POST.
func (w *world) seesExecution(m *matter, p *post) {
	m.executed++
	w.figures.Executed++
	if m.executed > 1 {
		w.breaks("S1", m, "WooshPay executed a second close of ours")
	}
	p.done = true
	if m.stored.Spent.Day == "" {
		w.breaks("S5", m, "a close is executed whose budget was returned")
	}
}

// givenUp watches a claim end without a close: nobody may give it up on a look that was shown while its POST
// could still be executed.
func (w *world) givenUp(c *change) {
	if c.was() != closing.Closing || c.after.State == closing.Closed || c.after.State == closing.Resolved ||
		c.after.State == closing.Closing && c.after.ClaimID == c.before.ClaimID {
		return
	}
	if c.byHolder() {
		if !c.by.surelyNot() {
			w.breaks("S1", c.about, "a claim is given up by its holder although its POST's fate is unknown")
		}
		return
	}
	shownAt := c.by.view.shownAt
	if c.becomes(closing.Missing) {
		shownAt = c.by.view.calledAt // nothing was shown, for days
	} else if c.by.view.facts == nil {
		w.breaks("S1", c.about, "a claim is given up without a look")
	}
	for _, p := range c.about.posts {
		if p.fate == unknownFate && p.until >= shownAt {
			w.breaks("S1", c.about, "a claim is given up on a look that was shown while its POST could still be executed")
		}
	}
}
