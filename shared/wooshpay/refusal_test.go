package wooshpay

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/fault"
)

func TestAStatusSaysWhatMayBeDone(t *testing.T) {
	classes := map[fault.Class][]int{
		fault.Permanent: {400, 402, 404, 422},
		fault.Retryable: {401, 403, 409, 429},
		fault.Ambiguous: {405, 406, 408, 410, 412, 413, 418, 421, 425, 451, 499, 500, 501, 502, 503, 504, 520, 599},
	}
	bodies := map[string]Error{
		`{"error":{"type":"invalid_request_error","code":"x_1","message":"no such"}}`: {Type: "invalid_request_error", Code: "x_1", Message: "no such"},
		`{"type":"invalid_request_error","code":"x_1","message":"no such"}`:           {Type: "invalid_request_error", Code: "x_1", Message: "no such"},
		`<html><body>Bad</body></html>`:                                               {Text: "<html><body>Bad</body></html>"},
		"":                                                                            {},
	}
	for class, statuses := range classes {
		for _, status := range statuses {
			for body, want := range bodies {
				want.Status = status
				t.Run(fmt.Sprintf("%d/%.9s", status, body), func(t *testing.T) { checkRefusal(t, status, body, class, want) })
			}
		}
	}
}

// classFor is the class of an attempt's error. A look that WooshPay refuses says nothing lasting, unless it is by 404.
func classFor(attempt string, status int, class fault.Class) fault.Class {
	if attempt == "get" && class == fault.Permanent && status != http.StatusNotFound {
		return fault.Ambiguous
	}
	return class
}

func checkRefusal(t *testing.T, status int, body string, class fault.Class, want Error) {
	t.Helper()
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, status, "Retry-After: 7\r\n", body) })
	c := newClient(t, Config{BaseURL: p.url})
	for n, attempt := range attempts {
		err := attempt.do(t.Context(), c)
		wantClass(t, err, classFor(attempt.name, status, class))
		var got *Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: got %+v, want %+v", attempt.name, got, want)
		}
		if fault.RetryAfter(err) != 7*time.Second {
			t.Errorf("%s: is to wait %v", attempt.name, fault.RetryAfter(err))
		}
		if p.executed.Load() != int64(n+1) {
			t.Errorf("%s: sent %d requests in all", attempt.name, p.executed.Load())
		}
	}
}

func TestARefusalWhoseBodyBreaksOffIsStillARefusal(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		write(conn, "HTTP/1.1 402 X\r\nContent-Length: 900\r\n\r\n{\"error\":")
		hangUp(conn)
	})
	_, err := newClient(t, Config{BaseURL: p.url}).Close(t.Context(), disputeID, soon())
	wantClass(t, err, fault.Permanent)
}

// The client does not wait for what follows the part that it keeps.
func TestARefusalWithoutEndIsNotReadToTheEnd(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		write(conn, "HTTP/1.1 402 X\r\n\r\n"+strings.Repeat("x", maxErrorBody))
		_, _ = conn.Read(make([]byte, 1)) // until the client hangs up
	})
	start := time.Now()
	_, err := newClient(t, Config{BaseURL: p.url}).Close(t.Context(), disputeID, soon())
	wantClass(t, err, fault.Permanent)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestParseError(t *testing.T) {
	tests := []struct {
		name, body string
		want       Error
	}{
		{"an empty envelope", `{"error":{}}`, Error{}},
		{"error is a text", `{"error":"no"}`, Error{Text: `{"error":"no"}`}},
		{"error is null", `{"error":null,"message":"no"}`, Error{Text: `{"error":null,"message":"no"}`}},
		{"a number for a code", `{"code":1404,"message":"no"}`, Error{Code: "1404", Message: "no"}},
		{"an object for a message", `{"message":{"x":1}}`, Error{}},
		{"a list", `[1]`, Error{Text: "[1]"}},
		{"plain text on lines", "bad\r\n\tgateway\x00", Error{Text: "bad gateway"}},
		{"a key that is echoed", `{"message":"Invalid key sk_live_abcDEF123"}`, Error{Message: "Invalid key [key]"}},
		{"bytes that are no text", "\xff\xfe", Error{Text: "?"}},
	}
	for _, test := range tests {
		if got := parseError(0, []byte(test.body)); *got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, *got, test.want)
		}
	}
}

func TestAnErrorsTextIsShortAndWithoutTheBody(t *testing.T) {
	page := parseError(502, []byte("<html>"+strings.Repeat("é", 5000)))
	if page.Error() != "WooshPay answered 502" || len(page.Text) > maxMessage+len("…") {
		t.Errorf("got %q with %d bytes of text", page, len(page.Text))
	}
	object := parseError(400, []byte(`{"type":"`+strings.Repeat("t", 999)+`","message":"`+strings.Repeat("m\n", 999)+`"}`))
	if n := len(object.Error()); n > 500 || strings.Contains(object.Error(), "\n") {
		t.Errorf("%d bytes: %q", n, object)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "1.5": 0, "30": 30 * time.Second,
		"3600": time.Hour, "3601": time.Hour, "9223372036854775807": time.Hour, "-9223372036854775808": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
		now.Add(99 * time.Hour).Format(http.TimeFormat):   time.Hour,
	}
	for value, want := range tests {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}
