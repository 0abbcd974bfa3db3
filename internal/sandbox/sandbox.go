// Package sandbox is a WooshPay that keeps state, signs webhooks and breaks on demand, for tests and demonstrations.
//
// Books holds what it knows and does, without network or clock. Sandbox serves the books over HTTP: the calls of
// WooshPay below /v1/, and below /sandbox/ what only somebody at WooshPay could do. Where WooshPay's behaviour is not
// documented, the sandbox guesses, and its comments say so.
package sandbox

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"disputecloser/shared/credential"
	"disputecloser/shared/dispute"
)

// Options say which WooshPay to be. The zero Options are a test account that takes every test key.
type Options struct {
	// Keys are the secret keys to accept; if empty, every one of the mode.
	Keys []string
	// Livemode, MsEvents and RepeatExecutes are those of Books.
	Livemode, MsEvents, RepeatExecutes bool
	// Now is time.Now if nil.
	Now func() time.Time
	// Sleep waits out a fault's delay; if nil, in real time.
	Sleep func(time.Duration)
	// HTTP delivers webhooks; if nil, a client that waits 10 s for the acknowledgement and follows no redirect.
	HTTP *http.Client
}

// Sandbox serves books over HTTP. It is safe for concurrent use.
type Sandbox struct {
	now   func() time.Time
	sleep func(time.Duration)
	http  *http.Client
	mux   *http.ServeMux

	mu     sync.Mutex
	keys   []string
	books  *Books
	faults []Fault
}

// New returns a sandbox with empty books.
func New(o Options) *Sandbox {
	s := &Sandbox{now: o.Now, sleep: o.Sleep, http: o.HTTP, keys: slices.Clone(o.Keys), books: NewBooks()}
	s.books.Livemode, s.books.MsEvents, s.books.RepeatExecutes = o.Livemode, o.MsEvents, o.RepeatExecutes
	if s.now == nil {
		s.now = time.Now
	}
	if s.sleep == nil {
		s.sleep = time.Sleep
	}
	if s.http == nil {
		s.http = deliveryClient()
	}
	s.mux = http.NewServeMux()
	s.routeAPI()
	s.routeControl()
	return s
}

// ServeHTTP answers as WooshPay does. The Date of an answer is that of the sandbox's clock, unless it is set already.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if w.Header().Get("Date") == "" {
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	s.mux.ServeHTTP(w, r)
}

// With calls do with the books and the time, while nothing else uses them. What do keeps of them must be a clone.
func (s *Sandbox) With(do func(b *Books, now time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.books, s.now())
}

// SetKeys replaces the keys to accept, as when a key is rolled.
func (s *Sandbox) SetKeys(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = slices.Clone(keys)
}

func (s *Sandbox) accepts(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) > 0 {
		return slices.Contains(s.keys, key)
	}
	mode := map[bool]string{false: credential.TestKey, true: credential.LiveKey}[s.books.Livemode]
	return strings.HasPrefix(key, mode)
}

// Open is Books.Open.
func (s *Sandbox) Open(d Dispute) (opened Dispute, err error) {
	s.With(func(b *Books, now time.Time) { opened, err = b.Open(d, now) })
	return opened, err
}

// OpenSilently is Books.OpenSilently.
func (s *Sandbox) OpenSilently(d Dispute) (opened Dispute, err error) {
	s.With(func(b *Books, now time.Time) { opened, err = b.OpenSilently(d, now) })
	return opened, err
}

// SetStatus is Books.SetStatus.
func (s *Sandbox) SetStatus(id dispute.ID, status dispute.Status) (d Dispute, err error) {
	s.With(func(b *Books, now time.Time) { d, err = b.SetStatus(id, status, now) })
	return d, err
}

// SubmitEvidence is Books.SubmitEvidence.
func (s *Sandbox) SubmitEvidence(id dispute.ID, fields map[string]string) (d Dispute, err error) {
	s.With(func(b *Books, now time.Time) { d, err = b.SubmitEvidence(id, fields, now) })
	return d, err
}

// Refund is Books.Refund.
func (s *Sandbox) Refund(chargeID string, amount int64) (c Charge, err error) {
	s.With(func(b *Books, now time.Time) { c, err = b.Refund(chargeID, amount, now) })
	return c, err
}

// Register is Books.Register.
func (s *Sandbox) Register(address string, types ...string) (e Endpoint, err error) {
	s.With(func(b *Books, now time.Time) { e, err = b.Register(address, types, "", now) })
	return e, err
}

// Dispute is Books.Dispute.
func (s *Sandbox) Dispute(id dispute.ID) (d Dispute, err error) {
	s.With(func(b *Books, _ time.Time) { d, err = b.Dispute(id) })
	return d, err
}

// Events is Books.Events.
func (s *Sandbox) Events() (events []Event) {
	s.With(func(b *Books, _ time.Time) { events = b.Events() })
	return events
}

// Closes is Books.Closes.
func (s *Sandbox) Closes() (closes map[dispute.ID][]time.Time) {
	s.With(func(b *Books, _ time.Time) { closes = b.Closes() })
	return closes
}

// CloseCalls is Books.CloseCalls.
func (s *Sandbox) CloseCalls() (calls map[dispute.ID][]CloseCall) {
	s.With(func(b *Books, _ time.Time) { calls = b.CloseCalls() })
	return calls
}

// Run delivers what is due, at every tick, until ctx ends.
func (s *Sandbox) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Deliver(ctx)
		}
	}
}
