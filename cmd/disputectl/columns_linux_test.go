package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// colours match what a terminal takes for a colour, and shows nothing of.
var colours = regexp.MustCompile("\x1b\\[[0-9]+m")

// columnsOf is how many columns a line takes.
func columnsOf(line string) int {
	return utf8.RuneCountInString(strings.TrimSuffix(colours.ReplaceAllString(line, ""), "\n"))
}

// TestTheJournalFitsATerminal of 80 columns, with ids and names as long as WooshPay and AWS make them.
func TestTheJournalFitsATerminal(t *testing.T) {
	c := year()
	c.lines = endings(3000, time.Now().AddDate(0, 0, -40), time.Now())
	for i := range c.lines {
		l := &c.lines[i]
		l.Dispute, l.Money.Amount = dispute.ID(fmt.Sprintf("dp_1AbCdEfGhIjK%04d", i)), 123_456
		if i%5 == 0 {
			l.Ended.Shadow, l.Ended.State, l.Ended.Action, l.Ended.PostedAt = true, closing.Resolved, []policy.Action{"close", "keep", "review"}[i%3], l.At
		}
	}
	c.add(closing.Line{At: time.Now(), What: closing.ActClose, Dispute: "dp_1AbCdEfGhIjK0001", Who: "arn:aws:sts::123456789012:assumed-role/operators/ada",
		Why: strings.Repeat("the customer called again, ", 9), Money: dispute.Money{Amount: 123_456, Currency: "usd"}})
	for line, want := range map[string]string{
		"report --since 35d": "By reason", "log": "the customer called", "list --state closed,resolved": "perhaps",
	} {
		shown := onWideTerminal(t, c.at(), 80, strings.Fields(line)...)
		if !strings.Contains(shown, want) {
			t.Errorf("%s: no %q in\n%s", line, want, shown)
		}
		for text := range strings.Lines(shown) {
			if n := columnsOf(text); n > 80 {
				t.Errorf("%s: %d columns: %s", line, n, text)
			}
		}
	}
}
