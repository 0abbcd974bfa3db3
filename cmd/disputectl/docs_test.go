package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/command"
)

// update writes docs/disputectl.md and docs/man anew: go test ./cmd/disputectl -run Docs -update.
var update = flag.Bool("update", false, "write docs/disputectl.md and docs/man")

const (
	docsFile = "../../docs/disputectl.md"
	manDir   = "../../docs/man"
)

// TestDocsAreTheCommands keeps the commands' page as the commands themselves describe it.
func TestDocsAreTheCommands(t *testing.T) {
	var page bytes.Buffer
	page.WriteString("# disputectl\n\nWritten from the commands' own help by `go test ./cmd/disputectl -run Docs -update`.\n\n")
	writeDocs(t, &page, command.Root(&access.Env{}))
	text := tidied(page.String())
	if *update {
		if err := os.WriteFile(docsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(docsFile)
	if err != nil || string(written) != text {
		t.Errorf("%s is stale (%v): go test ./cmd/disputectl -run Docs -update", docsFile, err)
	}
}

// writeDocs writes a command and those below it, in the order of their help.
func writeDocs(t *testing.T, page *bytes.Buffer, cmd *cobra.Command) {
	t.Helper()
	cmd.DisableAutoGenTag = true
	if cmd.Long != "" {
		cmd.Long = "```text\n" + cmd.Long + "\n```" // It is set for a terminal, with lines and columns of its own.
	}
	anchor := func(file string) string {
		return "#" + strings.ReplaceAll(strings.TrimSuffix(file, ".md"), "_", "-")
	}
	if err := doc.GenMarkdownCustom(cmd, page, anchor); err != nil {
		t.Fatal(err)
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			writeDocs(t, page, c)
		}
	}
}

// tidied returns the page without white space at the ends of lines and without two empty lines in a row.
func tidied(page string) string {
	var lines []string
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, " \t\n")
		if line == "" && len(lines) > 0 && lines[len(lines)-1] == "" {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// TestDocsHaveManPages keeps a man page beside the page of every command.
func TestDocsHaveManPages(t *testing.T) {
	made := t.TempDir()
	root := command.Root(&access.Env{})
	root.DisableAutoGenTag = true
	for _, c := range everyCommand(root) {
		c.Long = indented(c.Long)
	}
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC) // Without one it would be today.
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Date: &day, Source: "disputectl", Manual: "disputectl"}, made); err != nil {
		t.Fatal(err)
	}
	if *update {
		try(t, errors.Join(os.RemoveAll(manDir), os.CopyFS(manDir, os.DirFS(made))))
	}
	want, got := textsIn(t, made), textsIn(t, manDir)
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s of %s is stale or missing: go test ./cmd/disputectl -run Docs -update", name, manDir)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d man pages of %d commands: go test ./cmd/disputectl -run Docs -update", len(got), len(want))
	}
}

// everyCommand returns a command and all below it.
func everyCommand(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		all = append(all, everyCommand(c)...)
	}
	return all
}

// indented is a help text as a man page keeps its lines.
func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.ReplaceAll(text, "\n", "\n    "), "    \n", "\n")
}

// textsIn returns the texts of a folder's files by their names.
func textsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	texts := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Error(err)
		}
		texts[e.Name()] = string(text)
	}
	return texts
}
