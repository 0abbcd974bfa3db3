// Package reconcile learns from WooshPay's list of disputes what no webhook told, on a schedule.
package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
)

// Span is how far back disputes are listed, by their creation. The longest deadline seen is 19 days after it; what
// is known and not finished is looked at by its id once a day, however old.
const Span = 60 * 24 * time.Hour

// Ports are what the function works with.
type Ports struct {
	Ledger    closing.Ledger
	Catalogue closing.Catalogue
	Watcher   closing.Watcher
	Terms     closing.Terms
	Log       *slog.Logger
	Now       func() time.Time
	Pause     closing.Pause
}

// Handler reconciles.
type Handler struct {
	log        *slog.Logger
	reconciler closing.Reconciler
}

// New returns the function.
func New(p Ports) *Handler {
	return &Handler{log: p.Log, reconciler: closing.Reconciler{
		Ledger: p.Ledger, Catalogue: p.Catalogue, Watcher: p.Watcher, Terms: p.Terms, Now: p.Now, Pause: p.Pause, Span: Span,
	}}
}

// Result is what a reconciliation found, for who starts it by hand.
type Result struct {
	Listed      int `json:"listed"`
	Unreadable  int `json:"unreadable"`
	Unannounced int `json:"unannounced"`
	Differing   int `json:"differing"`
	// Unavailable tells that WooshPay does not offer its list here.
	Unavailable bool `json:"unavailable"`
	// Cut tells that the list did not end where reading it did.
	Cut bool `json:"cut"`
}

// Handle learns of every dispute that can be read; its error names the others. The event's content does not matter.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	reconciled, err := h.reconciler.Reconcile(ctx)
	found := Result(reconciled)
	fields := []any{
		"listed", found.Listed, "unreadable", found.Unreadable, "unannounced", found.Unannounced,
		"differing", found.Differing, "unavailable", found.Unavailable, "cut", found.Cut,
	}
	if err != nil {
		h.log.ErrorContext(ctx, "reconciliation incomplete", append(fields, "error", err)...)
		return found, fmt.Errorf("reconcile: %w", err)
	}
	h.log.Log(ctx, level(found), "reconciled", fields...)
	return found, nil
}

// level is a warning's for what was not compared: the next run begins anew, and may come no further.
func level(r Result) slog.Level {
	if r.Cut || r.Unreadable > 0 {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
