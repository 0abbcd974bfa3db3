package wooshpay

import "strings"

// unquotedError wraps an error of net/http and cuts its text off before the part that quotes the server: bytes that are
// not HTTP may be the rest of another answer's body.
type unquotedError struct{ err error }

func (e unquotedError) Error() string {
	text, _, _ := strings.Cut(e.err.Error(), `"`)
	return strings.TrimRight(text, ": ")
}

func (e unquotedError) Unwrap() error { return e.err }
