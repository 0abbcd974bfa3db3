package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/functions/closer"
)

var (
	consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")
	shellWord    = regexp.MustCompile(`"([^"]*)"|'([^']*)'|(\S+)`)
	inlineCode   = regexp.MustCompile("`(disputectl [a-z][^`]*)`")
	anchored     = regexp.MustCompile(`\]\(#([^)]+)\)`)
	headed       = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// typed returns the command lines of disputectl that a page has its reader type, as words: those of its console blocks, and
// with those in its text.
func typed(t *testing.T, name string, inText bool) [][]string {
	t.Helper()
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range consoleBlock.FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "$ disputectl "); ok {
				lines = append(lines, text)
			}
		}
	}
	for _, code := range inlineCode.FindAllStringSubmatch(string(page), -1) {
		if inText {
			lines = append(lines, strings.TrimPrefix(code[1], "disputectl "))
		}
	}
	var commands [][]string
	for _, line := range lines {
		for one := range strings.SplitSeq(line, "; disputectl ") {
			commands = append(commands, words(one))
		}
	}
	if len(commands) == 0 {
		t.Fatalf("%s has no command", name)
	}
	return commands
}

// words splits a command line as a shell does that knows quotes, comments and redirections.
func words(line string) []string {
	var all []string
	for _, word := range shellWord.FindAllStringSubmatch(line, -1) {
		if word[3] == "#" || strings.HasPrefix(word[3], ">") || strings.HasPrefix(word[3], "<") {
			break
		}
		all = append(all, word[1]+word[2]+word[3])
	}
	return all
}

// At night nobody corrects a page's commands: each exists with its flags and arguments.
func TestTheCommandsOfTheRunbookExist(t *testing.T) {
	for _, args := range append(typed(t, "../../docs/runbook.md", true), typed(t, "../../docs/restore.md", false)...) {
		root := command.Root(&access.Env{})
		cmd, rest, err := root.Find(args)
		if err != nil || cmd == root {
			t.Errorf("disputectl %s: there is no such command (%v)", strings.Join(args, " "), err)
			continue
		}
		if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("disputectl %s: %v", strings.Join(args, " "), err)
			continue
		}
		if len(rest) == 0 {
			continue // It is only named.
		}
		if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
			t.Errorf("disputectl %s: %v", strings.Join(args, " "), err)
		}
	}
}

// elsewhere are the commands that ask for a file, a secret or a working stack, or write the table directly: their own pages
// try them.
var elsewhere = []string{"policy", "secret", "reconcile", "doctor", "webhook", "redrive"}

// Each command of the blocks is typed as it stands, at a stack with one case.
func TestTheCommandsOfTheRunbookRun(t *testing.T) {
	ran := 0
	for _, args := range typed(t, "../../docs/runbook.md", false) {
		if slices.Contains(elsewhere, args[0]) {
			continue
		}
		ran++
		a, _, _ := newDesk(t).onStack(t)
		code, stdout, stderr := invoke(t, a, args...)
		if args[0] == "close" { // nobody is there to confirm it
			if code != cli.Found || !strings.Contains(stderr, "nothing was stored") {
				t.Errorf("disputectl %s: exit code %d, %s%s", strings.Join(args, " "), code, stdout, stderr)
			}
		} else if code != cli.Fine {
			t.Errorf("disputectl %s: exit code %d, %s%s", strings.Join(args, " "), code, stdout, stderr)
		}
	}
	if ran < 30 {
		t.Errorf("%d commands were typed", ran)
	}
}

// The mail about a case sends its reader to the runbook, with commands that exist there.
func TestTheRunbooksAddressesExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]bool{}
	for _, heading := range headed.FindAllStringSubmatch(string(page), -1) {
		places[address(heading[1])] = true
	}
	links := anchored.FindAllStringSubmatch(string(page), -1)
	_, fromMail, _ := strings.Cut(closer.Runbook, "#")
	for _, link := range append(links, []string{"", fromMail}) {
		if !places[link[1]] {
			t.Errorf("nothing is at #%s", link[1])
		}
	}
	if len(links) < 10 {
		t.Errorf("%d links", len(links))
	}
}

// address is what GitHub makes of a heading.
func address(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return kept
}
