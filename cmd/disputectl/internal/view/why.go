package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// Why says in one sentence why a case stands where it stands. Its instants do not depend on when it is read.
func Why(c closing.Case) string { return why(c, Moment) }

// WhyFrom is Why for a page: it says more of how a case ended, and its instants say how far they are from now.
func WhyFrom(c closing.Case, now time.Time) string {
	return account(c, func(t time.Time) string { return When(t, now) })
}

// why writes its instants by clock.
func why(c closing.Case, clock func(time.Time) string) string {
	switch c.State {
	case closing.Closed:
		return closer(c) + ": " + proof(c) + attempt(c)
	case closing.Resolved:
		return lastWords(c)
	case closing.Missing:
		return unknownThere(c, clock) + ", so the case has ended"
	case closing.Failed:
		return lastWords(c) + "; a person must look"
	case closing.Closing:
		return closer(c) + ": the close was claimed, and what it did is not known yet"
	case closing.Scheduled:
		return closer(c) + " will close it, not before " + clock(c.CloseAt) + late(c) + waiting(c)
	default:
		return whyNot(c) + waiting(c)
	}
}

// account is why and, of a case that has ended, when, how and by what proof.
func account(c closing.Case, clock func(time.Time) string) string {
	switch c.State {
	case closing.Closed:
		return conceded(c, clock)
	case closing.Resolved:
		return resolved(c, clock)
	}
	return why(c, clock)
}

// conceded says of a case that we closed when, how much, by whose decision and with what proof.
func conceded(c closing.Case, clock func(time.Time) string) string {
	text := Amount(c.Dispute) + " was conceded"
	if line, known := c.Line(); known {
		text += ", " + clock(line.At)
	}
	text += ", by " + closer(c)
	if o := c.Override; o != nil && o.Action == policy.Close && o.Why != "" {
		text += " (" + o.Why + ")"
	}
	if d := c.Decision; d != nil && d.Policy != "" && d.Operator == "" {
		text += " of policy " + d.Policy
	}
	text += attempt(c) + ": " + proof(c)
	if c.Proof == closing.Inferred {
		text += ", closed by us or by another hand in the same moments"
	}
	return text
}

// resolved says how a case ended that we did not close, as far as we know.
func resolved(c closing.Case, clock func(time.Time) string) string {
	line, known := c.Line()
	if !known {
		return lastWords(c)
	}
	text := "it ended at WooshPay as " + quoted(orUnknown(string(c.Dispute.Status))) + ", " + clock(line.At)
	if line.Ended.PerhapsOurs() {
		return text + ", perhaps by a close of ours whose answer never came"
	}
	return text + ", without a close of ours"
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
	return withoutID(c, c.History[len(c.History)-1].What)
}

// waiting says how the last try failed.
func waiting(c closing.Case) string {
	if c.LastError == "" {
		return ""
	}
	return "; last: " + withoutID(c, c.LastError)
}

// withoutID is a stored error without what a person knows who reads of this case: "close dispute dp_1: ".
func withoutID(c closing.Case, text string) string {
	for _, of := range []string{"close dispute ", "claim case ", "get dispute ", "get charge "} {
		text = strings.Replace(text, of+string(c.ID)+": ", "", 1)
	}
	return text
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
func unknownThere(c closing.Case, clock func(time.Time) string) string {
	return "WooshPay has not known the dispute since " + clock(c.UnknownSince)
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

// misses says, for each close rule, which condition stopped it first.
func misses(d *policy.Decision) string {
	text := ""
	for _, tried := range d.Tried {
		if c, stopped := firstMiss(tried); stopped {
			text += "; " + missed(tried.Rule, c)
		}
	}
	return text
}

// firstMiss returns the condition that stopped a close rule: the first that is surely false or, without one, the first
// unknown one.
func firstMiss(tried policy.Tried) (policy.Check, bool) {
	if tried.Then != policy.Close || tried.Shadow {
		return policy.Check{}, false
	}
	i := slices.IndexFunc(tried.Conditions, func(c policy.Check) bool { return c.Outcome == policy.No })
	if i < 0 {
		i = slices.IndexFunc(tried.Conditions, func(c policy.Check) bool { return c.Outcome != policy.Yes })
	}
	if i < 0 {
		return policy.Check{}, false
	}
	return hidden(tried.Conditions[i], false), true
}

func quoted(text string) string { return "“" + text + "”" }
