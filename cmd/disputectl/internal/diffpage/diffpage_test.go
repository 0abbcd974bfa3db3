package diffpage_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/diffpage"
	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

// change is a report with every part of a page, in which one word stands for all that comes from outside.
func change(word string) policydiff.Report {
	amount := int64(2499)
	return policydiff.Report{
		Changed: true, Disputes: 2000, Moved: 181, Modes: replay.Modes{Live: 2000}, Replay: replay.Options{OwnMode: true},
		Old:      policydiff.Side{Policy: "aaaaaaaaaaaa", Mode: policy.Shadow, Closes: []policydiff.Count{{Currency: "usd", Count: 300, Amount: 277115}}},
		New:      policydiff.Side{Policy: "bbbbbbbbbbbb", Mode: policy.Live, Closes: []policydiff.Count{{Currency: "usd", Count: 481, Amount: 635427}, {Currency: "jpy", Count: 2, Amount: 1510}}},
		Settings: []policydiff.Setting{{Name: "ceiling.usd", Old: "5000", New: "6000", Currency: "usd"}, {Name: "mode", Old: "shadow", New: "live"}},
		Rules: []policydiff.Rule{{Rule: word, Change: policydiff.Edited, Edits: []policydiff.Setting{
			{Name: "if.amount.usd.at_most", Old: "1500", New: "2500", Currency: "usd"}, {Name: "if.metadata." + word, New: word},
		}}},
		Changes: []policydiff.Change{{
			Old: policydiff.Fate{Action: replay.Kept}, New: policydiff.Fate{Action: replay.Closes, Rule: word, Clock: "after 24h"}, Count: 181,
			Currencies: []policydiff.Count{{Currency: "usd", Count: 181, Amount: 358312}}, Regrets: []policydiff.Count{{Currency: "usd", Count: 32, Amount: 62216}},
			Examples: []policydiff.Example{{ID: word, Amount: &amount, Currency: "usd", NewAt: "2026-03-02T12:00:00Z", Won: true}, {ID: "dp_none", Currency: word}},
		}},
		Assumptions: []string{"a guess"},
	}
}

func write(t *testing.T, r policydiff.Report, word string) string {
	t.Helper()
	var b strings.Builder
	if err := diffpage.Write(&b, r, view.Compared{Old: word, New: "new.yaml", Cases: "past.jsonl"}, noon); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantFigures is what a reviewer must find on the page.
func wantFigures(t *testing.T, page string) {
	t.Helper()
	page = html.UnescapeString(page)
	for _, want := range []string{
		"It would concede 6,354.27 USD instead of 2,771.15 USD in 481 instead of 300 closes; of those closed from now on, 32 were won when fought, 622.16 USD.",
		"15.00 USD → 25.00 USD", "50.00 USD → 60.00 USD", "shadow → live", "3,583.12 USD", "1,510 JPY", "Won when fought: 32 disputes, 622.16 USD",
		"Closed from now on: 181", "24.99 USD", "2026-03-02 12:00 UTC", "the WooshPay key is a live one, as the disputes are", "a guess", "past.jsonl", "2026-03-31 12:00 UTC",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestThePageHasEveryFigure(t *testing.T) { wantFigures(t, write(t, change("small"), "old.yaml")) }

func TestThePageNeedsNothingElse(t *testing.T) {
	page := write(t, change("small"), "old.yaml")
	if found := regexp.MustCompile(`(?i)<script|<img|<link|@import|url\(|(src|href)=`).FindString(page); found != "" {
		t.Errorf("the page asks for something: %s", found)
	}
	if !strings.Contains(page, "default-src 'none'") || !strings.Contains(page, "--back: #131316") {
		t.Error("the page lacks its rule that nothing is loaded, or its style")
	}
}

// tags are a page's elements and attributes, without its text.
var tags = regexp.MustCompile(`<[^>]*>`)

// TestWhatIsReadStaysText however hostile it is.
func TestWhatIsReadStaysText(t *testing.T) {
	want := tags.FindAllString(write(t, change("plain"), "plain"), -1)
	for _, evil := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><script>`, hostiletest.Evil} {
		page := write(t, change(evil), evil)
		if got := tags.FindAllString(page, -1); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q changes the page's elements", evil)
		}
		if err := hostiletest.Harmless(page); err != nil {
			t.Errorf("%q: %v", evil, err)
		}
	}
}

func TestNothingChanges(t *testing.T) {
	page := write(t, policydiff.Report{Disputes: 3}, "old.yaml")
	if !strings.Contains(page, "Nothing changes.") || strings.Contains(page, "It would concede") {
		t.Errorf("%s", page)
	}
}
