// Package sweep arms the cases that are due, on a schedule.
package sweep

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
)

// Meter records gauges.
type Meter interface {
	Put(name metrics.Name, value int64, by metrics.Dimension)
}

// Switch says whether closing is on.
type Switch interface {
	// Control returns the switch; the zero Control if it was never set.
	Control(ctx context.Context) (closing.Control, error)
}

// Handler runs a sweep.
type Handler struct {
	Sweeper closing.Sweeper
	Switch  Switch
	Meter   Meter
	Log     *slog.Logger
}

// Result is what a sweep did, for the person who starts it by hand.
type Result struct {
	// Due counts the due cases that were found, Armed those that were armed, and Unread those that cannot be read.
	Due   int `json:"due"`
	Armed int `json:"armed"`
	// OldestSeconds is how long the armed case that waited longest had been due.
	OldestSeconds int64 `json:"oldest_seconds"`
	Unread        int   `json:"unread"`
	// Cut means that time ran out; the next sweep continues.
	Cut bool `json:"cut"`
}

// Handle arms every due case. Its error names the cases that could not be armed, so that Lambda repeats the run. A case
// that cannot be read is not an error, because a repetition would not help; it has its own log line. The event's content
// does not matter.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	swept, err := h.Sweeper.Sweep(ctx)
	done := Result{
		Due: swept.Due, Armed: swept.Armed, OldestSeconds: int64(swept.Oldest.Seconds()), Unread: swept.Unread, Cut: swept.Cut,
	}
	if err == nil || done.Due > 0 {
		h.gauge(done)
	}
	h.gaugeSwitch(ctx)
	fields := []any{"due", done.Due, "armed", done.Armed, "oldest_seconds", done.OldestSeconds, "unread", done.Unread, "cut", done.Cut}
	if err != nil {
		h.Log.ErrorContext(ctx, "sweep incomplete", append(fields, "error", err)...)
		return done, fmt.Errorf("sweep: %w", err)
	}
	h.Log.InfoContext(ctx, "swept", fields...)
	return done, nil
}

// gauge records how much is due, also if it is nothing. A sweep that could not read the index must not call it: a zero
// would say that all is well.
func (h *Handler) gauge(done Result) {
	h.Meter.Put(metrics.Due, int64(done.Due), metrics.Dimension{})
	h.Meter.Put(metrics.OldestDueSeconds, done.OldestSeconds, metrics.Dimension{})
}

// gaugeSwitch records whether closing is on. If that cannot be read, nothing is
// recorded; what was due is armed all the same.
func (h *Handler) gaugeSwitch(ctx context.Context) {
	control, err := h.Switch.Control(ctx)
	if err != nil {
		h.Log.WarnContext(ctx, "whether closing is on was not read", "error", err)
		return
	}
	on := int64(0)
	if control.Switch == closing.On {
		on = 1
	}
	h.Meter.Put(metrics.ClosingOn, on, metrics.Dimension{})
}
