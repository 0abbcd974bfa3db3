package view

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// people says what each reason to call a person means for them.
var people = map[string]string{
	closing.ReasonFailed:        "it failed, and waits for `release`, `keep` or `close`",
	closing.ReasonReview:        "a rule asks them to look",
	closing.ReasonDeadline:      "its deadline nears",
	closing.ReasonStopped:       "a guard stopped the close that an operator ordered",
	closing.ReasonRefund:        "the charge was refunded, or may have been: such a dispute can be won",
	closing.ReasonLate:          "its close is planned for after the deadline; `keep` stops it, `close` has it closed now",
	closing.ReasonStatus:        "it has a status that this version does not know",
	closing.ReasonLooks:         "every look at it fails",
	closing.ReasonContradiction: "WooshPay says otherwise of what we closed",
}

// Paragraph says in one paragraph why a case stands where it stands, what holds it up and what comes next.
func Paragraph(c closing.Case, control closing.Control, now time.Time) string {
	sentences := []string{
		string(c.ID) + ", " + Amount(c.Dispute) + ", " + orUnknown(string(c.Dispute.Status)) + " at WooshPay, is " +
			string(c.State) + deadline(c, now) + ".",
		"Why: " + WhyFrom(c, now) + ".",
	}
	if word, rest := Halted(control, now); word != "" && c.State == closing.Scheduled {
		sentences = append(sentences, "All closing is "+word+rest+".")
	}
	if c.Doubt || c.Ambiguous {
		sentences = append(sentences, "What a close sent before did is not known.")
	}
	if o := c.Override; o != nil && (c.Decision == nil || c.Decision.Operator == "" || o.At.After(c.Decision.At)) {
		sentences = append(sentences, "Since then "+o.Who+" said "+string(o.Action)+": "+o.Why+".")
	} else if o != nil && o.Action == policy.Close {
		sentences = append(sentences, o.Who+" ordered the close: "+o.Why+".")
	}
	if d := c.Decision; d != nil && d.RefundsUnavailable && !c.State.Finished() {
		sentences = append(sentences, "Note: "+refundsUnavailable+".")
	}
	sentences = append(sentences, blind(c, now)...)
	for _, reason := range Person(c) {
		sentences = append(sentences, "It waits for a person: "+people[reason]+".")
	}
	return strings.Join(append(sentences, next(c, now)), " ")
}

// blind says since when WooshPay does not know the dispute, or cannot be asked about it.
func blind(c closing.Case, now time.Time) []string {
	switch {
	case c.State.Finished():
		return nil
	case !c.UnknownSince.IsZero():
		return []string{fmt.Sprintf("WooshPay has not known the dispute since %s; if that lasts for %s, the case ends as %s.",
			When(c.UnknownSince, now), Length(closing.DefaultTerms().Unknown), closing.Missing)}
	case !c.FailedSince.IsZero():
		return []string{fmt.Sprintf("Every look at it has failed since %s.", When(c.FailedSince, now))}
	}
	return nil
}

func deadline(c closing.Case, now time.Time) string {
	if c.Dispute.DueBy.IsZero() || c.Dispute.Status.Class() != dispute.Closable {
		return ""
	}
	return "; its answer is due by " + When(c.Dispute.DueBy, now)
}

func next(c closing.Case, now time.Time) string {
	switch {
	case c.DueAt.IsZero():
		return "Nothing is left to do."
	case !c.DueAt.After(now):
		return "It is to be looked at now."
	}
	return "The next look is " + When(c.DueAt, now) + "."
}
