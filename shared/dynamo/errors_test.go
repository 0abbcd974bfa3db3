package dynamo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

// answer is what becomes of one HTTP request.
type answer func(*http.Request) (*http.Response, error)

// script answers request after request, the last answer again and again.
type script struct {
	answers []answer
	calls   int
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	next := s.answers[min(s.calls, len(s.answers)-1)]
	s.calls++
	return next(r)
}

func refusing(status int, code string) answer {
	return answering(status, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"no"}`, code))
}

func answering(status int, body string) answer {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func failing(err error) answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

var (
	ok        = refusing(200, "")
	throttled = refusing(400, "ProvisionedThroughputExceededException")
	broken    = refusing(500, "InternalServerError")
	noDial    = failing(&net.OpError{Op: "dial", Err: errors.New("connection refused")})
	dropped   = failing(&net.OpError{Op: "read", Err: io.ErrUnexpectedEOF})
	late      = failing(context.DeadlineExceeded)
)

// scripted returns a ledger whose requests meet these answers.
func scripted(answers ...answer) (*Ledger, *script) {
	s := &script{answers: answers}
	client := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		DisableValidateResponseChecksum: true,
	}, Options, func(o *dynamodb.Options) { o.HTTPClient = s })
	return New(client, "t", mark), s
}

func TestWhatMayBeDoneAfterAWrite(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []answer
		want    fault.Class
		calls   int
	}{
		{"throttled", []answer{throttled}, fault.Retryable, 3},
		{"too many requests", []answer{refusing(400, "RequestLimitExceeded")}, fault.Retryable, 3},
		{"no connection", []answer{noDial}, fault.Retryable, 3},
		{"not allowed", []answer{refusing(400, "AccessDeniedException")}, fault.Retryable, 1},
		{"no table", []answer{refusing(400, "ResourceNotFoundException")}, fault.Retryable, 1},
		{"too large", []answer{refusing(400, "ValidationException")}, fault.Permanent, 1},
		{"broken", []answer{broken}, fault.Ambiguous, 3},
		{"unavailable", []answer{refusing(503, "ServiceUnavailable")}, fault.Ambiguous, 3},
		{"dropped", []answer{dropped}, fault.Ambiguous, 3},
		{"late", []answer{late}, fault.Ambiguous, 0},
		{"dropped, then throttled", []answer{dropped, throttled}, fault.Ambiguous, 3},
		{"throttled, then broken", []answer{throttled, broken, throttled}, fault.Ambiguous, 3},
		{"broken, then no connection", []answer{broken, noDial}, fault.Ambiguous, 3},
		{"dropped, then not allowed", []answer{dropped, refusing(400, "AccessDeniedException")}, fault.Ambiguous, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, s := scripted(c.answers...)
				_, err := l.Save(t.Context(), aCase, closing.Tally{})
				wantFault(t, err, c.want)
				if s.calls != c.calls && c.calls != 0 {
					t.Errorf("Save: %d requests, want %d", s.calls, c.calls)
				}
				l, _ = scripted(c.answers...)
				_, err = l.Claim(t.Context(), aCase, aBid)
				wantFault(t, err, c.want)
			})
		})
	}
}

// cancelling answers a transaction with one reason for its second item.
func cancelling(code string) answer {
	return answering(http.StatusBadRequest, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",`+
		`"message":"no","CancellationReasons":[{"Code":"None"},{"Code":%q},{"Code":"None"}]}`, code))
}

// A cancelled repetition says nothing about a first request that may be on its way still.
func TestWhatMayBeDoneAfterACancelledRepetition(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []answer
		want    fault.Class
	}{
		{"throttled", []answer{cancelling("ThrottlingError")}, fault.Retryable},
		{"dropped, then throttled", []answer{dropped, cancelling("ThrottlingError")}, fault.Ambiguous},
		{"busy", []answer{cancelling("TransactionConflict")}, fault.Retryable},
		{"dropped, then busy", []answer{dropped, cancelling("TransactionConflict")}, fault.Ambiguous},
		{"busy, then dropped, then busy", []answer{cancelling("TransactionConflict"), dropped, cancelling("TransactionConflict")}, fault.Ambiguous},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, _ := scripted(c.answers...)
				_, err := l.Claim(t.Context(), aCase, aBid)
				wantFault(t, err, c.want)
			})
		})
	}
}

func wantFault(t *testing.T, err error, want fault.Class) {
	t.Helper()
	if err == nil || fault.Of(err) != want {
		t.Errorf("got %v (%v), want %v", err, fault.Of(err), want)
	}
}

func TestAReadThatFailsMayBeRepeated(t *testing.T) {
	for name, failure := range map[string]answer{"throttled": throttled, "broken": broken, "dropped": dropped, "no connection": noDial, "late": late} {
		synctest.Test(t, func(t *testing.T) {
			l, _ := scripted(failure)
			_, loadErr := l.Load(t.Context(), "dp_1")
			_, _, dueErr := l.Due(t.Context(), time.Now(), 10, "")
			_, controlErr := l.Control(t.Context())
			_, spentErr := l.Spent(t.Context(), "2026-03-14", "usd")
			for _, err := range []error{loadErr, dueErr, controlErr, spentErr, l.Warm(t.Context())} {
				if err == nil || fault.Of(err) != fault.Retryable {
					t.Errorf("%s: got %v (%v), want retryable", name, err, fault.Of(err))
				}
			}
		})
	}
}

func TestARepeatedRequestSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := scripted(dropped, throttled, ok)
		start := time.Now()
		saved, err := l.Save(t.Context(), aCase, closing.Tally{})
		if err != nil || saved.Version != 4 || s.calls != 3 {
			t.Errorf("got version %d, %v after %d requests, want 4 after 3", saved.Version, err, s.calls)
		}
		if took := time.Since(start); took > 2*retryPauseMax {
			t.Errorf("its pauses took %v", took)
		}
	})
}

func TestOptions(t *testing.T) {
	for endpoint, local := range map[string]bool{"": false, "https://dynamodb.eu-west-1.amazonaws.com": false, "http://127.0.0.1:8000": true} {
		o := dynamodb.Options{}
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
		got := dynamodb.New(o, Options).Options()
		if got.DisableValidateResponseChecksum != local {
			t.Errorf("%q: checksums ignored: %v, want %v", endpoint, got.DisableValidateResponseChecksum, local)
		}
		if n := got.Retryer.MaxAttempts(); n != attemptsMax {
			t.Errorf("%q: %d attempts, want %d", endpoint, n, attemptsMax)
		}
		timed, ok := got.HTTPClient.(interface{ GetTimeout() time.Duration })
		if !ok || timed.GetTimeout() != attemptTimeout {
			t.Errorf("%q: an attempt has no timeout of %v", endpoint, attemptTimeout)
		}
	}
}

func TestACursorOfSomethingElseIsRefused(t *testing.T) {
	for _, cursor := range []string{"rubbish", "e30", "W10", formatCursor(make([]place, shards+1))} {
		_, _, err := New(nil, "t", mark).Due(t.Context(), time.Now(), 10, cursor)
		if !errors.Is(err, errCursor) || fault.Of(err) != fault.Permanent {
			t.Errorf("%q: got %v, want a permanent %v", cursor, err, errCursor)
		}
	}
}
