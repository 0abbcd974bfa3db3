package simulation

import (
	"slices"
	"strings"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// S7: history and decision explain every state.

// moves are the changes of state that the protocol allows. Only the closer makes them, except for a new case and an
// operator's release.
var moves = map[closing.State][]closing.State{
	"":                {closing.Open},
	closing.Open:      {closing.Scheduled, closing.Closing, closing.Resolved, closing.Failed, closing.Missing},
	closing.Scheduled: {closing.Open, closing.Closing, closing.Resolved, closing.Failed, closing.Missing},
	closing.Closing:   {closing.Closed, closing.Scheduled, closing.Open, closing.Failed, closing.Resolved, closing.Missing},
	closing.Failed:    {closing.Open, closing.Resolved, closing.Missing},
	closing.Resolved:  {closing.Open, closing.Scheduled, closing.Closing, closing.Failed, closing.Missing},
	closing.Missing:   {closing.Open, closing.Scheduled, closing.Closing, closing.Failed, closing.Resolved},
}

func (w *world) checkState(c *change) {
	from, to := c.was(), c.after.State
	if from != to {
		if !slices.Contains(moves[from], to) {
			w.breaks("S7", c.about, "a case went from %q to %q", from, to)
		}
		released := c.by.role == operator && from == closing.Failed
		if by := c.by.role; from != "" && by != closer && !released {
			w.breaks("S7", c.about, "the %s moved a case from %s to %s", by, from, to)
		}
	}
	if why := unexplained(c.after); why != "" {
		w.breaks("S7", c.about, "a case is %s, but %s", to, why)
	}
}

// unexplained returns what a case lacks that its state needs; empty if nothing.
func unexplained(c *closing.Case) string {
	planned := c.Decision != nil && c.Decision.Action == policy.Close && c.Decision.Guard == "" && !c.Decision.Shadow
	claimed := c.ClaimID != "" && !c.ClaimUntil.IsZero() && !c.PostedAt.IsZero() && c.Attempts > 0 && c.Spent.Day != "" && c.ClosedFrom != ""
	switch c.State {
	case closing.Open:
		return unless(c.ClaimID == "" && c.CloseAt.IsZero(), "is claimed or planned")
	case closing.Scheduled:
		return unless(planned && c.ClaimID == "" && !c.CloseAt.IsZero(), "no decision explains the plan")
	case closing.Closing:
		return unless(planned && claimed, "claim, attempt, budget or decision is missing")
	case closing.Failed:
		return unless(c.ClaimID == "" && slices.Contains(c.Told, closing.ReasonFailed) && hasLine(c, "refused for good", "gave up"), "the history does not say why, or nobody was told")
	case closing.Closed:
		return unless(ended(c) && hasLine(c, "closed ("), "the history does not mention the close, or something is left to do")
	case closing.Resolved:
		if !ended(c) || !hasLine(c, "ended at WooshPay as") {
			return "the history does not mention the end, or something is left to do"
		}
		return omitsDoubt(c)
	case closing.Missing:
		told := c.Armed() || slices.Contains(c.Told, closing.ReasonMissing)
		return unless(ended(c) && told && hasLine(c, "WooshPay does not know the dispute"), "nobody was told, or something is left to do")
	}
	return "the state is unknown"
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// ended reports whether nothing is planned or claimed, and nothing is due except an arm or a failed look.
func ended(c *closing.Case) bool {
	return c.ClaimID == "" && c.CloseAt.IsZero() && (c.DueAt.IsZero() || c.Armed() || c.FailedLooks > 0)
}

// omitsDoubt returns what is wrong if one of our POSTs may have ended the case and the history does not say so.
func omitsDoubt(c *closing.Case) string {
	for i := len(c.History) - 1; i >= 0; i-- {
		line := c.History[i].What
		if !strings.HasPrefix(line, "ended at WooshPay as ") {
			continue
		}
		doubtful := !c.PostedAt.IsZero() && mayFollowClose(c.ClosedFrom, c.Dispute.Status)
		if doubtful && strings.HasSuffix(line, string(c.Dispute.Status)) {
			return "it does not say that the end may be ours"
		}
		return ""
	}
	return ""
}

// hasLine reports whether a line of the history has one of these beginnings.
func hasLine(c *closing.Case, beginnings ...string) bool {
	return slices.ContainsFunc(c.History, func(e closing.Entry) bool {
		return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(e.What, b) })
	})
}
