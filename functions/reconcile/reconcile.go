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

// Span is how far back disputes are listed, by their creation. The longest deadline seen is 19 days after the creation.
// A known case that is not finished is looked at by its id once a day, however old it is.
const Span = 60 * 24 * time.Hour

// Meter counts events.
type Meter interface {
	Count(name metrics.Name)
}

// Handler runs a reconciliation.
type Handler struct {
	// Reconciler lists the disputes of its Span; deployed, that is Span.
	Reconciler closing.Reconciler
	Meter      Meter
	Log        *slog.Logger
}

// Result is what a reconciliation found; the function returns it.
type Result struct {
	// Listed counts the disputes that were read, and Unreadable the entries of the list that could not be read.
	Listed     int `json:"listed"`
	Unreadable int `json:"unreadable"`
	// Unannounced counts the disputes that no webhook had announced, and Differing the cases whose status had changed.
	Unannounced int `json:"unannounced"`
	Differing   int `json:"differing"`
	// Unread counts the cases of the table that cannot be read.
	Unread int `json:"unread"`
	// Unavailable means that WooshPay does not offer its list here.
	Unavailable bool `json:"unavailable"`
	// Resumed means that the run continued where the last one ended.
	Resumed bool `json:"resumed"`
	// Cut is the reason why the list was not read to its end; empty if it was.
	Cut string `json:"cut,omitempty"`
}

// Handle compares every listed dispute with its case and stores what is new. Its error names the disputes for which this
// failed. The event's content does not matter.
//
// A list that was not read to its end is an error line in the log and a metric, but not an error: Lambda would repeat the
// run within minutes and get the same list. The next day's run continues.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	reconciled, err := h.Reconciler.Reconcile(ctx)
	found := resultOf(reconciled)
	h.count(found, err)
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

// count counts how the run ended. One that failed does not count as a run, so that the alarm on missing runs sees it.
func (h *Handler) count(found Result, err error) {
	switch {
	case found.Unavailable:
		h.Meter.Count(metrics.ListUnavailable)
	case found.Cut != "":
		h.Meter.Count(metrics.ListCut)
	}
	if err == nil {
		h.Meter.Count(metrics.Reconciled)
	}
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

// level returns error if the end of the list was not reached, and warning if entries could not be read.
func level(r Result) slog.Level {
	switch {
	case r.Cut != "":
		return slog.LevelError
	case r.Unreadable > 0:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
