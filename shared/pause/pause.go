// Package pause waits a random, growing time between retries, so that two writers that conflicted do not conflict again.
package pause

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	first = 25 * time.Millisecond
	limit = time.Second
	// maxDoublings is the number of doublings after which first exceeds limit.
	maxDoublings = 6
)

// Longest returns the longest pause before the n-th retry, n from 1: 25 ms, doubled each time, at most one second.
func Longest(n int) time.Duration {
	return min(limit, first<<min(max(n-1, 0), maxDoublings))
}

// Before waits a random time, at most Longest(n), before the n-th retry, n from 1. It returns an error when ctx ends, and at
// once if ctx ends before the pause does.
func Before(ctx context.Context, n int) error {
	wait := rand.N(Longest(n)) //nolint:gosec // it only spreads the retries
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
