package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/command"
)

// update writes docs/disputectl.md anew: go test ./cmd/disputectl -run Docs -update.
var update = flag.Bool("update", false, "write docs/disputectl.md")

const docsFile = "../../docs/disputectl.md"

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
