package closer

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/moment"
)

// Runbook is where a mail sends its reader for more.
const Runbook = "docs/runbook.md#a-case-needs-a-person"

// calls says why a case calls a person. A reason is a constant of package closing, and each has its sentence.
var calls = map[string]string{
	closing.ReasonReview:        "Your rules ask a person to look at it.",
	closing.ReasonFailed:        "WooshPay refused the close for good, or too often.",
	closing.ReasonDeadline:      "Its deadline is near, and it will not end by itself.",
	closing.ReasonContradiction: "What WooshPay says contradicts our record of the close.",
	closing.ReasonLate:          "It is to be closed only after its deadline. A late close still concedes.",
	closing.ReasonStatus:        "WooshPay gives it a status that this version does not know.",
	closing.ReasonLooks:         "For a long time, every attempt to read it from WooshPay has failed.",
	closing.ReasonMissing:       "WooshPay has not known it for days, so the case was ended.",
	closing.ReasonRefund:        "Its charge was refunded, or WooshPay does not say: such a dispute can be won.",
	closing.ReasonStopped:       "A guard stopped the close that a person ordered.",
}

// sentence says why a case calls a person. Of a review, the case says more than the reason does.
func sentence(c closing.Case, reason string) string {
	for _, finer := range closing.Person(c) {
		if reason == closing.ReasonReview && (finer == closing.ReasonRefund || finer == closing.ReasonStopped) {
			return calls[finer]
		}
	}
	if text, known := calls[reason]; known {
		return text
	}
	return "The reason is " + reason + "."
}

// letter is the mail about a case that calls a person: which case, how much, why, by when, and what to type. It holds no
// evidence, no metadata, and nothing that WooshPay wrote but the id, the status, the amount and the deadline.
func letter(c closing.Case, reasons []string, stack string, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Dispute %s%s needs a person.\n\n", pasteable(c.ID), about(c.Dispute))
	for _, reason := range reasons {
		b.WriteString(sentence(c, reason) + "\n")
	}
	fmt.Fprintf(&b, "\nThe case is %s; at WooshPay it is %q.%s\n", c.State, string(c.Dispute.Status), deadline(c.Dispute, now))
	b.WriteString("\nSee why:\n" + command("why", c.ID, stack))
	if c.State.Finished() {
		b.WriteString("\nSee all that happened:\n" + command("show", c.ID, stack))
	} else {
		b.WriteString("\nTo defend it:\n" + command("keep", c.ID, stack+` --why "..."`))
		b.WriteString("\nTo concede it, which cannot be undone:\n" + command("close", c.ID, stack+` --why "..."`))
	}
	b.WriteString("\nThis is sent once for each reason. What still waits: disputectl list --person --stack " + stack + "\n" + Runbook + "\n")
	return b.String()
}

// about is what a dispute is about, as money; empty if that is unknown.
func about(d dispute.Dispute) string {
	money, known := d.Money()
	if !known {
		return ", of an unknown amount,"
	}
	return " about " + currency.Text(money.Amount, money.Currency)
}

// deadline says by when the bank must hear from the merchant.
func deadline(d dispute.Dispute, now time.Time) string {
	if d.DueBy.IsZero() {
		return " Its deadline is unknown."
	}
	verb := "is"
	if !d.DueBy.After(now) {
		verb = "was"
	}
	return " Its deadline " + verb + " " + moment.From(d.DueBy, now) + "."
}

func command(verb string, id dispute.ID, stack string) string {
	return "  disputectl " + verb + " " + pasteable(id) + " --stack " + stack + "\n"
}

// pasteable is an id that can be pasted into a shell: a ? stands for any character that no id of WooshPay's has, and one that
// is longer than any of its ids is cut.
func pasteable(id dispute.ID) string {
	const longest = 80
	return strings.Map(func(r rune) rune {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_' && r != '-' {
			return '?'
		}
		return r
	}, string(id[:min(len(id), longest)]))
}
