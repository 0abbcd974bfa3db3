package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// asked runs `policy new` for a person at a terminal who types the answers.
func asked(ctx context.Context, t *testing.T, typed io.Reader, args ...string) (dir string, code int, stderr string) {
	t.Helper()
	dir = t.TempDir()
	var out, errs bytes.Buffer
	a := &access.Env{
		Console: cli.Console{Stdin: typed, Stdout: &out, Stderr: &errs, Dir: dir, Now: time.Now, Getenv: func(string) string { return "" }, IsTerminal: func(io.Reader) bool { return true }},
	}
	code = command.Run(ctx, a, append([]string{"policy", "new"}, args...))
	return dir, code, errs.String()
}

func TestNewAsksAtATerminal(t *testing.T) {
	dir, code, stderr := asked(t.Context(), t, strings.NewReader("usd, jpy\n\n\n2000\n50000\n12h\n"))
	if code != cli.Fine {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	text, err := os.ReadFile(filepath.Join(dir, "policy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	checked := source.Check("policy.yaml", text)
	if !checked.OK(true) {
		t.Fatalf("%v\n%s", checked.Findings, text)
	}
	d := checked.Document
	small := d.Rules[1]
	if *small.If.Amount["usd"].AtMost != 1500 || *small.If.Amount["jpy"].AtMost != 2000 || small.After.String() != "12h" ||
		d.Budget.Spend["usd"] != (policy.Spend{Closes: 20, Amount: 30000}) || d.Budget.Spend["jpy"] != (policy.Spend{Closes: 20, Amount: 50000}) {
		t.Errorf("not what was answered:\n%s", text)
	}
	for _, question := range []string{"In which currencies", "where 1500 are 15.00 usd. [1500]", "And how much in one day, in at most 20 closes? [30000]", "[24h]"} {
		if !strings.Contains(stderr, question) {
			t.Errorf("%q was not asked: %s", question, stderr)
		}
	}
}

func TestNewAsksAgainAndGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		typed, want string
		code        int
	}{
		"a slip, then right":     {"dollars\nusd\n15.00\n1500\n\n1d\n24h\n", `"15.00" is not an amount`, cli.Fine},
		"never right":            {"a\nb\nc\n", "there is no usable answer", cli.Misused},
		"the answers end":        {"usd\n1500\n", "the answers end before the questions do", cli.Misused},
		"no currency at all":     {", ,\nusd\n\n\n\n", "name at least one currency", cli.Fine},
		"a currency named twice": {"usd usd\nusd\n\n\n\n", "usd is named twice", cli.Fine},
		"an unsound answer":      {"usd\n15\n\n\n", "meant in major units", cli.Misused},
		"more than can be added": {"usd\n9223372036854775807\n50000\n\n", "not written", cli.Misused},
	} {
		dir, code, stderr := asked(t.Context(), t, strings.NewReader(c.typed))
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d, %s", name, code, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "policy.yaml")); (err == nil) != (c.code == cli.Fine) {
			t.Errorf("%s: the file: %v", name, err)
		}
	}
}

// Ctrl-C at a question does not wait for the answer.
func TestNewIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		silent, quit := io.Pipe()
		time.AfterFunc(time.Second, cancel)
		dir, code, stderr := asked(ctx, t, silent)
		if code != cli.Interrupted || !strings.Contains(stderr, "interrupted: nothing was written") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "policy.yaml")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file: %v", err)
		}
		quit.Close()
	})
}
