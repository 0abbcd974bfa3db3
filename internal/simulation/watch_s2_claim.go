package simulation

import (
	"context"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// S2: no claim that pause, keep, budget, ceiling, guards, rules and grace did not allow, on fresh facts.
// Judged by what WooshPay truly showed and by the policy's text, not by the decision that was stored.

func (w *world) checkClaim(c *change) {
	if why := w.forbids(c); why != "" {
		w.breaks("S2", c.about, "claimed although %s", why)
	}
}

// forbids says what forbids a claim; empty if nothing does.
func (w *world) forbids(c *change) string {
	look, claimedAt := &c.by.look, c.by.trueTime(c.after.PostedAt)
	switch control, _ := w.ledger.Control(context.Background()); {
	case control.Paused:
		return "closing is paused"
	case look.facts == nil || look.facts.id != c.about.id:
		return "nobody looked"
	case c.before.Attempts >= w.terms.Attempts:
		return "its attempts are spent"
	case claimedAt-look.calledAt > w.terms.Fresh:
		return "the facts are " + (claimedAt - look.calledAt).String() + " old"
	case w.clocksDiffer(c.by):
		return "its clock and WooshPay's differ by " + epoch.Add(look.datedAt+c.by.ahead()).Sub(look.date).String()
	case claimedAt+2*(w.terms.Skew+w.slack()) < c.about.waitUntil:
		return "WooshPay asked to wait until " + stamp(c.about.waitUntil)
	}
	if why := w.rulesForbid(c, claimedAt); why != "" {
		return why
	}
	return w.budgetForbids(c)
}

// rulesForbid asks the operator's word, the rules and the guards.
func (w *world) rulesForbid(c *change, claimedAt time.Duration) string {
	view, document := c.by.look, &c.by.rulebook.document
	word := c.before.Override
	if word != nil && word.Action != policy.Close {
		return "an operator said " + string(word.Action)
	}
	if why := guard(document, view.facts, view.refunded(), word != nil); why != "" {
		return why
	}
	if word != nil {
		return orderForbids(word, view.facts)
	}
	if document.Mode != policy.Live {
		return "the policy is in shadow"
	}
	// A machine's clock may be ahead or behind: a dispute may look older than it is, or younger.
	why := w.ruleForbids(c, rule(document, view.facts, view.refunded(), w.time().Add(w.terms.Skew)), claimedAt)
	if why != "" && w.ruleForbids(c, rule(document, view.facts, view.refunded(), w.time().Add(-w.terms.Skew)), claimedAt) == "" {
		return ""
	}
	return why
}

// ruleForbids asks what the rules say at one instant, and its rule's clock.
func (w *world) ruleForbids(c *change, r ruling, claimedAt time.Duration) string {
	if r.action != policy.Close {
		return "the rules say " + string(r.action)
	}
	return w.graceForbids(c, r.rule, claimedAt)
}

// orderForbids asks for how much an operator gave the word.
func orderForbids(word *closing.Override, f *facts) string {
	if word.Agreed.Amount != f.amount || word.Agreed.Currency != f.currency {
		return "an operator agreed to " + word.Agreed.String() + " only"
	}
	return ""
}

// graceForbids asks the rule's clock, less the difference that clocks may have.
func (w *world) graceForbids(c *change, r *policy.Rule, claimedAt time.Duration) string {
	at := claimedAt + w.terms.Skew
	p := c.about.plan
	switch {
	case !p.made || p.rule != r.Name:
		return "no plan of rule " + r.Name + " stands"
	case r.After != nil && at < p.since+time.Duration(*r.After):
		return "the grace since " + stamp(p.since) + " has not passed"
	case r.BeforeDue != nil && epoch.Add(at).Before(c.by.look.facts.dueBy.Add(-time.Duration(*r.BeforeDue))):
		return "it is not yet so late before the deadline"
	}
	return ""
}

// budgetForbids asks the day's budget as the ledger counts it, the claim included.
func (w *world) budgetForbids(c *change) string {
	spend, failures := c.by.rulebook.document.Budget.Spend[c.by.look.facts.currency], c.by.rulebook.document.Budget.Failures
	count, _ := w.ledger.Spent(context.Background(), c.after.Spent.Day, c.by.look.facts.currency)
	held := c.before.Spent == c.after.Spent
	switch {
	case c.after.Spent.Amount != c.by.look.facts.amount || c.after.Spent.Currency != c.by.look.facts.currency:
		return "it spends another amount than it closes"
	case !held && (count.Closes > spend.Closes || count.Amount > spend.Amount):
		return "the day's budget is overspent"
	case count.Failures >= failures:
		return "the day's failures stop the currency"
	}
	return ""
}

// recordPlan follows the live plan through the stored decisions: it begins with the first of an unbroken row of live
// closes by one rule or one operator, and no earlier than WooshPay showed the facts for it.
func (w *world) recordPlan(c *change) {
	p, d := &c.about.plan, c.after.Decision
	if c.after.State != closing.Scheduled && c.after.State != closing.Closing {
		*p = plan{}
		return
	}
	if d == nil || p.sameAs(d) || c.before != nil && sameDecision(c.before.Decision, d) {
		return
	}
	if c.before != nil {
		w.countShadow(c.before.Decision, d)
	}
	defer w.checkLatePlan(c)
	*p = plan{made: d.Action == policy.Close && !d.Shadow, rule: d.Rule, operator: d.Operator, since: c.by.look.answeredAt}
}

// sameDecision tells whether nothing was decided in between. Clocks that differ may show one instant twice.
func sameDecision(a, b *policy.Decision) bool {
	return a != nil && a.At.Equal(b.At) && a.Action == b.Action && a.Rule == b.Rule && a.Operator == b.Operator && a.Shadow == b.Shadow
}
