package view_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/policy"
)

func diffText(t *testing.T, r policydiff.Report, width int) string {
	t.Helper()
	var b strings.Builder
	if err := view.Diff(&b, r, view.Compared{Old: "old.yaml", New: "new.yaml", Cases: "cases.jsonl"}, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every change of fate has its words, and stands under the head that says what it means for money.
func TestDiffPutsEveryFateIntoWords(t *testing.T) {
	keep := policydiff.Fate{Action: replay.Kept}
	kept := policydiff.Fate{Action: replay.Kept, Rule: "vip"}
	closes := policydiff.Fate{Action: replay.Closes, Rule: "small", Clock: "after 24h"}
	missed := policydiff.Fate{Action: replay.Missed, Rule: "late", Clock: "before_due 0h"}
	review := policydiff.Fate{Action: replay.Reviewed, Rule: "ask"}
	guarded := policydiff.Fate{Action: replay.Kept, Rule: "small", Guard: policy.GuardCeiling}
	late := policydiff.Fate{Action: replay.Closes, Rule: "slow", Clock: "after 720h", Late: true}
	refunded := policydiff.Fate{Action: replay.Reviewed, Rule: "small", Guard: policy.GuardRefunded}
	amount := int64(900)
	for _, c := range []struct {
		change policydiff.Change
		want   string
	}{
		{policydiff.Change{Old: keep, New: closes}, "Closed from now on: 7 disputes\n  keep, no rule matches\n  → close by rule “small”, after 24h\n"},
		{policydiff.Change{Old: closes, New: missed}, "No longer closed: 7 disputes\n  close by rule “small”, after 24h\n  → not closed until its end, although rule “late” wants it, before_due 0h\n"},
		{policydiff.Change{Old: closes, New: closes, OnlyTime: true}, "Closed otherwise: 7 disputes\n  close by rule “small”, after 24h, at another time\n"},
		{policydiff.Change{Old: review, New: guarded}, "but otherwise: 7 disputes\n  review by rule “ask”\n  → keep, guard ceiling stops rule “small”\n"},
		{policydiff.Change{Old: closes, New: late}, "Closed otherwise: 7 disputes\n  close by rule “small”, after 24h\n  → close by rule “slow”, after 720h, after its deadline\n"},
		{policydiff.Change{Old: closes, New: refunded}, "No longer closed: 7 disputes\n  close by rule “small”, after 24h\n  → review, guard refunded stops rule “small”\n"},
		{policydiff.Change{Old: kept, New: review}, "  keep by rule “vip”\n  → review by rule “ask”\n      4 disputes, 36.00 USD; 3 disputes, 0 of an unknown currency\n      won when fought: 1 dispute, 9.00 USD\n"},
	} {
		c.change.Count = 7
		c.change.Currencies = []policydiff.Count{{Currency: "usd", Count: 4, Amount: 3600}, {Count: 3}}
		c.change.Regrets = []policydiff.Count{{Currency: "usd", Count: 1, Amount: 900}}
		c.change.Examples = []policydiff.Example{
			{ID: "dp_both", Amount: &amount, Currency: "usd", OldAt: "2026-03-02T12:00:00Z", NewAt: "2026-03-03T12:00:00Z"}, {ID: "dp_new", Amount: &amount, NewAt: "2026-03-03T12:00:00Z", Won: true},
			{ID: "dp_old", Currency: "usd", OldAt: "2026-03-02T12:00:00Z"}, {ID: "dp_none"},
		}
		text := diffText(t, policydiff.Report{Changed: true, Changes: []policydiff.Change{c.change}}, 0)
		const examples = "      dp_both 9.00 USD, 2026-03-02 12:00 UTC → 2026-03-03 12:00 UTC\n      dp_new 900 of an unknown currency, 2026-03-03 12:00 UTC, won when fought\n" +
			"      dp_old amount unknown USD, was 2026-03-02 12:00 UTC\n      dp_none amount unknown\n      and 3 disputes more, none of them larger\n"
		if !strings.Contains(text, c.want) || !strings.Contains(text, examples) {
			t.Errorf("want\n%s…\n%s\ngot\n%s", c.want, examples, text)
		}
	}
}

func TestDiffCountsClosesByCurrency(t *testing.T) {
	text := diffText(t, policydiff.Report{
		Old: policydiff.Side{Policy: "aaa", Mode: policy.Shadow, Closes: []policydiff.Count{{Currency: "usd", Count: 10, Amount: 12345}, {Count: 1}}},
		New: policydiff.Side{Policy: "bbb", Mode: policy.Live, Closes: []policydiff.Count{{Currency: "eur", Count: 2, Amount: 700}, {Currency: "usd", Count: 4, Amount: 2345}}},
	}, 0)
	const want = `  CUR  CLOSED  NOW  CHANGE    CONCEDED        NOW       CHANGE
  eur       0    2      +2    0.00 EUR   7.00 EUR    +7.00 EUR
  usd      10    4      -6  123.45 USD  23.45 USD  -100.00 USD
  ?         1    0      -1     0 minor    0 minor      0 minor
`
	if !strings.Contains(text, want) || !strings.Contains(text, "old.yaml (shadow, aaa) → new.yaml (live, bbb)") {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// full is a report with every part of a page.
func full() backtest.Report {
	r := backtest.Report{Policy: "aaaaaaaaaaaa", Mode: policy.Shadow, Assumptions: []string{strings.Repeat("taken for granted ", 9)}}
	tally := backtest.Tally{Disputes: 123456, Late: backtest.Count{Count: 777, Amount: 5}, Closed: backtest.Count{Count: 12345, Amount: 98765432}, FeesSaved: 987654}
	for _, currency := range []string{"eur", "usd", ""} {
		r.Currencies = append(r.Currencies, backtest.Row{Currency: currency, Tally: tally})
		for i := range 30 {
			r.Rules = append(r.Rules, backtest.Row{Name: fmt.Sprintf("a rule with a rather long name, number %d", i), Currency: currency, Tally: tally})
			r.Months = append(r.Months, backtest.Row{Name: fmt.Sprintf("20%02d-07", i), Currency: currency, Tally: tally})
		}
		r.Budgets = append(r.Budgets, backtest.Budget{Currency: currency, Closes: 50, Amount: 50000, DaysHit: 12})
		r.Guards = append(r.Guards, backtest.Guard{Guard: policy.GuardBudget, Currency: currency, Stopped: tally.Closed})
		r.Doubts = append(r.Doubts, backtest.Doubt{Fact: "amount", Currency: currency, Stopped: tally.Closed, Held: tally.Closed})
	}
	for i := range 14 {
		r.Days = append(r.Days, backtest.Day{Day: fmt.Sprintf("2026-01-%02d", i+1), Currency: "usd"})
	}
	r.Fees = map[string]backtest.Fees{"usd": {Fought: 1500, Refunded: 700, Work: 200}}
	r.Idle = []string{"nobody", "nothing"}
	return r
}

func TestBacktestFitsTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 100, 120} {
		var b strings.Builder
		if err := view.Backtest(&b, full(), "cases.jsonl", width); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("at %d, %d columns: %s", width, n, line)
			}
		}
	}
}

func TestBacktestShowsWhatMatters(t *testing.T) {
	var b strings.Builder
	if err := view.Backtest(&b, full(), "cases.jsonl", 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"and 66 more rows: --csv has them all", "2026-01-10 usd, and 4 more (--json)", "\nRules that decided nothing\n  nobody, nothing\n",
		"what fighting costs: 15.00 USD for each dispute fought, 7.00 USD given back if won, 2.00 USD of work", "guard budget: its currency's budget is too small for it",
		"  CUR  CLOSED  LATE  KEPT\n", "  usd   12345   777     0\n", "  a rule with a rather long name, number 0   eur    123456   12345   777  ",
		"\nThe bottom line\n  It would concede 987,654.32 EUR in 12,345 closes: none of them was won when fought.\n", "it would save 9,876.54 USD of fees and work.\n",
		"kept or reviewed by doubt: amount unknown", "the WooshPay key is a test one",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	// A fee is empty, not zero, where no model states one.
	for _, want := range []string{"  usd  987,654.32 USD   0.00 USD  9,876.54 USD    0.00 USD\n", "  eur  987,654.32 EUR   0.00 EUR\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
}

func TestBacktestOfNothing(t *testing.T) {
	var b strings.Builder
	if err := view.Backtest(&b, backtest.Report{}, "empty.jsonl", 80); err != nil || !strings.Contains(b.String(), "over 0 disputes of empty.jsonl") || !strings.HasSuffix(b.String(), "It would concede nothing: none of 0 disputes would be closed.\n") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestCSVIsNoFormula(t *testing.T) {
	r := backtest.Report{Reasons: []backtest.Row{{Name: `=cmd|"x"`, Currency: "usd"}, {Name: " +1", Currency: "usd"}, {Name: "10.4", Currency: "usd"}}}
	var b strings.Builder
	if err := view.BacktestCSV(&b, r); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"name", `'=cmd|"x"`, "' +1", "10.4"} {
		if rows[i][1] != want || len(rows[i]) != len(rows[0]) {
			t.Errorf("row %d: %q", i, rows[i])
		}
	}
}
