package wooshpay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"disputecloser/shared/fault"
)

// call is one request, and the limit of its answer's body in bytes.
type call struct {
	method, path string
	body         []byte
	limit        int64
}

// answer is an answer's Date in whole seconds, zero if it has none, and its body if it is 2xx.
type answer struct {
	body []byte
	date time.Time
}

const (
	maxReads  = 2
	readPause = 100 * time.Millisecond
)

// read sends a call that may be repeated, and repeats it once if it certainly was not sent.
func (c *Client) read(ctx context.Context, r call) (answer, error) {
	for n := 1; ; n++ {
		got, err := c.send(ctx, c.reads, c.readTimeout, r)
		if err == nil || n == maxReads || !errors.As(err, new(*notSentError)) || pause(ctx, readPause) != nil {
			return got, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send makes one attempt and returns a 2xx answer with its whole body. For any other answer it returns the date with the
// error.
func (c *Client) send(ctx context.Context, t *http.Transport, timeout time.Duration, r call) (answer, error) {
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	key, err := c.checkedKey(attempt)
	if err != nil {
		return answer{}, notSent(err)
	}
	resp, err := c.exchange(attempt, t, r, key)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	got := answer{date: dateOf(resp.Header)}
	if resp.StatusCode/100 == 2 {
		got.body, err = readAll(resp.Body, r.limit)
		return got, err
	}
	if resp.StatusCode == http.StatusUnauthorized {
		c.key.Refuse(ctx, key)
	}
	return got, refusal(resp, c.now())
}

// dateOf returns the instant of an answer's Date header (RFC 9110, 6.6.1), zero if it has no readable one.
func dateOf(h http.Header) time.Time {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

func (c *Client) checkedKey(ctx context.Context) (string, error) {
	key, err := c.key.Key(ctx)
	if err != nil {
		return "", fmt.Errorf("read the API key: %w", err)
	}
	if err := CheckKey(c.base, key); err != nil {
		c.key.Refuse(ctx, key)
		return "", err
	}
	return key, nil
}

// exchange makes one round trip, without an http.Client: it follows no redirect and keeps no cookie.
// A failure before the request had a connection is Retryable; any later one is Ambiguous.
func (c *Client) exchange(ctx context.Context, t *http.Transport, r call, key string) (*http.Response, error) {
	var mayHaveLeft bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { mayHaveLeft = true },
	})
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, content(r.body))
	if err != nil {
		return nil, notSent(err)
	}
	setHeaders(req)
	req.SetBasicAuth(key, "")
	resp, err := t.RoundTrip(req)
	switch {
	case err == nil:
		return resp, nil
	case mayHaveLeft:
		return nil, fault.Mark(fault.Ambiguous, fmt.Errorf("no answer: %w", unquotedError{err}))
	default:
		return nil, notSent(err)
	}
}

// content returns nil for no body: net/http treats any other reader as a body of unknown length.
func content(body []byte) io.Reader {
	if body == nil {
		return nil
	}
	return bytes.NewReader(body)
}

// setHeaders sets the headers that WooshPay requires on every call, with or without a body (its documentation).
func setHeaders(req *http.Request) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "disputecloser")
}

var errTooLarge = errors.New("larger than expected")

func readAll(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, unreadable(unquotedError{err})
	case int64(len(body)) > limit:
		return nil, unreadable(errTooLarge)
	}
	return body, nil
}

// notSentError is a failure before any part of the request could have been sent.
type notSentError struct{ err error }

func (e *notSentError) Error() string { return "not sent: " + e.err.Error() }

func (e *notSentError) Unwrap() error { return e.err }

func notSent(err error) error { return fault.Mark(fault.Retryable, &notSentError{err}) }
