package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// played runs steps whose commands are the shell scripts given by name.
func played(t *testing.T, lanes int, beat time.Duration, scripts map[string]string, words ...string) (names map[outcome][]string, screen string) {
	t.Helper()
	all, err := parseSteps(words)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	b := book{path: filepath.Join(t.TempDir(), "results")}
	r := &steps{book: b, all: all, lanes: lanes, screen: &out, beat: beat, make: func(target string) *exec.Cmd {
		return exec.Command("sh", "-c", scripts[target])
	}}
	if err := r.run(); err != nil {
		t.Fatal(err)
	}
	if names, err = b.names(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(b.path + ".*"); len(left) > 0 {
		t.Errorf("books of steps are left: %v", left)
	}
	return names, out.String()
}

func TestEveryStepRunsAndCounts(t *testing.T) {
	names, screen := played(t, 2, time.Minute, map[string]string{
		"good":    `echo "passed one" >> "$TALLY"; echo "passed two" >> "$TALLY"`,
		"silent":  `exit 3`,
		"found":   `echo "passed three" >> "$TALLY"; echo "failed four" >> "$TALLY"; echo the reason; exit 1`,
		"lying":   `echo "failed five" >> "$TALLY"`,
		"blind":   `echo "not-run six" >> "$TALLY"`,
		"install": `echo no network; exit 1`,
		"after":   `echo "passed never" >> "$TALLY"`,
		"last":    `echo "passed last" >> "$TALLY"`,
		"next":    `echo "passed next" >> "$TALLY"`,
	}, "install", "good", "silent", "found", "lying", "blind", "after=good,install", "last=good", "next=good,~silent")
	slices.Sort(names[passed])
	slices.Sort(names[failed])
	if got := strings.Join(names[passed], ","); got != "last,next,one,three,two" {
		t.Errorf("passed: %s", got)
	}
	want := "after (did not run: it needs install),five,four,install (exit status 1),silent (exit status 3)"
	if got := strings.Join(names[failed], ","); got != want {
		t.Errorf("failed: %s", got)
	}
	if got := strings.Join(names[notRun], ","); got != "six" {
		t.Errorf("not run: %s", got)
	}
	for _, text := range []string{"the reason", "no network", "found failed after", "good passed after"} {
		if !strings.Contains(screen, text) {
			t.Errorf("the screen lacks %q:\n%s", text, screen)
		}
	}
	table := screen[strings.Index(screen, "\nstep "):]
	for _, row := range []string{"silent", "install", "after", "found", "lying"} {
		if line := rowOf(table, row); !strings.HasSuffix(line, "FAILED") {
			t.Errorf("the table says of %s: %q", row, line)
		}
	}
	if line := rowOf(table, "good"); !strings.HasSuffix(line, " s") {
		t.Errorf("the table says of good: %q", line)
	}
}

func rowOf(table, name string) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, name+" ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// A step's output must not be cut by another's, however the two overlap.
func TestStepsRunAtOnceAndSpeakOneByOne(t *testing.T) {
	dir := t.TempDir()
	meet := func(own, other string) string { // only two steps that run at once get through
		return `cd ` + dir + `; echo begin; touch ` + own + `; i=0; while [ ! -e ` + other + ` ]; do sleep 0.01; i=$((i+1)); [ $i -lt 1000 ]; done && echo end`
	}
	_, screen := played(t, 2, time.Minute, map[string]string{"a": "set -e;" + meet("a", "b"), "b": "set -e;" + meet("b", "a")}, "a", "b")
	if strings.Count(screen, "begin\nend\n") != 2 {
		t.Errorf("the outputs are mixed, or the steps did not meet:\n%s", screen)
	}
}

func TestALineWhileNothingEnds(t *testing.T) {
	_, screen := played(t, 1, 50*time.Millisecond, map[string]string{"slow": "echo half way; sleep 0.5"}, "slow")
	if n := strings.Count(screen, "0 of 1 steps done; slow for "); n < 3 {
		t.Errorf("%d lines in ten times the longest silence:\n%s", n, screen)
	}
	if !strings.Contains(screen, "(half way)") {
		t.Errorf("the step's last line is not shown:\n%s", screen)
	}
}

func TestANeedMustComeFirst(t *testing.T) {
	if _, err := parseSteps([]string{"a=b", "b"}); err == nil {
		t.Error("a step may need one that is named after it: the two would wait for ever")
	}
}

// What waits for another step's end does not overlap it.
func TestAStepWaitsForAnothersEnd(t *testing.T) {
	dir := t.TempDir()
	names, screen := played(t, 2, time.Minute, map[string]string{
		"first":  `sleep 0.3; touch ` + dir + `/ended; exit 1`,
		"second": `[ -e ` + dir + `/ended ] && echo "passed second" >> "$TALLY"`,
	}, "first", "second=~first")
	if got := strings.Join(names[passed], ","); got != "second" {
		t.Errorf("passed: %s\n%s", got, screen)
	}
}
