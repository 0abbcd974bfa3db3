package cli

import (
	"crypto/rand"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
)

// ScreenOutputs wraps the outputs in screens, which make all text that a command prints harmless.
func (c *Console) ScreenOutputs() {
	marks := ""
	if terminalOf(c.Stdout) != nil && c.Getenv("NO_COLOR") == "" && c.Getenv("TERM") != "dumb" {
		marks = rand.Text()
	}
	c.Stdout, c.Stderr = screen.New(c.Stdout, marks), screen.New(c.Stderr, "")
}

// Data returns the standard output for a data format. Its bytes are kept unless a person looks at them.
func (c *Console) Data() io.Writer {
	if s, shows := c.Stdout.(*screen.Screen); shows && terminalOf(s) == nil {
		return s.Unwrap()
	}
	return c.Stdout
}

// terminalOf returns the terminal that shows an output, or nil if none does.
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

// Paints returns the colours for what is urgent and for what needs attention.
func (p Painter) Paints() view.Paints { return view.Paints{Alarm: p.Red, Warn: p.Yellow} }

func (p Painter) in(colour, text string) string {
	if p.on == nil {
		return text
	}
	return p.on.Paint(colour, text)
}

// columnsVariable says how many columns an output has that is not a terminal, such as a pager.
const columnsVariable = "COLUMNS"

// Width returns how many columns the terminal has or, without a terminal, what COLUMNS says; 0 means no limit.
func (c *Console) Width() int {
	if f := terminalOf(c.Stdout); f != nil {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	columns, err := strconv.Atoi(c.Getenv(columnsVariable))
	if err != nil || columns < 0 {
		return 0
	}
	return columns
}

// Lines prints cells, one after another, on as many lines as the terminal's width needs.
func (c *Console) Lines(cells ...view.Cell) { c.Hanging("", cells...) }

// Hanging prints cells behind a head; the further lines stand below the first.
func (c *Console) Hanging(head string, cells ...view.Cell) {
	width := c.Width()
	if width > 0 {
		width = max(width-utf8.RuneCountInString(head), narrowest)
	}
	for i, line := range view.Flow(width, cells...) {
		if i > 0 {
			head = strings.Repeat(" ", utf8.RuneCountInString(head))
		}
		screen.Printf(c.Stdout, "%s%s\n", head, line)
	}
}

// narrowest is the least width of a text behind a head.
const narrowest = 20
