package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
)

// townLines are the command lines of every command that may print an amount, for a person. ID is each case in turn.
var townLines = map[string][]string{
	"list":            {"list", "list --state closed,resolved", "list --person", "list --limit 3"},
	"show":            {"show ID"},
	"why":             {"why ID"},
	"status":          {"status", "status --policy policy.yaml", "status --ahead 30d --currency gbp"},
	"report":          {"report"},
	"log":             {"log"},
	"keep":            {"keep ID --why x", "keep dp_1aboveD5pJgM6bNx1Wq dp_1euroF8rLtS2zCy7Hj3 --why x"},
	"release":         {"release ID --why x"},
	"close":           {"close ID --why x", "close ID --why x --policy policy.yaml", "close ID --why x --yes"},
	"pause":           {"pause --why x"},
	"resume":          {"resume --why x"},
	"reconcile":       {"reconcile --dry-run", "reconcile"},
	"export":          {"export -o cases.jsonl"},
	"policy explain":  {"policy explain ID"},
	"policy check":    {"policy check policy.yaml"},
	"policy compile":  {"policy compile policy.yaml -o policy.json"},
	"policy new":      {"policy new new.yaml --threshold usd=1819 --grace 24h", "policy new new.yaml"},
	"policy backtest": {"policy backtest --policy policy.yaml --cases past.jsonl"},
	"policy diff":     {"policy diff policy.yaml higher.yaml --cases past.jsonl"},
	"demo":            {"demo"},
	"send":            {"send --kind created --dispute dp_1sent --amount usd=1819 --url http://127.0.0.1:1/webhook"},
}

// noAmounts are the commands that print no amount of a dispute, or have a test of their own that looks at theirs.
var noAmounts = []string{"version", "deploy", "redrive", "sign", "local", "sandbox", "doctor", "webhook create", "webhook list", "secret set", "policy schema"}

// minor matches a whole number that is said to be in minor units: 1500 in minor units, 1500 minor units of ZZZ, usd=1500.
var minor = regexp.MustCompile(`\d+ (in )?minor|[a-z]{3}=\d+`)

// integers are the amounts of the town as a computer writes them, by whose mark a text that has one is known.
func integers() *regexp.Regexp {
	var all []string
	for _, text := range append(townDisputes, townPolicy) {
		for _, found := range regexp.MustCompile(`(?:"?amount"?|at_most|usd|eur|kwd|jpy): ?(\d+)`).FindAllStringSubmatch(strings.ReplaceAll(text, `":`, `": `), -1) {
			all = append(all, found[1])
		}
	}
	return regexp.MustCompile(`(^|[^0-9.,])(` + strings.Join(all, "|") + `)($|[^0-9.,]|[.,]($|[^0-9]))`)
}

// TestNoCommandPrintsAnIntegerAmount without saying that it is in minor units.
func TestNoCommandPrintsAnIntegerAmount(t *testing.T) {
	bare := integers()
	if !bare.MatchString("closes 1819 usd") || !bare.MatchString("of 61700.") || bare.MatchString("18.19 USD") || bare.MatchString("at 2026-03-02") {
		t.Fatalf("%s does not know an amount", bare)
	}
	seen := 0
	for name, lines := range townLines {
		w := newTown(t) // An act changes it.
		for _, line := range lines {
			for _, args := range eachCase(line) {
				_, stdout, stderr := w.run(t, "", "9.99 usd", args...)
				text := stdout + stderr
				if text == "" {
					t.Errorf("%s: %s prints nothing", name, args)
				}
				seen += strings.Count(text, " USD") + strings.Count(text, " KWD") + strings.Count(text, " JPY")
				for shown := range strings.Lines(minor.ReplaceAllString(text, "")) {
					if bare.MatchString(shown) {
						t.Errorf("%s: %s", args, shown)
					}
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d amounts were printed: is the town empty?", seen)
	}
}

// eachCase returns the words of a command line, once for each case if it has ID.
func eachCase(line string) [][]string {
	words := strings.Fields(line)
	at := slices.Index(words, "ID")
	if at < 0 {
		return [][]string{words}
	}
	var all [][]string
	for _, text := range townDisputes {
		var d struct{ ID string }
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			panic(err) // The text is this test's own.
		}
		one := slices.Clone(words)
		one[at] = d.ID
		all = append(all, one)
	}
	return all
}

// TestEveryCommandIsAskedForItsAmounts has a new command put into one of the lists.
func TestEveryCommandIsAskedForItsAmounts(t *testing.T) {
	var each func(cmd *cobra.Command)
	each = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			name := strings.TrimPrefix(c.CommandPath(), "disputectl ")
			if _, listed := townLines[name]; c.HasSubCommands() {
				each(c)
			} else if !listed && !slices.Contains(noAmounts, name) {
				t.Errorf("%s is in no list: does it print amounts?", name)
			}
		}
	}
	each(command.Root(&access.Env{}))
}

// TestNumbersOfJSONAreNumbers: none is a text, and none is written as money.
func TestNumbersOfJSONAreNumbers(t *testing.T) {
	w := newTown(t)
	amounts := 0
	for _, line := range []string{
		"list --json", "list --state closed,resolved --json", "show ID --json", "status --policy policy.yaml --json", "report --json", "log --json",
		"reconcile --dry-run --json", "policy explain ID --json",
	} {
		for _, args := range eachCase(line) {
			_, stdout, stderr := w.run(t, "", "", args...)
			var v any
			if err := json.Unmarshal([]byte(stdout), &v); err != nil {
				t.Errorf("%s: %v, %s", args, err, stderr)
			}
			for path, text := range leaves("", v) {
				switch n := text.(type) {
				case string:
					if numeric.MatchString(n) && !named.MatchString(path) {
						t.Errorf("%s: %s is the text %q", args, path, n)
					}
				case float64:
					if strings.HasSuffix(path, "amount") || strings.HasSuffix(path, "amount.value") {
						amounts++
					}
				}
			}
		}
	}
	if amounts < 50 {
		t.Errorf("only %d amounts were found", amounts)
	}
}

// named matches where a text stands that may look like a number: codes, accounts, and what a condition met.
var named = regexp.MustCompile(`code|reasons|account|\.seen$`)

// numeric matches a number that is written as a text, with or without its currency.
var numeric = regexp.MustCompile(`^-?[0-9][0-9.,]*( [A-Za-z]{3})?$`)

// leaves are the texts and numbers of a JSON value, by where they are. A fact is called by its name.
func leaves(path string, v any) map[string]any {
	all := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		if name, is := v["name"].(string); is {
			path += "." + name
		}
		for key, below := range v {
			for at, leaf := range leaves(path+"."+key, below) {
				all[at] = leaf
			}
		}
	case []any:
		for i, below := range v {
			for at, leaf := range leaves(fmt.Sprintf("%s[%d]", path, i), below) {
				all[at] = leaf
			}
		}
	default:
		all[path] = v
	}
	return all
}

// fitting are the command lines whose pages fit the terminal, whatever it shows.
var fitting = []string{
	"list", "list --state closed,resolved", "show ID", "why ID", "status --policy policy.yaml --ahead 30d", "status", "report", "log",
	"reconcile --dry-run", "close dp_1aboveD5pJgM6bNx1Wq --why x --policy policy.yaml",
}

// TestPagesFitTheirTerminal of each usual width, with ids of 22 characters.
func TestPagesFitTheirTerminal(t *testing.T) {
	w := newTown(t)
	for _, columns := range []int{60, 80, 120, 200} {
		for _, line := range fitting {
			for _, args := range eachCase(line) {
				code, stdout, stderr := w.run(t, fmt.Sprint(columns), "9.99 usd", args...)
				if code != cli.Fine && args[0] != "close" && args[0] != "reconcile" {
					t.Errorf("%s: exit code %d, %s", args, code, stderr)
				}
				for shown := range strings.Lines(stdout) {
					if n := len([]rune(strings.TrimSuffix(shown, "\n"))); n > columns {
						t.Errorf("%d columns, %s: %d: %s", columns, args, n, shown)
					}
				}
			}
		}
	}
}
