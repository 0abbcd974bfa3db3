package closing

import (
	"context"
	"time"
)

// WithReserve returns a context that ends the reserve before ctx does, so that there is time left to store what was
// learned. If ctx has no deadline, neither has the result.
func WithReserve(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}

// OutOfTime reports whether ctx has ended, or leaves less time than is needed.
func OutOfTime(ctx context.Context, now time.Time, needed time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(now) < needed
}
