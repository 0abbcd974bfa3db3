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
	dir, code, stderr := asked(t.Context(), t, strings.NewReader("usd, jpy\n\n\n2,000 jpy\njpy=50000\n12h\n"))
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
	for _, question := range []string{
		"In which currencies", "What is offered is worth about 15.00 USD by rounded rates of July 2025, which nobody vouches for: check it.\n",
		"Close USD disputes of up to how much? [15.00 USD]   15.00 USD (1500 in minor units)\n",
		"And how much in one day, in at most 20 closes? [300.00 USD]   300.00 USD (30000 in minor units)\n",
		"  Mind that ISO 4217 gives JPY 0 decimals; WooshPay does not document its own. Compare with a dispute in WooshPay's dashboard.\n",
		"Close JPY disputes of up to how much? [2,000 JPY]   2,000 JPY (2000 in minor units)\n", "[24h]",
	} {
		if !strings.Contains(stderr, question) {
			t.Errorf("%q was not asked: %s", question, stderr)
		}
	}
}

// TestNewAsksAgain until the answer is sound, and loses no answer before it.
func TestNewAsksAgain(t *testing.T) {
	for name, c := range map[string]struct {
		typed, want string
		code        int
	}{
		"slips, then right": {"dollars\nusd\n1500\nabc\n15.00\n\n1d\n24h\n", `"1500 usd" may be 1500.00 USD or 15.00 USD`, cli.Fine},
		"wrong many times":  {"a\nb\nc\nd\ne\nusd\n\n\n\n", `there is no currency "e"`, cli.Fine},
		"the answers end": {
			"usd\n20.00\n", "the answers end before the questions do: nothing was written\n  go on with your answers: disputectl policy new policy.yaml --threshold usd=2000 --grace 24h\n", cli.Misused,
		},
		"no answer at all":       {"", "answer the questions, or say it with --threshold", cli.Misused},
		"no currency at all":     {", ,\nusd\n\n\n\n", "name at least one currency", cli.Fine},
		"a currency named twice": {"usd usd\nusd\n\n\n\n", "usd is named twice", cli.Fine},
		"another currency":       {"usd\n15.00 eur\n15.00 usd\n\n\n", "this is about USD, and the answer is about EUR", cli.Fine},
		"an unsound answer":      {"usd\n0.15\n\n\n\n", "meant in major units", cli.Fine},
		"nothing":                {"usd\n0.00\n\n\n\n", "it must be more than nothing", cli.Fine},
		"an unsound budget":      {"usd\n\n1.00\n\n\n", "budget", cli.Fine},
		"more than can be added": {"usd\nusd=9223372036854775807\n\n\n\n", "too large", cli.Fine},
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
		if code != cli.Interrupted || !strings.Contains(stderr, "interrupted: nothing was written\n  answer the questions, or say it with --threshold") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "policy.yaml")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file: %v", err)
		}
		quit.Close()
	})
}
