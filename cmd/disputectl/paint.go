package main

import (
	"crypto/rand"
	"io"
	"os"

	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
)

// show puts screens before the outputs: whatever a command prints for a person passes one.
func (a *app) show() {
	marks := ""
	if terminalOf(a.stdout) != nil && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb" {
		marks = rand.Text()
	}
	a.stdout, a.stderr = screen.New(a.stdout, marks), screen.New(a.stderr, "")
}

// data returns the standard output for a data format, whose bytes are kept unless a person looks at them.
func (a *app) data() io.Writer {
	if s, shows := a.stdout.(*screen.Screen); shows && terminalOf(s) == nil {
		return s.Unwrap()
	}
	return a.stdout
}

// terminalOf returns the terminal that an output is shown on; nil if it is on none.
func terminalOf(w io.Writer) *os.File {
	if s, shows := w.(*screen.Screen); shows {
		w = s.Unwrap()
	}
	if f, isFile := w.(*os.File); isFile && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// painter colours text, on a terminal only.
type painter struct{ on *screen.Screen }

// paint returns the painter of the standard output. NO_COLOR, set to anything, turns it off (no-color.org).
func (a *app) paint() painter {
	s, _ := a.stdout.(*screen.Screen)
	return painter{s}
}

func (p painter) red(text string) string    { return p.in(screen.Red, text) }
func (p painter) green(text string) string  { return p.in(screen.Green, text) }
func (p painter) yellow(text string) string { return p.in(screen.Yellow, text) }

func (p painter) in(colour, text string) string {
	if p.on == nil {
		return text
	}
	return p.on.Paint(colour, text)
}

// width returns how many columns a table may have: those of the terminal, and without one as many as it likes.
func (a *app) width() int {
	if f := terminalOf(a.stdout); f != nil {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}
