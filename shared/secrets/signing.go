package secrets

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// freshFor is the age from which cached secrets are read again.
	freshFor = 5 * time.Minute
	// readEvery is the shortest time between two reads, however much traffic does not verify.
	readEvery = time.Minute
	// previousFor is how long the secret before the current one counts: longer than WooshPay's 72 hours of
	// deliveries, and not for ever, for it may have been replaced because it leaked.
	previousFor = 7 * 24 * time.Hour
)

// Signing is a webhook endpoint's signing secret: the current version, and for a week after a rotation the previous
// one too. It is safe for concurrent use.
type Signing struct {
	source source
	log    *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	secrets []string
	// readAt is the last read, and triedAt the last attempt at one.
	readAt, triedAt time.Time
}

// NewSigning returns the secrets that are stored in a secret, given by name or ARN, as text or as {"signing_secret": …}.
// A read that fails while older secrets are at hand is logged.
func NewSigning(api API, id string, log *slog.Logger, now func() time.Time) *Signing {
	return &Signing{source: source{api: api, id: id, field: SigningSecret}, log: log, now: now}
}

// Secrets returns the secrets that count now. They are cached for some minutes, and for as long as they cannot be
// read again. An error means that there are none; one that wraps ErrMissing says what to store.
func (s *Signing) Secrets(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.readAt) < freshFor || len(s.secrets) > 0 && !s.mayRead() {
		return s.secrets, nil
	}
	err := s.read(ctx)
	if err != nil && len(s.secrets) > 0 {
		s.log.ErrorContext(ctx, "signing secrets not read again", "error", err)
		return s.secrets, nil
	}
	return s.secrets, err
}

// Renewed reads the secrets again, because a signature fits none of them, and tells whether they changed. It does not
// read more than once a minute: forged traffic costs no more than that.
func (s *Signing) Renewed(ctx context.Context) ([]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mayRead() {
		return nil, false
	}
	before := s.secrets
	if err := s.read(ctx); err != nil {
		s.log.ErrorContext(ctx, "signing secrets not read again", "error", err)
		return nil, false
	}
	return s.secrets, !slices.Equal(before, s.secrets)
}

func (s *Signing) mayRead() bool { return s.now().Sub(s.triedAt) >= readEvery }

// read replaces the secrets, or leaves them all as they are.
func (s *Signing) read(ctx context.Context) error {
	now := s.now()
	s.triedAt = now
	newest, err := s.source.read(ctx, current)
	if err != nil {
		return err
	}
	secrets := []string{newest.value}
	if newest.created.IsZero() || now.Sub(newest.created) < previousFor {
		older, err := s.source.read(ctx, previous)
		switch {
		case err == nil:
			secrets = append(secrets, older.value)
		case !errors.Is(err, ErrMissing):
			return err
		}
	}
	s.secrets, s.readAt = secrets, now
	return nil
}
