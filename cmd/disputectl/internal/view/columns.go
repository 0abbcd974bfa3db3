package view

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// filled returns the table without the columns that have no values.
func filled(t Table) Table {
	for column := len(t.Head) - 1; column >= 0; column-- {
		if slices.ContainsFunc(t.Rows, func(row []string) bool { return row[column] != "" }) {
			continue
		}
		t.Head = slices.Delete(t.Head, column, column+1)
		for i := range t.Rows {
			t.Rows[i] = slices.Delete(t.Rows[i], column, column+1)
		}
	}
	return t
}

// numbered returns the table with its columns of numbers aligned to the right. A last column of numbers gets an empty
// one behind it, for a table wraps its last column as text.
func numbered(t Table) Table {
	last := isNumbers(t, len(t.Head)-1)
	for column := range t.Head {
		if isNumbers(t, column) {
			alignRight(t, column)
		}
	}
	if last {
		t.Head = append(t.Head, "")
		for i := range t.Rows {
			t.Rows[i] = append(t.Rows[i], "")
		}
	}
	return t
}

func alignRight(t Table, column int) {
	rows := append([][]string{t.Head}, t.Rows...)
	widest := 0
	for _, row := range rows {
		widest = max(widest, utf8.RuneCountInString(row[column]))
	}
	for _, row := range rows {
		row[column] = fmt.Sprintf("%*s", widest, row[column])
	}
}

func isNumbers(t Table, column int) bool {
	for _, row := range t.Rows {
		if strings.Trim(row[column], "+-0123456789") != "" {
			return false
		}
	}
	return true
}

// table writes a table behind two blanks; without rows there is nothing to write.
func (p *page) table(t Table) {
	if len(t.Rows) == 0 {
		return
	}
	width := p.width
	if width > 0 {
		width = max(width-2, narrowest)
	}
	var b strings.Builder
	_ = numbered(filled(t)).Write(&b, width) // A builder takes everything.
	for line := range strings.Lines(b.String()) {
		p.b.WriteString("  " + line)
	}
}

// orMark is a currency in a column of its own, which is narrow.
func orMark(currency string) string { return orNone(currency, "?") }

func orNone(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// signed is a difference, such as +12.
func signed(n int64) string { return fmt.Sprintf("%+d", n) }
