package reporttable_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/cmd/disputectl/internal/reporttable"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/internal/reporttest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

// everything is one case of every kind, with amounts as large as a merchant has.
func everything() []closing.Line {
	kinds := []closing.Ended{
		{State: closing.Closed, Proof: closing.Answered, Action: policy.Close},
		{State: closing.Closed, Proof: closing.Inferred, Action: policy.Close, Contradicted: true},
		{State: closing.Resolved, Status: dispute.Won, Action: policy.Close, Shadow: true},
		{State: closing.Resolved, Status: dispute.Lost, Action: policy.Close, Shadow: true},
		{State: closing.Resolved, Status: dispute.Lost, Action: policy.Keep, PostedAt: reporttest.Noon},
		{State: closing.Resolved, Status: dispute.ChargeRefunded, Action: policy.Review},
	}
	var lines []closing.Line
	for i, e := range kinds {
		e.Rule, e.ReasonCode = "small disputes without evidence", "10.4"
		l := reporttest.Ended(e)
		l.Dispute = dispute.ID(fmt.Sprint("dp_", i))
		l.Money.Amount = 45_000_000
		lines = append(lines, l)
	}
	return lines
}

func page(t *testing.T, r *report.Report, width int) string {
	t.Helper()
	var b strings.Builder
	if err := reporttable.Write(&b, r, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAPageFitsAScreen of 80 columns, where it writes a wide table as two, and says as much as it does on a wide one.
func TestAPageFitsAScreen(t *testing.T) {
	r := reporttest.Sum(everything(), reporttest.OneOfEach()...)
	narrow, wide := page(t, r, 80), page(t, r, 0)
	for line := range strings.Lines(narrow) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("blanks at the end: %q", line)
		}
	}
	for _, text := range []string{narrow, wide} {
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{
			"CLOSED CONCEDED INFERRED WON LOST OTHER DOUBT", "KEPT REVIEW SHADOW REGRETS", "2 900,000.00 USD 1 1 2 1 1 ",
			" 1 1 2 1 small disputes without evidence", "We closed 2 disputes, which conceded 900,000.00 USD. Ended without a close of ours: 1 won (450,000.00 USD), 2 lost (900,000.00 USD), 1 otherwise (450,000.00 USD).",
			"Inferred: no answer came to the close of 1 dispute (450,000.00 USD)", "In doubt: 1 dispute (450,000.00 USD) not counted", "Contradicted: WooshPay",
			"In shadow: the rules would have closed 2 disputes (900,000.00 USD)", "Regrets: 1 dispute (450,000.00 USD) won", "Lost anyway: 1 dispute (450,000.00 USD) of those",
			"UNFINISHED PLANNED TO CONCEDE CLOSING DOUBT FAILED PERSON CURRENCY 10 1 1.00 USD 2 2 1 2 USD",
			"dp_failed, 1.00 USD: failed; an operator's order; waits for a person: WooshPay refused the close for good, or too often",
			"dp_review, amount unknown: open; rule look; waits for a person: a rule asks for a person",
			"dp_ambiguous, 1.00 USD: closing; in doubt what a close of ours did; never decided",
			"dp_planned, 1.00 USD: scheduled; to be closed from 2026-03-08 14:00 UTC (in 2 h); rule small",
			"dp_urgent, 1.00 USD: open; never decided; answer due 2026-03-15 12:00 UTC (in 7 d)",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
	if strings.Count(wide, "KEPT") != 4 || !strings.Contains(wide, "DOUBT  KEPT") || strings.Contains(narrow, "DOUBT  KEPT") {
		t.Error("a table is cut where it fits, or not where it does not\n" + wide + narrow)
	}
}

// TestAPageIsNotEndless whatever was stored.
func TestAPageIsNotEndless(t *testing.T) {
	var lines []closing.Line
	var cases []closing.Case
	for i := range 100 {
		for j := range 1 + i/90 {
			l := reporttest.Ended(closing.Ended{State: closing.Closed, Rule: fmt.Sprintf("rule %03d", i), ReasonCode: "1"})
			l.Dispute, l.At = dispute.ID(fmt.Sprint("dp_", i, "_", j)), reporttest.Noon.AddDate(0, 0, -i)
			lines = append(lines, l)
		}
		cases = append(cases, reporttest.Waiting(fmt.Sprintf("dp_f%03d", i), closing.Failed, nil))
	}
	r := reporttest.Sum(lines, cases...)
	for i := range 100 {
		r.AddUnread(dispute.ID(fmt.Sprintf("dp_u%03d", i)))
	}
	text := page(t, r, 80)
	for _, want := range []string{"and 69 more rows: --csv has them all", "and 90 more: `disputectl list`", "  - dp_u009\n  - and 90 more\n", "2026-03-08\n", "rule 099", "rule 000"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, unwanted := range []string{string(closing.DayOf(reporttest.Noon.AddDate(0, 0, -31))), "rule 050", "dp_u010", "dp_f010"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("%q in\n%s", unwanted, text)
		}
	}
}

// TestNothingIsLeftToGuess where a group has no name.
func TestNothingIsLeftToGuess(t *testing.T) {
	l := reporttest.Ended(closing.Ended{State: closing.Resolved})
	l.Money = dispute.Money{}
	operators := reporttest.Ended(closing.Ended{State: closing.Closed, Operator: "ada"})
	operators.Dispute = "dp_2"
	none := reporttest.Ended(closing.Ended{State: closing.Resolved, Action: policy.Keep})
	none.Dispute = "dp_3"
	text := page(t, reporttest.Sum([]closing.Line{l, operators, none}), 80)
	for _, want := range []string{"0 of an unknown currency", "never decided", "an operator's order", "no rule matched", "unknown\n", "Nothing waits now"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestAReportIsHarmless(t *testing.T) {
	e := closing.Ended{State: closing.Resolved, Status: hostiletest.Evil, ReasonCode: hostiletest.Evil, Rule: hostiletest.Evil, Proof: hostiletest.Evil}
	l := reporttest.Ended(e)
	l.Money.Currency, l.Dispute = hostiletest.Evil, hostiletest.Evil
	act := closing.Line{At: reporttest.Noon, What: hostiletest.Evil, Who: hostiletest.Evil, Why: hostiletest.Evil}
	r := reporttest.Sum([]closing.Line{l, act}, hostiletest.Cases(t)...)
	r.AddUnread(hostiletest.Evil)
	if err := hostiletest.Harmless(page(t, r, 0)); err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(page(t, r, 80)) {
		if strings.ContainsFunc(line, screen.Harmful) || strings.HasPrefix(line, "FORGED") || strings.HasPrefix(line, "  FORGED") {
			t.Errorf("a line is forged: %q", line)
		}
	}
}

// TestACSVHoldsEveryCount under the names of the JSON.
func TestACSVHoldsEveryCount(t *testing.T) {
	lines := everything()
	lines[0].Ended.ReasonCode = "=1+1"
	var b strings.Builder
	if err := reporttable.WriteCSV(&b, reporttest.Sum(lines, reporttest.OneOfEach()...)); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(b.String(), "\n")
	for n, want := range map[int]string{
		0: "group,name,by,currency,ended,ended_amount,closed,closed_amount,closed_answered,closed_answered_amount,closed_inferred,closed_inferred_amount," +
			"won,won_amount,lost,lost_amount,ended_otherwise,ended_otherwise_amount,ended_in_doubt,ended_in_doubt_amount,contradicted,contradicted_amount," +
			"kept,kept_amount,reviewed,reviewed_amount,close_in_shadow,close_in_shadow_amount,close_overtaken,close_overtaken_amount,undecided,undecided_amount," +
			"regrets,regrets_amount,lost_anyway,lost_anyway_amount," +
			"unfinished,unfinished_amount,planned,planned_amount,closing,closing_amount,in_doubt,in_doubt_amount,failed,failed_amount,person,person_amount",
		1: "currency,usd,,usd,6,270000000,2,90000000,1,45000000,1,45000000,1,45000000,2,90000000,1,45000000,1,45000000,1,45000000," +
			"1,45000000,1,45000000,2,90000000,0,0,0,0,1,45000000,1,45000000,,,,,,,,,,,,",
		2: "day,2026-03-08,,usd,6,", 3: "rule,small disputes without evidence,rule,usd,6,", 4: "reason,10.4,,usd,5,", 5: "reason,'=1+1,,usd,1,",
		6: "waiting_currency,usd,,usd,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,10,900,1,100,2,200,2,200,1,100,2,100",
		7: "waiting_rule,,no_rule,usd,",
	} {
		if !strings.HasPrefix(rows[n], want) {
			t.Errorf("line %d is %s", n, rows[n])
		}
	}
}

// TestJSONHasNoNull so that a program needs no check for it.
func TestJSONHasNoNull(t *testing.T) {
	text, err := json.Marshal(reporttable.JSONOf(reporttest.Sum(nil)))
	const want = `{"at":"2026-03-08T12:00:00Z","from":"2026-03-02","to":"2026-03-08","currencies":[],"days":[],"rules":[],"reasons":[],` +
		`"acts":[],"unread":[],"waits":{"currencies":[],"rules":[],"reasons":[],"cut":false,"cases":[]}}`
	if err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
}

func TestAnUnwritablePage(t *testing.T) {
	r := report.New("2026-03-02", "2026-03-08", reporttest.Noon, time.Hour)
	r.Finish()
	if reporttable.Write(broken{}, r, 80) == nil || reporttable.WriteCSV(broken{}, r) == nil {
		t.Error("the error is swallowed")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("no space") }
