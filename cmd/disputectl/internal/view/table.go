// Package view puts cases into words and tables, for people and as JSON. It shows no evidence, and values of metadata
// only where they are asked for.
package view

import (
	"io"
	"strings"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
)

// Table is text in columns under a head.
type Table struct {
	Head []string
	Rows [][]string
}

const (
	gap = "  "
	// narrowest is the least width of a wrapped column, whatever the table's width.
	narrowest = 20
)

// Write writes the table. Where it would be wider than width, its last column is wrapped; zero is no limit.
func (t Table) Write(w io.Writer, width int) error {
	widths := t.widths()
	last := len(t.Head) - 1
	if width > 0 {
		before := 0
		for _, n := range widths[:last] {
			before += n + len(gap)
		}
		widths[last] = min(widths[last], max(width-before, narrowest))
	}
	var b strings.Builder
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		lines := Wrap(row[last], widths[last])
		writeCells(&b, row[:last], widths, lines[0])
		for _, line := range lines[1:] {
			writeCells(&b, make([]string, last), widths, line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Table) widths() []int {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func writeCells(b *strings.Builder, cells []string, widths []int, last string) {
	var line strings.Builder
	for i, cell := range cells {
		line.WriteString(cell)
		line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		line.WriteString(gap)
	}
	line.WriteString(last)
	b.WriteString(screen.Line(strings.TrimRight(line.String(), " ")))
	b.WriteByte('\n')
}

// Wrap returns a text's lines of at most width characters, broken between words; a longer word stands alone. There is
// at least one line.
func Wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		line := &lines[len(lines)-1]
		switch {
		case *line == "":
			*line = word
		case utf8.RuneCountInString(*line)+1+utf8.RuneCountInString(word) <= width:
			*line += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
