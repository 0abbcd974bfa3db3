package cli

import (
	"crypto/rand"
	"io"
	"os"

	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
)

// ScreenOutputs puts screens before the outputs: whatever a command prints for a person passes one.
func (c *Console) ScreenOutputs() {
	marks := ""
	if terminalOf(c.Stdout) != nil && c.Getenv("NO_COLOR") == "" && c.Getenv("TERM") != "dumb" {
		marks = rand.Text()
	}
	c.Stdout, c.Stderr = screen.New(c.Stdout, marks), screen.New(c.Stderr, "")
}

// Data returns the standard output for a data format, whose bytes are kept unless a person looks at them.
func (c *Console) Data() io.Writer {
	if s, shows := c.Stdout.(*screen.Screen); shows && terminalOf(s) == nil {
		return s.Unwrap()
	}
	return c.Stdout
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

// Painter colours text, on a terminal only.
type Painter struct{ on *screen.Screen }

// Paint returns the painter of the standard output. NO_COLOR, set to anything, turns it off (no-color.org).
func (c *Console) Paint() Painter {
	s, _ := c.Stdout.(*screen.Screen)
	return Painter{s}
}

// Red colours what is wrong.
func (p Painter) Red(text string) string { return p.in(screen.Red, text) }

// Green colours what is done or fine.
func (p Painter) Green(text string) string { return p.in(screen.Green, text) }

// Yellow colours what needs attention.
func (p Painter) Yellow(text string) string { return p.in(screen.Yellow, text) }

func (p Painter) in(colour, text string) string {
	if p.on == nil {
		return text
	}
	return p.on.Paint(colour, text)
}

// Width returns how many columns a table may have: those of the terminal, and without one as many as it likes.
func (c *Console) Width() int {
	if f := terminalOf(c.Stdout); f != nil {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}
