package view

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
)

// Cell is a text, and how it is coloured; Paint is nil for a plain one. Its width is that of the text.
type Cell struct {
	Text  string
	Paint func(text string) string
}

// Plain returns texts without colours.
func Plain(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i].Text = text
	}
	return cells
}

// painted is a part of the cell's text, or its text with blanks, in the cell's colour.
func (c Cell) painted(text string) string {
	text = screen.Line(text)
	if c.Paint == nil {
		return text
	}
	return c.Paint(text)
}

// Column is a column of a Grid.
type Column struct {
	Head string
	// Drop orders what a grid leaves out that is too wide: the highest first. 0 is never left out.
	Drop int
	// Least is the width to which texts are shortened, with …, before a column is left out; 0 keeps them whole.
	Least int
	// Right sets numbers below each other.
	Right bool
}

// Grid is a table that fits a terminal: it leaves out the least important columns, and shortens long texts.
type Grid struct {
	Columns []Column
	Rows    [][]Cell
}

// hardLeast is the width to which a column is shortened that may not be left out.
const hardLeast = 8

// Write writes the grid in at most width columns, if its shortest form fits; zero is no limit.
func (g Grid) Write(w io.Writer, width int) error {
	g, widths := g.fitted(width)
	var b strings.Builder
	head := make([]string, len(g.Columns))
	for i, column := range g.Columns {
		head[i] = column.Head
	}
	g.line(&b, Plain(head...), widths)
	for _, row := range g.Rows {
		g.line(&b, row, widths)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line writes a row without blanks at its end.
func (g Grid) line(b *strings.Builder, row []Cell, widths []int) {
	blanks := ""
	for i, cell := range row {
		text := Shortened(cell.Text, widths[i])
		rest := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
		if g.Columns[i].Right {
			blanks, rest = blanks+rest, ""
		}
		if text != "" {
			b.WriteString(blanks + cell.painted(text))
			blanks = ""
		}
		blanks += rest + gap
	}
	b.WriteByte('\n')
}

// fitted returns the grid without the columns that it leaves out, and the widths of the others.
func (g Grid) fitted(width int) (Grid, []int) {
	widths := g.widths()
	if width <= 0 || total(widths) <= width {
		return g, widths
	}
	for {
		column := g.emptyColumn()
		if column < 0 && total(g.least(widths)) > width {
			column = g.unimportant()
		}
		if column < 0 {
			break
		}
		g, widths = g.without(column), slices.Delete(widths, column, column+1)
	}
	shrink(widths, g.floor(widths, width), width)
	return g, widths
}

// floor are the widths to which texts are shortened; below a column's own least if nothing is left to leave out.
func (g Grid) floor(widths []int, width int) []int {
	least := g.least(widths)
	if total(least) <= width {
		return least
	}
	for i, column := range g.Columns {
		if column.Least > 0 {
			least[i] = min(least[i], hardLeast)
		}
	}
	return least
}

// shrink narrows the widest columns, none below its floor, until all fit.
func shrink(widths, floor []int, width int) {
	for total(widths) > width {
		widest := -1
		for i := range widths {
			if widths[i] > floor[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func total(widths []int) int {
	sum := len(gap) * (len(widths) - 1)
	for _, n := range widths {
		sum += n
	}
	return sum
}

func (g Grid) widths() []int {
	widths := make([]int, len(g.Columns))
	for i, column := range g.Columns {
		widths[i] = utf8.RuneCountInString(column.Head)
		for _, row := range g.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i].Text))
		}
	}
	return widths
}

// least are the widths to which texts are shortened before a column is left out.
func (g Grid) least(widths []int) []int {
	least := slices.Clone(widths)
	for i, column := range g.Columns {
		if column.Least > 0 {
			least[i] = min(widths[i], max(column.Least, utf8.RuneCountInString(column.Head)))
		}
	}
	return least
}

// emptyColumn is the first column without a text that may be left out, or -1.
func (g Grid) emptyColumn() int {
	for i, column := range g.Columns {
		if column.Drop > 0 && !slices.ContainsFunc(g.Rows, func(row []Cell) bool { return row[i].Text != "" }) {
			return i
		}
	}
	return -1
}

// unimportant is the column to leave out first, or -1.
func (g Grid) unimportant() int {
	found := -1
	for i, column := range g.Columns {
		if column.Drop > 0 && (found < 0 || column.Drop > g.Columns[found].Drop) {
			found = i
		}
	}
	return found
}

func (g Grid) without(column int) Grid {
	without := Grid{Columns: slices.Delete(slices.Clone(g.Columns), column, column+1)}
	for _, row := range g.Rows {
		without.Rows = append(without.Rows, slices.Delete(slices.Clone(row), column, column+1))
	}
	return without
}

// Shortened returns a text of at most width characters; … stands for what is left out. It ends between words where that
// leaves at least half of the width, so that no number is cut.
func Shortened(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	all := []rune(text)
	short := string(all[:max(width-1, 0)])
	if cut := strings.LastIndexByte(short, ' '); all[len([]rune(short))] != ' ' && utf8.RuneCountInString(short[:max(cut, 0)]) >= width/2 {
		short = short[:max(cut, 0)]
	}
	return strings.TrimRight(short, " ") + "…"
}

// Flow returns the lines of cells, one after another, of at most width columns, broken between words; zero is no limit.
func Flow(width int, cells ...Cell) []string {
	f := flow{width: width}
	for i, cell := range cells {
		for n, word := range strings.Fields(cell.Text) {
			glued := n == 0 && i > 0 && !strings.HasSuffix(cells[i-1].Text, " ") && !strings.HasPrefix(cell.Text, " ")
			f.word(cell, word, glued)
		}
		f.flush(cell)
	}
	return append(f.lines, f.line.String())
}

// flow is text on its way into lines.
type flow struct {
	width, used int
	lines       []string
	line        strings.Builder
	run         string // the words of the present cell that the line does not hold yet
}

// word adds a word, on a new line if there is no room for it; a glued one stays behind the word before it.
func (f *flow) word(cell Cell, word string, glued bool) {
	n := utf8.RuneCountInString(word)
	switch space := f.used > 0 && !glued; {
	case space && f.width > 0 && f.used+1+n > f.width:
		f.flush(cell)
		f.lines = append(f.lines, f.line.String())
		f.line.Reset()
		f.used = 0
	case space && f.run != "":
		f.run += " "
		f.used++
	case space:
		f.line.WriteByte(' ')
		f.used++
	}
	f.run += word
	f.used += n
}

func (f *flow) flush(cell Cell) {
	if f.run != "" {
		f.line.WriteString(cell.painted(f.run))
		f.run = ""
	}
}
