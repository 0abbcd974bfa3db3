package demo_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/demo"
)

// TestTheDayFitsATerminal of 80 and of 120 columns.
func TestTheDayFitsATerminal(t *testing.T) {
	for _, columns := range []int{80, 120} {
		fits(t, played(t, demo.Options{Columns: columns}, nil), columns)
	}
}

func fits(t *testing.T, out string, columns int) {
	t.Helper()
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > columns {
			t.Errorf("%d columns of %d: %s", n, columns, line)
		}
	}
}

func TestTheDayGoesAsTold(t *testing.T) {
	out := played(t, demo.Options{}, nil)
	if last := lastLine(out); last != "By its own log, WooshPay executed 12 closes, none of them twice." {
		t.Errorf("last line: %s", last)
	}
	if strings.Contains(out, "Not as told") {
		t.Errorf("mismatches without an error:\n%s", out)
	}
	fits(t, out, 100)
	table := tableOf(out)
	for id, want := range map[string]string{
		"dp_small":    "closed",
		"dp_large":    "open",
		"dp_at":       "closed",
		"dp_above":    "open",
		"dp_euro":     "closed",
		"dp_pound":    "open",
		"dp_inquiry":  "open",
		"dp_warning":  "open",
		"dp_evidence": "open",
		"dp_refunded": "open",
		"dp_twice":    "closed",
		"dp_late":     "closed",
		"dp_order":    "open",
		"dp_forged":   "none",
		"dp_lost":     "closed",
		"dp_silent":   "closed",
		"dp_error":    "closed",
		"dp_limited":  "closed",
		"dp_kept":     "open",
		"dp_won":      "resolved",
		"dp_unheard":  "closed",
		"dp_paused":   "closed",
		"dp_budget":   "closed",
	} {
		if !slices.Contains(table[id], want) {
			t.Errorf("%s: %q, want %s", id, table[id], want)
		}
	}
}

func TestTheDayIsAlwaysTheSame(t *testing.T) {
	if one, other := played(t, demo.Options{}, nil), played(t, demo.Options{}, nil); one != other {
		t.Errorf("two runs differ:\n%s\n%s", one, other)
	}
}

func TestTheDayEndsWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := demo.Run(ctx, demo.Options{Out: new(bytes.Buffer)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
}

// played plays the day and returns what it printed.
func played(t *testing.T, o demo.Options, want error) string {
	t.Helper()
	var out bytes.Buffer
	o.Out = &out
	if err := demo.Run(t.Context(), o); !errors.Is(err, want) {
		t.Fatalf("got %v, want %v\n%s", err, want, out.String())
	}
	return out.String()
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

// tableOf returns the words of each dispute's first line in the table.
func tableOf(out string) map[string][]string {
	_, table, _ := strings.Cut(out, "\nDISPUTE")
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) > 3 && strings.HasPrefix(line, "dp_") {
			rows[words[0]] = words
		}
	}
	return rows
}
