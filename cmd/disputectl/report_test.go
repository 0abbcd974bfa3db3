package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/report"
)

// counting counts what a command reads of a table.
type counting struct {
	*journaled
	loads, cases int
}

func (c *counting) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c.loads++
	return c.journaled.Load(ctx, id)
}

func (c *counting) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	c.cases++
	return c.journaled.Cases(ctx, limit, cursor)
}

// year is a table whose journal has 10,000 cases that ended in the year before now.
func year() *counting {
	j := newJournaled()
	now := time.Now()
	j.add(endings(10_000, now.AddDate(-1, 0, 0), now)...)
	return &counting{journaled: j}
}

func (c *counting) at() *access.Env {
	a := (&desk{}).at()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) { return c, nil }
	return a
}

// TestAReportReadsOnlyWhatItShows: one query a day, and one page of unfinished cases.
func TestAReportReadsOnlyWhatItShows(t *testing.T) {
	for line, days := range map[string]int{"report --since 30d": 31, "report": 8, "report --json --since 1h": 1} {
		c := year()
		code, stdout, stderr := invoke(t, c.at(), strings.Fields(line)...)
		if code != cli.Fine || !strings.Contains(stdout, "rule 1") {
			t.Fatalf("%s: exit code %d, %s%s", line, code, stdout, stderr)
		}
		first := closing.DayOf(time.Now().AddDate(0, 0, 1-days))
		if line == "report --json --since 1h" {
			first = closing.DayOf(time.Now().Add(-time.Hour))
			days = len(c.queries) // 2 just after midnight
		}
		if len(c.queries) != days || days > 31 || c.loads != 0 || c.cases != 1 {
			t.Errorf("%s: %d days, %d loads, %d pages of cases", line, len(c.queries), c.loads, c.cases)
		}
		for day, n := range c.queries {
			if n != 1 || day < first {
				t.Errorf("%s: %d queries of %s", line, n, day)
			}
		}
	}
}

// TestADayMayHaveSeveralPages and each is read once.
func TestADayMayHaveSeveralPages(t *testing.T) {
	c := year()
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	c.lines = endings(1_001, day, day.AddDate(0, 0, 1))
	code, stdout, stderr := invoke(t, c.at(), "report", "--from", "2026-03-02", "--to", "2026-03-02", "--json")
	var r report.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != cli.Fine {
		t.Fatalf("exit code %d, %v, %s", code, err, stderr)
	}
	if n := r.Days[0].Ended.Cases + r.Days[1].Ended.Cases; n != 1_001 || c.queries["2026-03-02"] != 3 {
		t.Errorf("%d cases of %d queries", n, c.queries["2026-03-02"])
	}
}

// TestAReportAddsUp in each of its forms.
func TestAReportAddsUp(t *testing.T) {
	c := year()
	_, stdout, stderr := invoke(t, c.at(), "report", "--since", "30d", "--csv")
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || len(rows) == 0 || rows[0][0] != "group" {
		t.Fatalf("%v, %s%s", err, stdout, stderr)
	}
	ended := map[string]int{}
	for _, row := range rows[1:] {
		n := 0
		if err := json.Unmarshal([]byte(row[4]), &n); err != nil {
			t.Fatal(err)
		}
		ended[row[0]] += n
	}
	for _, group := range []string{"currency", "day", "rule", "reason"} {
		if ended[group] != ended["day"] || ended[group] < 800 {
			t.Errorf("%s: %d cases", group, ended[group])
		}
	}
}

// TestALineThatCannotBeReadIsNamed and the others are counted.
func TestALineThatCannotBeReadIsNamed(t *testing.T) {
	for _, args := range [][]string{{"report"}, {"report", "--json"}} {
		c := year()
		c.fails = &closing.UnreadableError{ID: "dp_odd", Err: errors.New("summary: it is a number")}
		code, stdout, stderr := invoke(t, c.at(), args...)
		if code != cli.Unreachable || !strings.Contains(stdout, "rule 1") || !strings.Contains(stdout, "dp_odd") || !strings.Contains(stderr, "case dp_odd: the stored case cannot be read") {
			t.Errorf("%v: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
}

func TestAJournalThatDoesNotAnswer(t *testing.T) {
	for err, want := range map[error]struct {
		code int
		text string
	}{
		errors.New("no route"): {cli.Unreachable, "table disputes did not answer: no route"}, context.Canceled: {cli.Interrupted, "interrupted"},
	} {
		c := year()
		c.fails = err
		code, stdout, stderr := invoke(t, c.at(), "report")
		if code != want.code || stdout != "" || !strings.Contains(stderr, want.text) {
			t.Errorf("%v: exit code %d, %s%s", err, code, stdout, stderr)
		}
	}
}

// TestAPageIsForItsOwnersEyes because it names disputes and people, and is replaced only by a whole one.
func TestAPageIsForItsOwnersEyes(t *testing.T) {
	c := year()
	path := filepath.Join(t.TempDir(), "report.html")
	code, stdout, stderr := invoke(t, c.at(), "report", "--html", path)
	if code != cli.Fine || stdout != "" || stderr != path+" written\n" {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil || info.Mode().Perm() != 0o600 || !strings.HasSuffix(string(text), "</html>\n") || !strings.Contains(string(text), "rule 1") {
		t.Errorf("%v, %v, %v, %d bytes", err, statErr, info.Mode(), len(text))
	}
	if code, stdout, stderr := invoke(t, c.at(), "report", "--html", "-"); code != cli.Fine || !strings.HasPrefix(stdout, "<!doctype html>") || stderr != "" {
		t.Errorf("exit code %d, %.100s%s", code, stdout, stderr)
	}
	c.fails = errors.New("no route")
	code, _, _ = invoke(t, c.at(), "report", "--html", path)
	if after, err := os.ReadFile(path); code != cli.Unreachable || err != nil || string(after) != string(text) {
		t.Errorf("exit code %d, %v", code, err)
	}
	code, _, stderr = invoke(t, year().at(), "report", "--html", filepath.Join(path, "no"))
	if code != cli.Misused || !strings.Contains(stderr, "cannot write") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	c.fails = &closing.UnreadableError{ID: "dp_odd", Err: errors.New("summary: it is a number")}
	code, _, stderr = invoke(t, c.at(), "report", "--html", path)
	if after, err := os.ReadFile(path); code != cli.Unreachable || err != nil || !strings.Contains(string(after), "dp_odd") || !strings.Contains(stderr, "dp_odd") {
		t.Errorf("exit code %d, %v, %s", code, err, stderr)
	}
	if code, _, stderr := invoke(t, c.at(), "report", "--html", path, "--json"); code != cli.Misused || !strings.Contains(stderr, "html") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
