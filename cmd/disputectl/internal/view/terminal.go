package view

import (
	"strings"
	"unicode"
)

// onOneLine is a text as it may stand in a line of a page or table. What a dispute holds comes from elsewhere: it moves
// no cursor, turns no direction of writing and adds no line.
func onOneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
