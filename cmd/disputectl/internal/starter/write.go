package starter

import (
	"fmt"
	"slices"
	"strings"

	"disputecloser/cmd/disputectl/internal/rules/source/schema"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// write returns the file's text.
func (a Answers) write() []byte {
	var f file
	f.line(schema.Comment)
	f.lines(intro)
	f.line("mode: shadow\n")
	a.ceiling(&f)
	a.refunds(&f)
	a.budget(&f)
	a.rules(&f)
	a.tests(&f)
	return []byte(f.String())
}

type file struct{ strings.Builder }

func (f *file) line(format string, args ...any) { fmt.Fprintf(f, format+"\n", args...) }
func (f *file) lines(text string)               { f.WriteString(text) }

const intro = `#
# Which disputes are closed without a person.
#
# Closing a dispute concedes it: the money is gone and the close cannot be taken back. Whatever these rules do not
# surely close is kept. A fact that WooshPay did not send can keep a dispute open; it can never close one.
#
# After every change:
#   disputectl policy check --strict policy.yaml               what is wrong with it, and its tests at the end
#   disputectl policy backtest --cases FILE                    what it would have closed, and what that costs
#   disputectl policy diff OLD policy.yaml --cases FILE        which disputes change

# shadow: the rules decide and record, and close nothing. Watch it for a while, then say live. A close that a person
# orders (disputectl close) is carried out in either mode.
`

func (a Answers) ceiling(f *file) {
	f.lines(`# The most that may ever be closed, by currency: no rule and no operator closes above it. All amounts are in minor
# units, as WooshPay sends them. A currency that is not listed is never closed.
ceiling:
`)
	for _, l := range a.Limits {
		f.line("  %s: %d # %s", l.Currency, l.Ceiling, currency.Text(l.Ceiling, l.Currency))
	}
}

// refunds writes the default as a comment, so that the file shows that there is a choice.
func (a Answers) refunds(f *file) {
	f.lines(`
# A dispute about a refunded charge can be won, and conceding it pays twice. So nothing is closed unless WooshPay says
# that its charge was not refunded. If WooshPay does not say it on your account, every close waits for a person;
# refunds: unavailable closes anyway. ` + "`disputectl doctor`" + ` reads a real charge and says which of the two fits.
`)
	if a.Refunds == policy.RefundsUnavailable {
		f.line("refunds: unavailable")
		return
	}
	f.line("# refunds: required")
}

func (a Answers) budget(f *file) {
	f.lines(`
# What may be spent in one day (UTC), by currency. When it is spent, the rest waits for the next day.
budget:
`)
	for _, l := range a.Limits {
		f.line("  %s: {closes: %d, amount: %d} # %s", l.Currency, a.Closes, l.Budget, currency.Text(l.Budget, l.Currency))
	}
	f.lines("  # So many closes refused for good in one currency stop that currency for the day.\n")
	f.line("  failures: %d", a.Failures)
}

const ruleName = "small"

func (a Answers) rules(f *file) {
	f.lines(`
# The first rule that matches decides. If none does, the dispute is kept.
rules:
  # An inquiry is not a dispute yet: an answer or a refund may end it. A person decides.
  - name: inquiries need a person
    if:
      status: [warning_needs_response]
    then: review

  # An exception goes before the rule it is made from. This one needs metadata that your payments carry:
  # - name: good customers
  #   if:
  #     metadata: {tier: [gold]}
  #   then: keep

  # Not worth the work of fighting, unless evidence was given already. More conditions narrow it, such as
  # reason_code: {not: ["10.4"]}.
`)
	f.line("  - name: %s\n    if:\n      status: [needs_response]\n      amount:", ruleName)
	for _, l := range a.Limits {
		f.line("        %s: {at_most: %d} # %s", l.Currency, l.Threshold, currency.Text(l.Threshold, l.Currency))
	}
	f.line(`      has_evidence: false
    then: close
    # The time for a person to object. The other clock, before_due: 24h, closes a day before the deadline instead.
    after: %s`, a.Grace)
}

func (a Answers) tests(f *file) {
	f.lines(`
# Examples that every build tries; one that fails stops it. A fact that an example leaves out is unknown.
# Before mode can be live, each rule that closes needs two for each currency: one that it closes, and the same one
# minor unit above the bound, which it does not.
tests:
`)
	test := func(expect, format string, args ...any) {
		f.line("  - dispute: {"+format+"}\n    expect: {%s}", append(args, expect)...)
	}
	closes := "then: close, rule: " + ruleName
	for _, l := range a.Limits {
		test(closes, "amount: %d, currency: %s, status: needs_response, has_evidence: false", l.Threshold, l.Currency)
		test("then: keep", "amount: %d, currency: %s, status: needs_response, has_evidence: false", l.Threshold+1, l.Currency)
	}
	first := a.Limits[0]
	f.line("  # A currency without a bound is kept.")
	test("then: keep", "amount: 1, currency: %s, status: needs_response, has_evidence: false", a.other())
	f.line("  # Nobody knows whether there is evidence: in doubt, do not close.")
	test("then: keep", "amount: %d, currency: %s, status: needs_response", first.Threshold, first.Currency)
	f.line("  # With evidence it is worth fighting.")
	test("then: keep", "amount: %d, currency: %s, status: needs_response, has_evidence: true", first.Threshold, first.Currency)
	f.line("  # What the bank is looking at is out of our hands.")
	test("then: keep", "amount: %d, currency: %s, status: under_review, has_evidence: false", first.Threshold, first.Currency)
	test("then: review, rule: inquiries need a person", "amount: %d, currency: %s, status: warning_needs_response, has_evidence: false",
		first.Threshold, first.Currency)
}

// other returns a currency without a bound.
func (a Answers) other() string {
	for _, code := range append([]string{"gbp", "usd", "eur"}, currency.Codes()...) {
		if !slices.ContainsFunc(a.Limits, func(l Limit) bool { return l.Currency == code }) {
			return code
		}
	}
	return "" // Every currency has a bound; the check refuses the file.
}
