package main

import (
	"os"

	"golang.org/x/term"
)

// painter colours text, on a terminal alone.
type painter bool

// paint returns the painter of the standard output. NO_COLOR, set to anything, turns it off (no-color.org).
func (a *app) paint() painter {
	f, isFile := a.stdout.(*os.File)
	return painter(isFile && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())))
}

func (p painter) red(text string) string    { return p.in("31", text) }
func (p painter) green(text string) string  { return p.in("32", text) }
func (p painter) yellow(text string) string { return p.in("33", text) }

func (p painter) in(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// width returns how many columns a table may have: the terminal's, and no limit where the output is none.
func (a *app) width() int {
	if f, isFile := a.stdout.(*os.File); isFile {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}
