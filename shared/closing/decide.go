package closing

import (
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Judge decides cases: the rules, an operator's order above them, the guards above both.
type Judge struct {
	Policy *policy.Policy
	// Livemode is the mode of the WooshPay key.
	Livemode bool
}

// Decide decides a case on a fresh look.
func (j Judge) Decide(c Case, l Look, now time.Time) policy.Decision {
	facts := policy.FactsOf(l.Dispute, l.Refunded, now)
	d := j.Policy.Explain(&facts, now)
	if o := c.Override; o != nil {
		d.Action, d.Rule, d.Operator = o.Action, "", o.Who
		d.Shadow, d.Clock, d.Doubt = false, policy.Clock{}, nil
	}
	if d.Action == policy.Close {
		d = j.guarded(d, &facts, c.Override, l)
	}
	return d
}

// guarded returns the decision with its close stopped, if a guard stops it.
func (j Judge) guarded(d policy.Decision, f *policy.Facts, o *Override, l Look) policy.Decision {
	var agreed *dispute.Money
	if o != nil {
		agreed = &o.Agreed
	}
	if d.Guard = j.Policy.Guard(f, j.Livemode, agreed); d.Guard == "" {
		return d
	}
	d.Action, d.Clock = d.Guard.Action(), policy.Clock{}
	if d.Guard == policy.GuardRefunded && !f.Refunded.IsKnown() {
		d.Doubt, d.GuardReason = []string{"refunded"}, l.Silence
	}
	return d
}

// decided returns the case with a decision on it, its line of history, and whoever must be told called.
func (c Case) decided(d policy.Decision, from, now time.Time, t Terms) Case {
	before := c.Decision
	c = c.dated(&d, from, now, t).saidDecision(before, now)
	if c.State == Scheduled {
		return c.toldIfLate()
	}
	if c.inReview() {
		c = c.tell(ReasonReview)
	}
	if !c.Dispute.Status.Known() {
		c = c.tell(ReasonStatus)
	}
	return c.remind(now, t)
}

// dated returns the case with a decision and the dates that follow from it: planned if it is a live close, deferred
// otherwise. A close decided in shadow makes no plan, so that its grace begins anew when it goes live (GraceLive). The
// grace of a plan begins at from; deciding the same again does not restart it, unless it began by a clock that was ahead.
func (c Case) dated(d *policy.Decision, from, now time.Time, t Terms) Case {
	before := c.Decision
	c.Decision, c.EndedAt = d, time.Time{}
	if d.Action != policy.Close || d.Shadow {
		c.State = Open
		return c.unplanned().rest(now.Add(t.Refresh), now, t)
	}
	same := before != nil && before.Rule == d.Rule && before.Operator == d.Operator
	if c.PlannedAt.IsZero() || !same || c.PlannedAt.After(from) {
		c.PlannedAt = from
	}
	c.State = Scheduled
	c.CloseAt = c.closeAt()
	due := c.permittedAt()
	if soon := now.Add(t.Refresh); from.After(now) && due.After(soon) {
		due = soon // The clocks differ, and the plan may lie far ahead by the one that is wrong.
	}
	return c.rest(due, now, t)
}

// closeAt is when the plan permits the close (CloseAt): no event and no arm shortens it.
func (c Case) closeAt() time.Time {
	if after, ok := c.Decision.Clock.After.Get(); ok {
		return c.PlannedAt.Add(after)
	}
	if before, ok := c.Decision.Clock.BeforeDue.Get(); ok {
		return later(c.PlannedAt, c.Dispute.DueBy.Add(-before))
	}
	return c.PlannedAt
}

// Late reports whether the close comes only after the dispute's deadline: by the plan, or because it was put off. A late
// close still concedes.
func (c Case) Late() bool {
	deadline := c.Dispute.DueBy
	return !deadline.IsZero() && (c.CloseAt.After(deadline) || c.State == Scheduled && c.DueAt.After(deadline))
}

// toldIfLate returns the case with a person called if its close comes only after the deadline.
func (c Case) toldIfLate() Case {
	if c.Late() {
		return c.tell(ReasonLate)
	}
	return c
}

// permittedAt is from when the planned close may be carried out.
func (c Case) permittedAt() time.Time { return later(later(c.CloseAt, c.RetryAt), c.ClaimUntil) }

// ready reports whether the planned close may be carried out now, on a look. No POST of an earlier claim may be under
// way when the look was sent (KeepClaim).
func (c Case) ready(l Look, now time.Time) bool {
	return c.State == Scheduled && !now.Before(c.permittedAt()) && c.Lapsed(l.SafeAt)
}

// saidDecision adds a line of history when the decision is not the one before.
func (c Case) saidDecision(before *policy.Decision, now time.Time) Case {
	d := c.Decision
	if before != nil && before.Action == d.Action && before.Rule == d.Rule && before.Guard == d.Guard &&
		before.Shadow == d.Shadow && before.Operator == d.Operator {
		return c
	}
	return c.said(now, "closer", "decided: "+Summary(*d))
}

// Summary is a decision in a few words, such as "close by rule small (shadow)".
func Summary(d policy.Decision) string {
	text := string(d.Action)
	switch {
	case d.Operator != "":
		text += " by " + d.Operator
	case d.Rule != "":
		text += " by rule " + d.Rule
	default:
		text += ", no rule matches"
	}
	if d.Guard != "" {
		text += ", stopped by guard " + string(d.Guard)
	}
	if d.GuardReason != "" {
		text += " (" + d.GuardReason + ")"
	}
	if d.Shadow {
		text += " (shadow)"
	}
	return text
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
