package wooshpay

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"disputecloser/shared/fault"
)

const (
	// maxErrorBody bounds, in bytes, what is read of an answer that is not 2xx.
	maxErrorBody = 64 << 10
	// maxWord and maxMessage bound, in bytes, what is kept of it.
	maxWord    = 64
	maxMessage = 300
	// maxRetryAfter keeps the pause that WooshPay asks for far below the shortest time to answer a dispute (36 hours).
	maxRetryAfter = time.Hour
)

// Error is an answer that is not 2xx.
type Error struct {
	// Status is the HTTP status code.
	Status int
	// Type, Code and Message come from the answer's error object, shortened; empty if it lacks them.
	Type, Code, Message string
	// Text is the beginning of an answer that is not an error object, for example a proxy's page. It is not part of the
	// error's text, because it may contain anything.
	Text string
}

func (e *Error) Error() string {
	text := fmt.Sprintf("WooshPay answered %d", e.Status)
	for _, part := range []string{e.Type, e.Code, e.Message} {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}

// refusal returns an answer that is not 2xx as an *Error with its class. Only the status decides the class. Of a body that
// breaks off, the part that arrived is kept.
func refusal(resp *http.Response, now time.Time) error {
	var body []byte
	if resp.StatusCode != http.StatusSwitchingProtocols { // After it, the body is a connection that no context ends.
		body, _ = io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	}
	return &fault.Error{
		Class:      classOf(resp.StatusCode),
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now),
		Err:        parseError(resp.StatusCode, body),
	}
}

// classOf returns what a status means for the request. WooshPay documents the meaning of 400, 401, 402, 403, 404, 409 and
// 429; that none of them executes the request is expected, not documented. 422 was seen in client code. Every other
// status is Ambiguous, redirects included: a server may act first and then redirect its caller to the result.
func classOf(status int) fault.Class {
	switch status {
	case http.StatusBadRequest, http.StatusPaymentRequired, http.StatusNotFound, http.StatusUnprocessableEntity:
		return fault.Permanent
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests:
		return fault.Retryable
	default:
		return fault.Ambiguous
	}
}

// retryAfter reads a Retry-After header, in seconds or as an HTTP date. It returns zero for one that is unreadable or past.
// WooshPay's documentation does not mention the header.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		seconds = min(max(seconds, 0), int(maxRetryAfter/time.Second))
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// parseError reads {"error":{…}}, the same object without the envelope, or any other text. WooshPay documents type and
// code; message and the two forms were seen in client code.
func parseError(status int, body []byte) *Error {
	var envelope struct {
		Error json.RawMessage `json:"error"`
	}
	inner := body
	if json.Unmarshal(body, &envelope) == nil && len(envelope.Error) > 0 {
		inner = envelope.Error
	}
	var fields map[string]any
	if json.Unmarshal(inner, &fields) != nil || fields == nil {
		return &Error{Status: status, Text: shorten(string(body), maxMessage)}
	}
	return &Error{
		Status:  status,
		Type:    word(fields["type"], maxWord),
		Code:    word(fields["code"], maxWord),
		Message: word(fields["message"], maxMessage),
	}
}

func word(v any, limit int) string {
	switch v := v.(type) {
	case string:
		return shorten(v, limit)
	case float64:
		return shorten(strconv.FormatFloat(v, 'f', -1, 64), limit)
	default:
		return ""
	}
}

var secretText = regexp.MustCompile(`(sk|pk|whsec)_[A-Za-z0-9_]+`)

// shorten returns the beginning of a text, on one line, with keys and secrets replaced.
func shorten(text string, limit int) string {
	text = secretText.ReplaceAllString(strings.ToValidUTF8(text, "?"), "[key]")
	text = strings.Join(strings.FieldsFunc(text, notPrintable), " ")
	if len(text) <= limit {
		return text
	}
	cut := limit
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func notPrintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
