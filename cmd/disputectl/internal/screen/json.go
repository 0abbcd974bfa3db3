package screen

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a JSON text of the same value in which every character that is harmful to a terminal is escaped.
// Package json leaves those beyond ASCII as they are. They only occur within strings.
func JSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, hurts) {
		return text
	}
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case !hurts(r):
			b.WriteRune(r)
		case r < 1<<16:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.Bytes()
}

// hurts counts what is invalid as UTF-8, too: a decoder reads a replacement character.
func hurts(r rune) bool { return Harmful(r) || r == utf8.RuneError }
