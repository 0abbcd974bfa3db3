package simulation

import (
	"context"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// S2: no claim that pause, keep, budget, ceiling, guards, rules and grace did not allow, on fresh facts.
// The check uses what WooshPay really showed and the policy's text, not the decision that was stored.

func (w *world) checkClaim(c *change) {
	if why := w.forbids(c); why != "" {
		w.breaks("S2", c.about, "claimed although %s", why)
	}
}

// forbids returns what forbids a claim; empty if nothing does.
func (w *world) forbids(c *change) string {
	look, claimedAt := &c.by.look, c.by.trueTime(c.after.PostedAt)
	if why := w.switchForbids(c.by); why != "" {
		return why
	}
	switch {
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

// switchForbids says why the switch forbids a claim, by what people did and what happened to it; empty if it does not. A
// function of before may close on the table for which closing was turned on.
func (w *world) switchForbids(a *actor) string {
	switch control, _ := w.ledger.Control(context.Background()); {
	case control.Switch == closing.Paused:
		return "closing is paused"
	case w.turnedOnFor == "":
		return "nobody has turned closing on"
	case w.turnedOnFor != a.mark:
		return "closing is on for " + w.turnedOnFor + ", not for " + a.mark
	}
	return ""
}

// rulesForbid checks the operator's order, the guards and the rules.
func (w *world) rulesForbid(c *change, claimedAt time.Duration) string {
	look, document := c.by.look, &c.by.rulebook.document
	order := c.before.Override
	if order != nil && order.Action != policy.Close {
		return "an operator said " + string(order.Action)
	}
	if why := guard(document, look.facts, look.refunded(), order != nil); why != "" {
		return why
	}
	if order != nil {
		return orderForbids(order, look.facts)
	}
	if document.Mode != policy.Live {
		return "the policy is in shadow"
	}
	// A machine's clock may be ahead or behind: a dispute may look older than it is, or younger.
	why := w.ruleForbids(c, rule(document, look.facts, look.refunded(), w.time().Add(w.terms.Skew)), claimedAt)
	if why != "" && w.ruleForbids(c, rule(document, look.facts, look.refunded(), w.time().Add(-w.terms.Skew)), claimedAt) == "" {
		return ""
	}
	return why
}

// ruleForbids checks the action that the rules gave at one instant, and the grace of the rule.
func (w *world) ruleForbids(c *change, r ruling, claimedAt time.Duration) string {
	if r.action != policy.Close {
		return "the rules say " + string(r.action)
	}
	return w.graceForbids(c, r.rule, claimedAt)
}

// orderForbids checks that the operator agreed to this amount.
func orderForbids(order *closing.Override, f *facts) string {
	if order.Agreed.Amount != f.amount || order.Agreed.Currency != f.currency {
		return "an operator agreed only to " + order.Agreed.String()
	}
	return ""
}

// graceForbids checks the rule's grace, less the difference that clocks may have.
func (w *world) graceForbids(c *change, r *policy.Rule, claimedAt time.Duration) string {
	at := claimedAt + w.terms.Skew
	p := c.about.plan
	switch {
	case !p.made || p.rule != r.Name:
		return "rule " + r.Name + " has no plan"
	case r.After != nil && at < p.since+time.Duration(*r.After):
		return "the grace since " + stamp(p.since) + " has not passed"
	case r.BeforeDue != nil && epoch.Add(at).Before(c.by.look.facts.dueBy.Add(-time.Duration(*r.BeforeDue))):
		return "it is not yet so late before the deadline"
	}
	return ""
}

// budgetForbids checks the day's budget as the ledger counts it, including this claim.
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

// recordPlan derives the live plan from the stored decisions. It begins with the first of an unbroken series of live
// closes by one rule or one operator, and not before WooshPay showed the facts for it.
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
	*p = plan{made: d.Action == policy.Close && !d.Shadow, rule: d.Rule, operator: d.Operator, since: c.by.look.answeredAt}
	w.checkLatePlan(c)
}

// sameDecision reports whether nothing was decided in between. Clocks that differ may show one instant twice.
func sameDecision(a, b *policy.Decision) bool {
	return a != nil && a.At.Equal(b.At) && a.Action == b.Action && a.Rule == b.Rule && a.Operator == b.Operator && a.Shadow == b.Shadow
}
