// Package local is the whole system in one process: a sandbox for WooshPay, a ledger, the functions as they are
// deployed, and in place of AWS what calls them.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/functions/closer"
	"disputecloser/functions/operate"
	"disputecloser/functions/reconcile"
	"disputecloser/functions/sweep"
	"disputecloser/functions/webhook"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// apiKey is not a secret: the sandbox takes every test key.
const apiKey = "sk_test_sandbox"

// Ledger is what the functions need of a ledger.
type Ledger interface {
	closing.Ledger
	closing.Acts
	closing.Controls
	closing.DueIndex
	closing.ReconcileStore
}

// Parts are what a system is put together from. All of them are needed unless they say otherwise.
type Parts struct {
	// Addr is where the sandbox and the webhook function listen: a loopback address.
	Addr    string
	Ledger  Ledger
	Policy  *policy.Policy
	Watcher closing.Watcher
	Log     *slog.Logger
	Now     func() time.Time
	// NewID returns an id that was never used before.
	NewID func() string
	// RepeatExecutes and Delivery are options of the sandbox; Delivery is its HTTP.
	RepeatExecutes bool
	Delivery       *http.Client
	// Through stands between the closer and WooshPay's client; nothing does if it is nil.
	Through func(closing.Provider) closing.Provider
}

// System is the system, listening. Nothing happens in it by itself, unless it is Run.
type System struct {
	Sandbox *sandbox.Sandbox
	// URL is the base of WooshPay's API and of the webhook function: their paths differ.
	URL string
	// Secret signs webhooks.
	Secret string

	log       *slog.Logger
	mux       *http.ServeMux
	stream    *stream
	closer    *closer.Handler
	sweep     *sweep.Handler
	reconcile *reconcile.Handler
	operate   *operate.Handler
	server    *http.Server
}

// Start puts a system together and listens.
func Start(ctx context.Context, p Parts) (*System, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", p.Addr, err)
	}
	s := &System{
		Sandbox: sandbox.New(sandbox.Options{Now: p.Now, RepeatExecutes: p.RepeatExecutes, HTTP: p.Delivery}),
		URL:     "http://" + listener.Addr().String(),
		log:     p.Log,
		stream:  newStream(p.Ledger),
	}
	if err := s.build(p); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go s.serve(listener)
	return s, nil
}

// build makes the functions with the ports that a deployment gives them.
func (s *System) build(p Parts) error {
	client, err := wooshpay.New(wooshpay.Config{BaseURL: s.URL, Key: wooshpay.FixedKey(apiKey), Now: p.Now})
	if err != nil {
		return err
	}
	endpoint, err := s.Sandbox.Register(s.URL+gateway.Path, "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed")
	if err != nil {
		return fmt.Errorf("register the webhook: %w", err)
	}
	s.Secret = endpoint.Secret
	var provider closing.Provider = client
	if p.Through != nil {
		provider = p.Through(client)
	}
	terms, meter := closing.DefaultTerms(), metrics.New(io.Discard, "local", p.Now)
	s.closer = &closer.Handler{
		Closer: closing.Closer{
			Ledger: s.stream, Provider: provider, Judge: closing.Judge{Policy: p.Policy}, Watcher: p.Watcher,
			Terms: terms, Now: p.Now, NewID: p.NewID,
		},
		Budgets: p.Ledger, Meter: meter, Log: p.Log,
	}
	s.sweep = &sweep.Handler{
		Sweeper: closing.Sweeper{Ledger: s.stream, DueIndex: p.Ledger, Watcher: p.Watcher, Terms: terms, Now: p.Now},
		Switch:  p.Ledger, Meter: meter, Log: p.Log,
	}
	s.reconcile = &reconcile.Handler{
		Reconciler: closing.Reconciler{
			Ledger: s.stream, Store: p.Ledger, List: reconcile.DisputeList{Client: client}, Span: reconcile.Span,
			Watcher: p.Watcher, Terms: terms, Now: p.Now, Pause: pause.Before,
		},
		Meter: meter, Log: p.Log,
	}
	hook := &webhook.Handler{
		Learner: closing.Learner{Ledger: s.stream, Watcher: p.Watcher, Now: p.Now, Pause: pause.Before},
		Secrets: signing(s.Secret), Livemode: webhook.Livemode(s.URL), MaxAge: config.DefaultSignatureMaxAge,
		Meter: meter, Log: p.Log,
	}
	s.operate = &operate.Handler{Ledger: s.stream, Acts: s.stream, Now: p.Now, Meter: meter, Log: p.Log}
	s.mux = http.NewServeMux()
	s.mux.Handle("/", s.Sandbox)
	s.mux.Handle(gateway.Path, gateway.Front{Handler: hook.Handle, Now: p.Now})
	guarded := localapi.Guard(strings.TrimPrefix(s.URL, "http://"), s.mux)
	s.server = &http.Server{Handler: guarded, ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelWarn)}
	return nil
}

func (s *System) serve(l net.Listener) {
	if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("server ended", "error", err)
	}
}

// Stop ends the server when the requests under way are answered, or when ctx ends.
func (s *System) Stop(ctx context.Context) error {
	if err := s.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}

// Admit lets the commands of this machine's user, whom the acts are recorded under, work on a ledger of this system.
func (s *System) Admit(l localapi.Ledger, who, token string) {
	door := localapi.Server{Ledger: l, Operate: s.operate, Who: who, Token: token}
	s.mux.Handle(localapi.Prefix, door.Handler())
}

// Release puts other rules in the place of those that decide, as a deployment does. Nothing may be at work meanwhile.
func (s *System) Release(p *policy.Policy) { s.closer.Closer.Judge.Policy = p }

// Operator is an operator's hand on this system's cases.
func (s *System) Operator(who string, now func() time.Time) closing.Operator {
	return closing.Operator{Ledger: s.stream, Acts: s.stream, Now: now, Who: who}
}

// Deliver makes the deliveries of WooshPay's events that are due.
func (s *System) Deliver(ctx context.Context) []sandbox.Sent { return s.Sandbox.Deliver(ctx) }

// Work gives the closer what the stream holds, until it holds nothing, and returns how many records failed. They are
// not given to it again: their cases stay due, and the sweep arms them.
func (s *System) Work(ctx context.Context) (failed int, err error) {
	for ctx.Err() == nil {
		batch := s.stream.take()
		if len(batch) == 0 {
			return failed, nil
		}
		answer, err := s.closer.Handle(ctx, events.DynamoDBEvent{Records: batch})
		if err != nil {
			return failed, fmt.Errorf("closer: %w", err)
		}
		failed += len(answer.BatchItemFailures)
	}
	return failed, ctx.Err()
}

// Sweep starts the sweep function once.
func (s *System) Sweep(ctx context.Context) (sweep.Result, error) {
	return s.sweep.Handle(ctx, events.EventBridgeEvent{})
}

// Reconcile starts the reconcile function once.
func (s *System) Reconcile(ctx context.Context) (reconcile.Result, error) {
	return s.reconcile.Handle(ctx, events.EventBridgeEvent{})
}

// signing is a signing secret that is never rotated.
type signing string

func (s signing) Secrets(context.Context) ([]string, error) { return []string{string(s)}, nil }

func (s signing) Renewed(context.Context) ([]string, bool) { return nil, false }
