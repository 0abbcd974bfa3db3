package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/webhook"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

const secret = "whsec_test_0123456789abcdef"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is the function with its fakes.
type world struct {
	*webhook.Handler
	ledger  *ledger
	secrets *secrets
	meter   meter
	log     bytes.Buffer
}

func newWorld() *world {
	w := &world{ledger: &ledger{Ledger: memory.New()}, secrets: &secrets{now: []string{secret}}, meter: meter{}}
	w.Handler = &webhook.Handler{
		Learner: closing.Learner{Ledger: w.ledger, Watcher: silent{}, Now: func() time.Time { return noon }, Pause: pause.Before},
		Secrets: w.secrets, Livemode: dispute.Known(false), MaxAge: 80 * time.Hour,
		Meter: w.meter, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	return w
}

// send returns the status of a request, and fails if the answer says anything else.
func (w *world) send(t *testing.T, req events.APIGatewayV2HTTPRequest) int {
	t.Helper()
	got, err := w.Handle(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if got.Body != "" || len(got.Headers) > 0 {
		t.Errorf("the answer says %q %v", got.Body, got.Headers)
	}
	return got.StatusCode
}

// want sends a request and compares the status, the calls of the ledger and the counts.
func (w *world) want(t *testing.T, req events.APIGatewayV2HTTPRequest, status, loads, saves int, counted ...metrics.Name) {
	t.Helper()
	before, beforeSaves := w.ledger.loads, w.ledger.saves
	clear(w.meter)
	if got := w.send(t, req); got != status {
		t.Errorf("status %d, want %d; log: %s", got, status, w.log.String())
	}
	if l, s := w.ledger.loads-before, w.ledger.saves-beforeSaves; l != loads || s != saves {
		t.Errorf("%d reads and %d writes, want %d and %d", l, s, loads, saves)
	}
	if len(w.meter) != len(counted) {
		t.Errorf("counted %v, want %v", w.meter, counted)
	}
	for _, name := range counted {
		if w.meter[name] != 1 {
			t.Errorf("counted %v, want one %s", w.meter, name)
		}
	}
}

// fromFile reads the API Gateway event of a file.
func fromFile(t testing.TB, name string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	return eventfile.Read[events.APIGatewayV2HTTPRequest](t, name)
}

// signed reads an API Gateway event and signs it.
func signed(t testing.TB, name string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	req := fromFile(t, name)
	return withSignature(req, wooshpay.Sign(secret, noon, []byte(req.Body)))
}

// signedBody returns a signed request with this body.
func signedBody(body string) events.APIGatewayV2HTTPRequest {
	return withSignature(events.APIGatewayV2HTTPRequest{Body: body}, wooshpay.Sign(secret, noon, []byte(body)))
}

func withSignature(req events.APIGatewayV2HTTPRequest, signature string) events.APIGatewayV2HTTPRequest {
	headers := map[string]string{strings.ToLower(wooshpay.SignatureHeader): signature}
	for name, value := range req.Headers {
		if _, ok := headers[name]; !ok {
			headers[name] = value
		}
	}
	req.Headers = headers
	return req
}

// ledger counts calls, and fails on demand.
type ledger struct {
	*memory.Ledger
	mu           sync.Mutex
	loads, saves int
	err          error
	errOnSave    bool
}

func (l *ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	l.mu.Lock()
	l.loads++
	l.mu.Unlock()
	if l.err != nil && !l.errOnSave {
		return closing.Case{}, l.err
	}
	return l.Ledger.Load(ctx, id)
}

func (l *ledger) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	l.mu.Lock()
	l.saves++
	l.mu.Unlock()
	if l.err != nil {
		return closing.Case{}, l.err
	}
	return l.Ledger.Save(ctx, c, t)
}

func (l *ledger) Claim(context.Context, closing.Case, closing.Bid) (closing.Case, error) {
	panic("a webhook claims nothing")
}

// secrets holds the secrets that are valid now, and those that the next read returns.
type secrets struct {
	mu       sync.Mutex
	now      []string
	stored   []string
	renewals int
	err      error
}

func (s *secrets) Secrets(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.err
}

func (s *secrets) Renewed(context.Context) ([]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renewals++
	if s.stored == nil {
		return nil, false
	}
	s.now, s.stored = s.stored, nil
	return s.now, true
}

// meter counts; it is used by one goroutine.
type meter map[metrics.Name]int

func (m meter) Count(name metrics.Name) { m[name]++ }

type silent struct{}

func (silent) Note(context.Context, closing.Note) {}

var errDown = errors.New("DynamoDB is throttled")
