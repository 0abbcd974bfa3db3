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
	// freshFor is how long cached secrets are used before they are read again.
	freshFor = 5 * time.Minute
	// readEvery is the shortest time between two reads, however many signatures do not match.
	readEvery = time.Minute
	// previousFor is how long the previous secret stays valid after a rotation: longer than the 72 hours for which
	// WooshPay repeats a delivery, and not forever, because it may have been replaced after a leak.
	previousFor = 7 * 24 * time.Hour
)

// Signing holds a webhook endpoint's signing secret: the current version, and for a week after a rotation also the
// previous one. It is safe for concurrent use.
type Signing struct {
	source source
	log    *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	secrets []string
	// readAt is the last read, and triedAt the last attempt at one.
	readAt, triedAt time.Time
}

// NewSigning returns the signing secret that is stored in Secrets Manager under id, a name or ARN, as text or as
// {"signing_secret": …}. A failed read is logged while cached secrets are still used.
func NewSigning(api API, id string, log *slog.Logger, now func() time.Time) *Signing {
	return &Signing{source: source{api: api, id: id, field: SigningSecret}, log: log, now: now}
}

// Secrets returns the secrets that are valid now. They are cached for five minutes, and longer while they cannot be read
// again. An error means that none could be read; one that wraps ErrMissing says what to store.
func (s *Signing) Secrets(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.readAt) < freshFor || len(s.secrets) > 0 && !s.mayRead() {
		return s.secrets, nil
	}
	err := s.read(ctx)
	if err != nil && len(s.secrets) > 0 {
		s.log.ErrorContext(ctx, "signing secrets not refreshed", "error", err)
		return s.secrets, nil
	}
	return s.secrets, err
}

// Renewed reads the secrets again, after a signature that matches none of them, and reports whether they changed. It reads
// at most once a minute, so that forged traffic costs little.
func (s *Signing) Renewed(ctx context.Context) ([]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mayRead() {
		return nil, false
	}
	before := s.secrets
	if err := s.read(ctx); err != nil {
		s.log.ErrorContext(ctx, "signing secrets not refreshed", "error", err)
		return nil, false
	}
	return s.secrets, !slices.Equal(before, s.secrets)
}

func (s *Signing) mayRead() bool { return s.now().Sub(s.triedAt) >= readEvery }

// read replaces the secrets. If it fails, they stay as they were.
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
