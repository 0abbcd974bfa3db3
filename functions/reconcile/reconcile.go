// Package reconcile learns from WooshPay's list of disputes what no webhook announced, on a schedule.
package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
)

// Span is how far back disputes are listed, by their creation. The longest deadline seen is 19 days after it; what
// is known and not finished is looked at by its id once a day, however old.
const Span = 60 * 24 * time.Hour

// Meter counts what happens.
type Meter interface {
	Count(name metrics.Name)
}

// Ports are what the function works with.
type Ports struct {
	Ledger    closing.Ledger
	Books     closing.Books
	Catalogue closing.Catalogue
	Watcher   closing.Watcher
	Terms     closing.Terms
	Meter     Meter
	Log       *slog.Logger
	Now       func() time.Time
	Pause     closing.Pause
}

// Handler reconciles.
type Handler struct {
	Ports
	reconciler closing.Reconciler
}

// New returns the function.
func New(p Ports) *Handler {
	return &Handler{Ports: p, reconciler: closing.Reconciler{
		Ledger: p.Ledger, Books: p.Books, Catalogue: p.Catalogue, Watcher: p.Watcher, Terms: p.Terms, Now: p.Now, Pause: p.Pause, Span: Span,
	}}
}

// Result is what a reconciliation found, as the function answers it.
type Result struct {
	Listed      int `json:"listed"`
	Unreadable  int `json:"unreadable"`
	Unannounced int `json:"unannounced"`
	Differing   int `json:"differing"`
	// Unread counts the cases of the table that cannot be read.
	Unread int `json:"unread"`
	// Unavailable means that WooshPay does not offer its list here.
	Unavailable bool `json:"unavailable"`
	// Resumed means that the run went on where the last one ended.
	Resumed bool `json:"resumed"`
	// Cut is why the list was not read to its end; empty if it was.
	Cut string `json:"cut,omitempty"`
}

// Handle learns of every dispute that can be read; its error names the others. The event's content does not matter.
//
// A list that was not read to its end is an error line and a metric, and not an error: Lambda would repeat the run within
// minutes and meet the same list. The next day's run goes on.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	reconciled, err := h.reconciler.Reconcile(ctx)
	found := resultOf(reconciled)
	if found.Cut != "" {
		h.Meter.Count(metrics.ListCut)
	}
	fields := []any{
		"listed", found.Listed, "unreadable", found.Unreadable, "unannounced", found.Unannounced, "differing", found.Differing,
		"unread", found.Unread, "unavailable", found.Unavailable, "resumed", found.Resumed, "cut", found.Cut,
	}
	if err != nil {
		h.Log.ErrorContext(ctx, "reconciliation incomplete", append(fields, "error", err)...)
		return found, fmt.Errorf("reconcile: %w", err)
	}
	h.Log.Log(ctx, level(found), "reconciled", fields...)
	return found, nil
}

func resultOf(r closing.Reconciled) Result {
	found := Result{
		Listed: r.Listed, Unreadable: r.Unreadable, Unannounced: r.Unannounced, Differing: r.Differing,
		Unread: r.Unread, Unavailable: r.Unavailable, Resumed: r.Resumed,
	}
	if r.Cut != nil {
		found.Cut = r.Cut.Error()
	}
	return found
}

// level is an error's where the list's end was not reached, and a warning's where entries of it could not be read.
func level(r Result) slog.Level {
	switch {
	case r.Cut != "":
		return slog.LevelError
	case r.Unreadable > 0:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
