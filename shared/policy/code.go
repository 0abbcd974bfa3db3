package policy

import (
	"strings"
	"unicode"
)

// Code is a network's reason code or reason type. Two codes are equal if they differ only in case and in
// characters that are neither letters nor digits: 10.4 is 104.
type Code struct {
	text, key string
}

// CodeOf returns the code written as text. A text without a letter or digit is unknown.
func CodeOf(text string) Code { return Code{text: text, key: codeKey(text)} }

// Known reports whether the code has a letter or digit.
func (c Code) Known() bool { return c.key != "" }

// Equal reports whether two known codes are equal.
func (c Code) Equal(other Code) bool { return c.Known() && c.key == other.key }

// Key returns the text by which codes are compared; empty if unknown.
func (c Code) Key() string { return c.key }

// String returns the code as it was written.
func (c Code) String() string { return c.text }

func codeKey(text string) string {
	if isCodeKey(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return foldRune(r)
	}, text)
}

func isCodeKey(text string) bool {
	for i := range len(text) {
		if b := text[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	return true
}

// foldRune returns the same rune for all runes that strings.EqualFold takes for equal.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return unicode.ToLower(least)
}
