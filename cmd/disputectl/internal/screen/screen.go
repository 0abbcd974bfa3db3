// Package screen is where text leaves for a person's terminal. What a dispute, an answer or a file holds comes from
// elsewhere: printed, it moves no cursor, sets no title, turns no direction of writing and adds no line.
//
// Two things make it so, and each covers every command. A Screen lets nothing through that a terminal would obey,
// whatever is written to it. It cannot know which line breaks are ours; Printf does, because ours are in its format.
package screen

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"disputecloser/shared/plain"
)

// Screen writes text for a person. It is safe for concurrent use.
type Screen struct {
	to     io.Writer
	marks  string
	colour *strings.Replacer

	mu sync.Mutex
	// rest is the beginning of a character whose end is not written yet.
	rest []byte
}

// The colours, by their codes (ECMA-48, SGR).
const (
	Red    = "31m"
	Green  = "32m"
	Yellow = "33m"
	reset  = "0m"
)

// New returns a screen. Its colours are marked by a text that nobody else can know, such as that of rand.Text, since
// whoever knows it could paint; it has no colours if that is empty.
func New(to io.Writer, marks string) *Screen {
	var pairs []string
	for _, code := range []string{Red, Green, Yellow, reset} {
		if marks != "" {
			pairs = append(pairs, marks+code, "\x1b["+code)
		}
	}
	return &Screen{to: to, marks: marks, colour: strings.NewReplacer(pairs...)}
}

// Unwrap returns where the screen writes to: for data, and for what a terminal is asked itself.
func (s *Screen) Unwrap() io.Writer { return s.to }

// Paint returns a text that the screen shows in a colour.
func (s *Screen) Paint(colour, text string) string {
	if s.marks == "" {
		return text
	}
	return s.marks + colour + text + s.marks + reset
}

// Write writes text without what a terminal would obey. Line breaks and tabs stay.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := append(s.rest, p...)
	whole := complete(text)
	s.rest = append([]byte(nil), text[whole:]...)
	_, err := s.colour.WriteString(s.to, plain.Text(string(text[:whole])))
	return len(p), err
}

// complete returns the length of a text without the character that it may end in the middle of.
func complete(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

// Printf formats like fmt.Fprintf. The line breaks of the format are ours; an argument stays on its line. Where it
// matters that the text arrives, it is built in a strings.Builder and written whole.
func Printf(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, plain.Sprintf(format, args...))
}

// Block writes a text that has lines of its own. The first stands behind an indent, and the others are always indented,
// so that none of them passes for a line of the command's.
func Block(w io.Writer, indent, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		Printf(w, "%s%s\n", indent, strings.TrimSpace(line))
		indent = "  "
	}
}

// Line returns a text as it may stand in a line: as many characters, and none of them ends the line.
func Line(text string) string { return plain.Line(text) }

// Harmful reports whether a terminal would obey a character or hide it.
func Harmful(r rune) bool { return plain.Harmful(r) }
