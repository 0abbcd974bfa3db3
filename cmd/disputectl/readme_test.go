package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
)

// sessionLine is a command of a session, without its comment, and what the page shows of its output.
type sessionLine struct {
	command string
	output  []string
}

// sessions returns the console blocks of README's part that needs no account.
func sessions(t *testing.T) [][]sessionLine {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	part, _, found := strings.Cut(string(text), "\nDeploy it.")
	if !found {
		t.Fatal("README has no part about deploying")
	}
	var all [][]sessionLine
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(part, -1) {
		var session []sessionLine
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSuffix(line, "\n")
			if words, is := strings.CutPrefix(line, "$ "); is {
				words, _, _ = strings.Cut(words, "   #")
				session = append(session, sessionLine{command: strings.TrimSpace(words)})
				continue
			}
			last := &session[len(session)-1]
			last.output = append(last.output, line)
		}
		all = append(all, session)
	}
	return all
}

// clone is a folder with what the session needs of a fresh clone.
func clone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"policy.yaml", "events/dispute-created.json", "examples/past.jsonl"} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// obliging types what a command asks to be typed.
type obliging struct {
	shown bytes.Buffer
	typed *io.PipeWriter
}

var confirming = regexp.MustCompile(`Type (.+) to confirm: $`)

func (o *obliging) Write(p []byte) (int, error) {
	n, err := o.shown.Write(p)
	if found := confirming.FindSubmatch(o.shown.Bytes()); found != nil {
		go func() { _, _ = o.typed.Write(append(found[1], '\n')) }() // The command reads it, or has ended.
	}
	return n, err
}

// TestTheReadmesSession runs as it stands: each command ends well, or finds something, and prints what README shows.
func TestTheReadmesSession(t *testing.T) {
	blocks := sessions(t)
	if len(blocks) != 2 || len(blocks[0]) < 6 || len(blocks[1]) < 5 {
		t.Fatalf("%d sessions", len(blocks))
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv(access.StackVariable, "")
	dir := clone(t)
	for _, block := range blocks {
		for _, line := range block {
			args := words(line.command)
			switch {
			case line.command == "disputectl local":
				s := start(t, "local", "--addr", "127.0.0.1:0") // The usual port may be in use here.
				s.wait(`The dispute closer runs at http://127\.0\.0\.1:\d+ `)
				defer s.end()
			case args[0] == "disputectl":
				follow(t, dir, line, args[1:])
			case args[0] != "git" && args[0] != "make" && args[0] != "go":
				t.Errorf("%s: what is that?", line.command)
			}
		}
	}
}

var anyPort = regexp.MustCompile(`http://127\.0\.0\.1:\d+,`)

// follow runs one line of a session in the folder.
func follow(t *testing.T, dir string, line sessionLine, args []string) {
	t.Helper()
	in, typed := io.Pipe()
	var out bytes.Buffer
	errs := &obliging{typed: typed}
	a := &access.Env{
		Console: cli.Console{
			Stdin: in, Stdout: &out, Stderr: errs, Dir: dir, Now: time.Now, Getenv: os.Getenv, IsTerminal: func(io.Reader) bool { return true },
		},
		HTTP: delivery.Client(),
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code := command.Run(ctx, a, args)
	differs := args[0] == "policy" && args[1] == "diff" && code == cli.Found
	if code != cli.Fine && !differs {
		t.Errorf("%s: exit code %d\n%s%s", line.command, code, out.String(), errs.shown.String())
	}
	shown := anyPort.ReplaceAllString("\n"+out.String(), "http://127.0.0.1:4840,")
	for _, want := range line.output {
		if !strings.Contains(shown, "\n"+want+"\n") {
			t.Errorf("%s: README shows %q, and it is not in\n%s", line.command, want, out.String())
		}
	}
}
