// Package plain makes text harmless that came from outside: printed or mailed, it moves no cursor, turns no direction of
// writing, hides nothing and adds no line.
package plain

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Sprintf formats like fmt.Sprintf. The line breaks of the format are ours; an argument stays on its line.
func Sprintf(format string, args ...any) string {
	for i, arg := range args {
		args[i] = onItsLine(arg)
	}
	return fmt.Sprintf(format, args...)
}

// Text returns a text without what a terminal would obey. Line breaks and tabs stay.
func Text(text string) string { return strings.Map(shown, text) }

// onItsLine leaves numbers to their verbs; everything else is text.
func onItsLine(arg any) any {
	if kind := reflect.ValueOf(arg).Kind(); kind >= reflect.Bool && kind <= reflect.Float64 {
		return arg
	}
	return Line(fmt.Sprint(arg))
}

// Line returns a text as it may stand in a line: as many characters, and none of them ends the line.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return shown(r)
	}, text)
}

// shown is a character as a person sees it. What is invalid as UTF-8 is a replacement character for strings.Map.
func shown(r rune) rune {
	if Harmful(r) {
		return unicode.ReplacementChar
	}
	return r
}

// Harmful reports whether a terminal would obey a character or hide it: controls, directions of writing, separators of
// lines, what has no width, and what is not a character.
func Harmful(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}
