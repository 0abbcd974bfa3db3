// Package pause waits between tries, so that those who met once do not meet again.
package pause

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	first = 25 * time.Millisecond
	most  = time.Second
	// doublings is the number of pauses, each twice as long as the one before, after which they are as long as most.
	doublings = 6
)

// Longest returns how long the pause before the n-th repetition may be, n from 1: 25 ms, doubled each time, a second at
// the most.
func Longest(n int) time.Duration {
	return min(most, first<<min(max(n-1, 0), doublings))
}

// Before waits before the n-th repetition, n from 1: a random time up to Longest. It returns an error at once if ctx ends
// before that time is over.
func Before(ctx context.Context, n int) error {
	wait := rand.N(Longest(n)) //nolint:gosec // it only spreads the tries
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
