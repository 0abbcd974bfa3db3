package view

import (
	"fmt"
	"slices"
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
