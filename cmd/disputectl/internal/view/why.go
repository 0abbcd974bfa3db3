package view

import (
	"fmt"
	"slices"
	"strings"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// Why says in one sentence why a case stands where it stands.
func Why(c closing.Case) string {
	switch c.State {
	case closing.Closed:
		return closer(c) + ": " + proof(c) + attempt(c)
	case closing.Resolved:
		return lastWords(c)
	case closing.Missing:
		return unknownThere(c) + ", so the case has ended"
	case closing.Failed:
		return lastWords(c) + "; a person must look"
	case closing.Closing:
		return closer(c) + ": the close was claimed, and what it did is not known yet"
	case closing.Scheduled:
		return closer(c) + " will close it, not before " + Instant(c.CloseAt) + late(c) + waiting(c)
	default:
		return whyNot(c) + waiting(c)
	}
}

// closer names the rule or the operator that wants the close.
func closer(c closing.Case) string {
	switch d := c.Decision; {
	case d == nil:
		return "nobody"
	case d.Operator != "":
		return d.Operator
	default:
		return "rule " + quoted(d.Rule)
	}
}

// proof says how the close is known to be ours.
func proof(c closing.Case) string {
	if c.Proof == closing.Inferred {
		return "no answer came, a later look shows " + quoted(string(c.Dispute.Status))
	}
	return "WooshPay answered " + quoted(string(c.Dispute.Status))
}

// attempt says at which attempt a close happened, if not at the first.
func attempt(c closing.Case) string {
	if c.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf(", at attempt %d", c.Attempts)
}

func operatorsOrder(c closing.Case) string {
	text := c.Decision.Operator + " said " + string(c.Decision.Action)
	if c.Override != nil && c.Override.Why != "" {
		text = c.Override.Who + " said " + string(c.Override.Action) + ": " + c.Override.Why
	}
	return text
}

func lastWords(c closing.Case) string {
	if len(c.History) == 0 {
		return "nothing is known"
	}
	return c.History[len(c.History)-1].What
}

// waiting says how the last try failed.
func waiting(c closing.Case) string {
	if c.LastError == "" {
		return ""
	}
	return "; last: " + c.LastError
}

// lateConcedes says what a close after the deadline is.
const lateConcedes = "a late close still concedes"

// late says that the plan closes only after the deadline.
func late(c closing.Case) string {
	if !c.Late() {
		return ""
	}
	return ", which is after its deadline: " + lateConcedes
}

// unknownThere says since when WooshPay does not know the dispute.
func unknownThere(c closing.Case) string {
	return "WooshPay has not known the dispute since " + Instant(c.UnknownSince)
}

// refundsUnavailable says what it means that the policy does so.
const refundsUnavailable = "the policy says refunds: unavailable, so a close is not stopped if WooshPay does not say whether the charge was refunded"

// guards says what each guard means for a person.
var guards = map[policy.Guard]string{
	policy.GuardStatus:   "a dispute of this status cannot be closed",
	policy.GuardLivemode: "its mode is not the key's, or unknown",
	policy.GuardAmount:   "its amount is unknown",
	policy.GuardCurrency: "its currency is unknown",
	policy.GuardAgreed:   "it is no longer about the amount that was agreed to",
	policy.GuardRefunded: "the charge was refunded, or WooshPay does not say whether it was",
	policy.GuardCeiling:  "its amount is above the ceiling, or its currency has none",
	policy.GuardBudget:   "its currency's budget is too small for it",
}

// whyNot says why an open case is not closed.
func whyNot(c closing.Case) string {
	d := c.Decision
	switch {
	case d == nil:
		return "not looked at yet"
	case d.Guard != "":
		return closer(c) + " would close it, but " + Stopped(d)
	case d.Operator != "":
		return operatorsOrder(c)
	case d.Action == policy.Close && d.Shadow:
		return "rule " + quoted(d.Rule) + " would close it; the policy is in shadow mode"
	case d.Action == policy.Review:
		return "rule " + quoted(d.Rule) + " asks for a person" + doubt(d)
	case d.Rule != "":
		return "rule " + quoted(d.Rule) + " keeps it" + doubt(d)
	default:
		return "no rule matches" + misses(d)
	}
}

// Guard says what a guard that stops a close means.
func Guard(guard policy.Guard) string {
	if text, known := guards[guard]; known {
		return text
	}
	return "the guard " + string(guard) + " stops it"
}

// Stopped says why a guard stopped the close of a decision, with what is known of the charge.
func Stopped(d *policy.Decision) string {
	switch {
	case d.Guard != policy.GuardRefunded:
		return Guard(d.Guard)
	case len(d.Doubt) == 0:
		return "the charge was refunded, which is a reason to defend"
	case d.GuardReason == "":
		return "WooshPay does not say whether the charge was refunded"
	}
	return "WooshPay does not say whether the charge was refunded (" + d.GuardReason + ")"
}

func doubt(d *policy.Decision) string {
	if len(d.Doubt) == 0 {
		return ""
	}
	return ", in doubt: " + strings.Join(d.Doubt, ", ") + " unknown"
}

// misses names, for each close rule, the first condition that stopped it.
func misses(d *policy.Decision) string {
	text := ""
	for _, tried := range d.Tried {
		if tried.Then != policy.Close || tried.Shadow {
			continue
		}
		i := slices.IndexFunc(tried.Conditions, func(c policy.Check) bool { return c.Outcome == policy.No })
		if i < 0 {
			i = slices.IndexFunc(tried.Conditions, func(c policy.Check) bool { return c.Outcome != policy.Yes })
		}
		if i >= 0 {
			c := tried.Conditions[i]
			text += fmt.Sprintf("; %s wants %s %s, it is %s", quoted(tried.Rule), c.Name, c.Want, orUnknown(hidden(c, false).Seen))
		}
	}
	return text
}

func quoted(text string) string { return "“" + text + "”" }
