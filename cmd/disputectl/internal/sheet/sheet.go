// Package sheet writes texts into CSV so that a spreadsheet neither executes nor changes them, and reads them back.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// guard stands ahead of what a spreadsheet would not leave as it is. Excel and LibreOffice show it and keep the rest as
// text; it is what OWASP recommends against formulas ("CSV Injection").
const guard = "'"

// Cell returns a text as a cell. What a spreadsheet would take for a formula, white space aside, or for a number that it
// would round or rewrite, is guarded; so is what begins like a guard, or Text could not tell.
func Cell(text string) string {
	if isFormula(text) || isRewritten(text) || strings.HasPrefix(text, guard) {
		return guard + text
	}
	return text
}

// Text returns the text of a cell that Cell wrote.
func Text(cell string) string { return strings.TrimPrefix(cell, guard) }

func isFormula(text string) bool {
	bare := strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' })
	return len(bare) < len(text) || strings.IndexAny(bare, "=+-@＝＋－＠") == 0
}

// isRewritten reports whether a spreadsheet reads a text as a number and shows another: it keeps 15 digits, drops
// zeros at both ends, and takes 1E5 for 100000. A code such as 10.4 stays a number; where a comma is the decimal sign,
// Excel may show it as a day in April.
func isRewritten(text string) bool { return numeric.MatchString(text) && !exact.MatchString(text) }

var (
	numeric = regexp.MustCompile(`^[0-9][0-9., ]*([eE][+-]?[0-9]+)?$`)
	exact   = regexp.MustCompile(`^(0|[1-9][0-9]{0,14}|(0|[1-9][0-9]{0,6})\.[0-9]{0,6}[1-9])$`)
)

// ErrRounded means that a spreadsheet has made a number of an id.
var ErrRounded = errors.New("a spreadsheet has rounded it: import the column as text, or export the ids again")

var rounded = regexp.MustCompile(`^[0-9][.,][0-9]+[eE]\+[0-9]+$`)

// Texts returns what a column of a CSV holds, or what stands in a list, with white space between, if there is no such
// column. Cells may be guarded; the CSV may have passed a spreadsheet whose separator is a semicolon or a tab.
func Texts(text []byte, column string) ([]string, error) {
	cells, err := columnOrList(text, column)
	if err != nil {
		return nil, err
	}
	texts := make([]string, 0, len(cells))
	for _, cell := range cells {
		text := Text(cell)
		if rounded.MatchString(text) {
			return nil, fmt.Errorf("%s: %w", text, ErrRounded)
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

func columnOrList(text []byte, column string) ([]string, error) {
	for _, separator := range []rune{'\t', ';', ','} { // A lone column has no separator, and may have commas in numbers.
		if cells, is, err := columnOf(text, separator, column); is || err != nil {
			return cells, err
		}
	}
	cells := strings.Fields(string(text))
	for i, cell := range cells {
		cells[i] = strings.Trim(cell, `"`)
	}
	return cells, nil
}

// columnOf returns a column of a CSV, and whether the text has a head with it.
func columnOf(text []byte, separator rune, column string) ([]string, bool, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator, -1
	head, err := r.Read()
	if err != nil {
		return nil, false, nil //nolint:nilerr // It is not a CSV.
	}
	at := slices.Index(head, column)
	if at < 0 {
		return nil, false, nil
	}
	var cells []string
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return cells, true, nil
		case err != nil:
			return nil, true, fmt.Errorf("read the CSV: %w", err)
		case at < len(row):
			cells = append(cells, row[at])
		}
	}
}
