package wooshpay

import "strings"

// unquotedError is an error of net/http whose text ends where it quotes what a server sent: an answer that is no HTTP
// may be the rest of another answer's body.
type unquotedError struct{ err error }

func (e unquotedError) Error() string {
	text, _, _ := strings.Cut(e.err.Error(), `"`)
	return strings.TrimRight(text, ": ")
}

func (e unquotedError) Unwrap() error { return e.err }
