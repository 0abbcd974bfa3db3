package simulation

import "disputecloser/shared/closing"

// S1: WooshPay executes at most one close of ours per dispute, and no POST leaves while an earlier one may
// still execute.
// S3: a POST leaves only if the ledger shows its sender's claim.

// onPost checks a POST that leaves.
func (w *world) onPost(a *actor, subj *subject, p *post) {
	if subj.stored == nil || subj.stored.State != closing.Closing || !subj.holder(a) || subj.stored.ClaimID != a.claim.id {
		w.breaks("S3", subj, "a POST leaves that the ledger does not show as its sender's claim")
	}
	for _, earlier := range subj.posts {
		if earlier.fate == closedFate || earlier.fate == unknownFate && earlier.until >= w.now {
			w.breaks("S1", subj, "a POST leaves while an earlier one may still be executed")
		}
	}
	if age, most := w.now-a.look.calledAt, w.terms.Fresh+w.terms.Window; a.look.facts == nil || age > most {
		w.breaks("S2", subj, "a POST leaves on facts that are %s old", age)
	}
	a.post = p
	subj.posts = append(subj.posts, p)
	w.figures.Posts++
}

// onExecution checks a POST that WooshPay executes: it is the first of its dispute, and the case still holds its budget.
func (w *world) onExecution(subj *subject, p *post) {
	subj.executed++
	w.figures.Executed++
	if subj.executed > 1 {
		w.breaks("S1", subj, "WooshPay executed a second close of ours")
	}
	p.executed = true
	if subj.stored.Spent.Day == "" {
		w.breaks("S5", subj, "a close is executed whose budget was returned")
	}
}

// checkGivenUp checks a claim that ends without a close: nobody may give it up on a look that was shown while its POST
// could still be executed.
func (w *world) checkGivenUp(c *change) {
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
	shownAt := c.by.look.shownAt
	if c.becomes(closing.Missing) {
		shownAt = c.by.look.calledAt // nothing was shown, for days
	} else if c.by.look.facts == nil {
		w.breaks("S1", c.about, "a claim is given up without a look")
	}
	for _, p := range c.about.posts {
		if p.fate == unknownFate && p.until >= shownAt {
			w.breaks("S1", c.about, "a claim is given up on a look that was shown while its POST could still be executed")
		}
	}
}
