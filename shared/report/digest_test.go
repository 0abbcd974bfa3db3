package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/reporttest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/plain"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

// digest is of a stack where closing is on.
func digest(lines []closing.Line, cases ...closing.Case) report.Digest {
	return report.Digest{
		Stack: "closer-live", LiveMoney: true, Report: reporttest.Sum(lines, cases...),
		Closing: closing.Control{Switch: closing.On, Who: "ada", Why: "looked", At: reporttest.Noon.Add(-48 * time.Hour)},
		Policy:  report.Policy{Hash: "1a2b3c", Live: true},
	}
}

func TestADayWithNothingHasOneLine(t *testing.T) {
	d := digest(nil)
	const want = "Stack closer-live, live money: no dispute ended on 2026-03-02 (UTC), no close is planned for the next 24 h, and no dispute waits for a person. " +
		"Closing is on since 2026-03-06 12:00 UTC (2 d ago), by ada: looked. The policy 1a2b3c is live: its rules close.\n"
	if got := d.Text(); got != want {
		t.Errorf("got %q", got)
	}
	if got := d.Subject(); got != "closer-live, 2026-03-02: nothing to report" {
		t.Errorf("got %q", got)
	}
}

// TestADigestSaysWhatADayBrought and how the system stands.
func TestADigestSaysWhatADayBrought(t *testing.T) {
	closed := reporttest.Ended(closing.Ended{State: closing.Closed, Proof: closing.Answered, Action: policy.Close})
	closed.Money.Amount = 1819
	won := reporttest.Ended(closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Close, Shadow: true})
	won.Dispute, won.Money = "dp_2", dispute.Money{Amount: 5100, Currency: "kwd"}
	planned := reporttest.Waiting("dp_planned", closing.Scheduled, func(c *closing.Case) { c.CloseAt = reporttest.Noon.Add(22 * time.Hour) })
	later := reporttest.Waiting("dp_later", closing.Scheduled, func(c *closing.Case) { c.CloseAt = reporttest.Noon.Add(25 * time.Hour) })
	review := reporttest.Waiting("dp_review", closing.Open, func(c *closing.Case) {
		c.Decision, c.Dispute.DueBy = &policy.Decision{Action: policy.Review, Rule: "look"}, reporttest.Noon.Add(7*24*time.Hour)
	})
	d := digest([]closing.Line{closed, won}, planned, later, review, reporttest.Waiting("dp_closing", closing.Closing, nil))
	d.LiveMoney, d.Policy.Live = false, false
	d.Closing.Switch = closing.Paused
	d.Alarms = []report.Alarm{{Name: "FailedCloses", Since: reporttest.Noon.Add(-time.Hour)}}
	const want = `Stack closer-live, test mode
Closing is paused since 2026-03-06 12:00 UTC (2 d ago), by ada: looked.
The policy 1a2b3c is in shadow mode: its rules decide and record, and close nothing.

On 2026-03-02 (UTC)
  We closed 1 dispute, which conceded 18.19 USD.
  Ended without a close of ours: 1 won (5.100 KWD).
  In shadow: the rules would have closed 1 dispute (5.100 KWD) that ended by themselves.
  Regrets: 1 dispute (5.100 KWD) won that the rules, live, would have conceded.

Next
  Planned for the next 24 h: to close 1 dispute, which concedes 1.00 USD; the first from 2026-03-09 10:00 UTC (in 22 h).
  Under way: the close of 1 dispute (1.00 USD).

For you
  Waiting for a person: 1 dispute (1.00 USD).
  - dp_review, 1.00 USD: open; rule look; waits for a person: a rule asks for a person; answer due 2026-03-15 12:00 UTC (in 7 d)

Alarms
  - FailedCloses, on since 2026-03-08 11:00 UTC (1 h ago)

More: disputectl report --since 1d --stack closer-live
`
	if got := d.Text(); got != want {
		t.Errorf("got %s", got)
	}
	if got := d.Subject(); got != "closer-live, 2026-03-02: closing is paused, closed 1 dispute (18.19 USD), 1 dispute waiting for a person, 1 alarm on" {
		t.Errorf("got %q", got)
	}
}

// TestADigestIsNotQuietAboutATrouble, however little happened.
func TestADigestIsNotQuietAboutATrouble(t *testing.T) {
	for want, change := range map[string]func(*report.Digest){
		"Closing is off: nobody has turned it on": func(d *report.Digest) { d.Closing = closing.Control{} },
		"they could not be read":                  func(d *report.Digest) { d.AlarmsUnread = true },
		"- dp_odd":                                func(d *report.Digest) { d.Report.AddUnread("dp_odd") },
		"more disputes that ended than were read": func(d *report.Digest) { d.Report.Cut = true },
		"more unfinished disputes than were read": func(d *report.Digest) { d.Report.Waits.Cut = true },
	} {
		d := digest(nil)
		change(&d)
		if text := d.Text(); !strings.Contains(text, want) || !strings.Contains(text, "No dispute ended.") || !strings.Contains(text, "None is on.") && !d.AlarmsUnread {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// evil is what a text of the table may hold: it clears a screen, turns the direction of writing, hides, and forges a line.
const evil = "dp\x1b[2J\u202e\u200b\u2028FORGED\u0085FORGED\rFORGED\nFORGED: nothing is wrong"

// TestADigestIsBoundedAndHarmless whatever was stored: SNS takes 256 KB, and 100 characters of ASCII as the subject.
func TestADigestIsBoundedAndHarmless(t *testing.T) {
	var lines []closing.Line
	var cases []closing.Case
	for i := range 2000 {
		name := evil + fmt.Sprint(i)
		l := reporttest.Ended(closing.Ended{State: closing.Closed, Rule: name + strings.Repeat("é", 2000), Contradicted: true, PostedAt: reporttest.Noon})
		l.Dispute, l.Money = dispute.ID(name), dispute.Money{Amount: 100, Currency: name}
		lines = append(lines, l)
		cases = append(cases, reporttest.Waiting("waiting "+name, closing.Failed, func(c *closing.Case) {
			c.Dispute.Currency, c.Decision = name, &policy.Decision{Action: policy.Close, Rule: strings.Repeat("é", 2000)}
		}))
	}
	d := digest(lines, cases...)
	d.Stack, d.Closing.Who, d.Closing.Why = strings.Repeat("s", 128), evil, evil
	for i := range 50 {
		d.Report.AddUnread(dispute.ID(evil + fmt.Sprint(i)))
		d.Alarms = append(d.Alarms, report.Alarm{Name: evil, Since: reporttest.Noon})
	}
	text, subject := d.Text(), d.Subject()
	if strings.ContainsFunc(text, plain.Harmful) || strings.Contains(text, "\nFORGED") || len(text) > 256<<10 {
		t.Errorf("%d bytes: %.500q", len(text), text)
	}
	if strings.ContainsFunc(subject, plain.Harmful) || strings.Contains(subject, "\n") {
		t.Errorf("the subject is %q", subject)
	}
	if !strings.Contains(text, "amounts in 1990 more currencies") || !strings.Contains(text, "- and 1990 more: disputectl list --person") {
		t.Errorf("it does not say what it leaves out: %.3000s", text)
	}
}

// TestEveryReasonHasWords: a person who is called must be told why.
func TestEveryReasonHasWords(t *testing.T) {
	for _, reason := range []string{
		closing.ReasonFailed, closing.ReasonReview, closing.ReasonDeadline, closing.ReasonStopped, closing.ReasonRefund,
		closing.ReasonLate, closing.ReasonStatus, closing.ReasonLooks, closing.ReasonContradiction,
	} {
		w := report.Wait{Case: reporttest.Waiting("dp_1", closing.Open, nil), Person: []string{reason}}
		if text := w.Text(reporttest.Noon); strings.HasSuffix(text, "waits for a person: ") {
			t.Errorf("no words for %q: %s", reason, text)
		}
	}
}

// TestADigestHoldsNoEvidence nor what a customer gave.
func TestADigestHoldsNoEvidence(t *testing.T) {
	d, err := dispute.Parse([]byte(`{"id":"dp_1","amount":100,"currency":"usd","status":"needs_response","metadata":{"customer":"SECRET"},` +
		`"evidence":{"customer_name":"SECRET"},"reason_description":"SECRET","payment_intent":"SECRET","charge":"SECRET"}`))
	if err != nil {
		t.Fatal(err)
	}
	c := closing.Case{
		ID: "dp_1", State: closing.Failed, Dispute: d, DueAt: reporttest.Noon, LastError: "SECRET",
		History:  []closing.Entry{{At: reporttest.Noon, Who: "SECRET", What: "SECRET"}},
		Override: &closing.Override{Who: "SECRET", Why: "SECRET"},
		Decision: &policy.Decision{Action: policy.Close, Rule: "small", Tried: []policy.Tried{{Rule: "SECRET"}}},
	}
	if text := digest(nil, c).Text(); strings.Contains(text, "SECRET") || !strings.Contains(text, "dp_1, 1.00 USD: failed; rule small") {
		t.Error(text)
	}
}
