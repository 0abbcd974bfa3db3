// Package sweep arms what is due, on a schedule.
package sweep

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
)

// Meter records gauges.
type Meter interface {
	Put(name metrics.Name, value int64, by metrics.By)
}

// Ports are what the function works with.
type Ports struct {
	Ledger  closing.Ledger
	Agenda  closing.Agenda
	Watcher closing.Watcher
	Terms   closing.Terms
	Meter   Meter
	Log     *slog.Logger
	Now     func() time.Time
}

// Handler sweeps.
type Handler struct {
	Ports
	sweeper closing.Sweeper
}

// New returns the function.
func New(p Ports) *Handler {
	return &Handler{Ports: p, sweeper: closing.Sweeper{
		Ledger: p.Ledger, Agenda: p.Agenda, Watcher: p.Watcher, Terms: p.Terms, Now: p.Now,
	}}
}

// Result is what a sweep did, for who starts it by hand.
type Result struct {
	Due           int   `json:"due"`
	Armed         int   `json:"armed"`
	OldestSeconds int64 `json:"oldest_seconds"`
	// Unread counts the due cases that cannot be read.
	Unread int `json:"unread"`
	// Cut means that time ran out; the next sweep goes on.
	Cut bool `json:"cut"`
}

// Handle arms every due case that can be armed; its error names those that could not, but for cases that cannot be read:
// each of those has a line of its own, and repeating the run would not mend them. The event's content does not matter.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	swept, err := h.sweeper.Sweep(ctx)
	done := Result{
		Due: swept.Due, Armed: swept.Armed, OldestSeconds: int64(swept.Oldest.Seconds()), Unread: swept.Unread, Cut: swept.Cut,
	}
	if err == nil || done.Due > 0 {
		h.gauge(done)
	}
	fields := []any{"due", done.Due, "armed", done.Armed, "oldest_seconds", done.OldestSeconds, "unread", done.Unread, "cut", done.Cut}
	if err != nil {
		h.Log.ErrorContext(ctx, "sweep incomplete", append(fields, "error", err)...)
		return done, fmt.Errorf("sweep: %w", err)
	}
	h.Log.InfoContext(ctx, "swept", fields...)
	return done, nil
}

// gauge records how much is due, nothing included. A sweep that could not read the index at all records nothing, for
// a zero would say that all is well.
func (h *Handler) gauge(done Result) {
	h.Meter.Put(metrics.Due, int64(done.Due), metrics.By{})
	h.Meter.Put(metrics.OldestDueSeconds, done.OldestSeconds, metrics.By{})
}
