package history

import (
	"encoding/json"
	"strings"

	"disputecloser/shared/policy"
)

// words keeps the texts that a history repeats a million times, so that reading them again costs nothing. It
// stops learning at maxWords of a kind and does not keep long ones: its memory is bounded.
type words struct {
	texts, currencies map[string]string
	codes             map[string]policy.Code
}

const (
	maxWords = 4096
	maxWord  = 64
)

func newWords() words {
	return words{texts: map[string]string{}, currencies: map[string]string{}, codes: map[string]policy.Code{}}
}

func (w words) text(b []byte) string { return kept(w.texts, b, func(s string) string { return s }) }

// currency returns the text as policy.FactsOf makes it of a parsed dispute.
func (w words) currency(b []byte) string { return kept(w.currencies, b, strings.ToLower) }

func (w words) code(b []byte) policy.Code { return kept(w.codes, b, policy.CodeOf) }

func kept[T any](known map[string]T, b []byte, of func(string) T) T {
	if v, ok := known[string(b)]; ok {
		return v
	}
	s := string(b)
	v := of(s)
	if len(known) < maxWords && len(s) <= maxWord {
		known[s] = v
	}
	return v
}

// unquoted returns the characters of a string that is not plain, given with its quotes.
func unquoted(quoted []byte) []byte {
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return nil
	}
	return []byte(s)
}
