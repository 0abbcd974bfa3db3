// Package digest tells people once a day, in one mail, what a day brought and what waits for them.
package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/alarms"
	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
	"disputecloser/shared/report"
)

// What one run reads at most: far more than a merchant has, and little enough for a function's memory and time.
const (
	mostCases = 5_000
	mostLines = 20_000
)

// ahead is how far ahead a deadline counts as near.
const ahead = 7 * 24 * time.Hour

// Ledger is what a digest reads of the table.
type Ledger interface {
	report.Ledger
	// Control returns the switch; the zero Control if it was never set.
	Control(ctx context.Context) (closing.Control, error)
}

// Publisher sends mails.
type Publisher interface {
	// Publish sends a text to everybody who is subscribed. An error means that it may not have arrived.
	Publish(ctx context.Context, subject, text string) error
}

// Meter counts mails.
type Meter interface {
	Count(name metrics.Name)
}

// Handler writes the digest of a stack.
type Handler struct {
	Ledger Ledger
	Alarms alarms.API
	Mail   Publisher
	Policy report.Policy
	// Stack is the stack's name, and LiveMoney says that it is one of WooshPay's live mode.
	Stack     string
	LiveMoney bool
	Now       func() time.Time
	Meter     Meter
	Log       *slog.Logger
}

// Result is what a run sent, for the person who starts it by hand.
type Result struct {
	Subject string `json:"subject"`
}

// Handle mails the digest of yesterday, by UTC. Its error fails the run, so that Lambda repeats it: no mail is a fault, and a
// second one of the same day is harmless. The event's content does not matter.
func (h *Handler) Handle(ctx context.Context, _ events.EventBridgeEvent) (Result, error) {
	d, err := h.read(ctx)
	if err == nil {
		err = h.Mail.Publish(ctx, d.Subject(), d.Text())
	}
	if err != nil {
		h.Log.ErrorContext(ctx, "digest not sent", "error", err)
		return Result{}, fmt.Errorf("digest: %w", err)
	}
	h.Meter.Count(metrics.Digests)
	h.Log.InfoContext(ctx, "digest sent", "day", d.Report.From, "unread", len(d.Report.Unread), "cut", d.Report.Cut || d.Report.Waits.Cut)
	return Result{Subject: d.Subject()}, nil
}

// read reads what the digest says. Without the alarms, or without a case that cannot be read, it is good, and says so.
func (h *Handler) read(ctx context.Context) (report.Digest, error) {
	now := h.Now()
	d := report.Digest{Stack: h.Stack, LiveMoney: h.LiveMoney, Policy: h.Policy}
	var err error
	if d.Closing, err = h.Ledger.Control(ctx); err != nil {
		return d, err
	}
	d.Report, err = report.Read(ctx, h.Ledger, report.Scope{
		Days: []closing.Day{closing.DayOf(now.AddDate(0, 0, -1))}, At: now, Ahead: ahead, MostCases: mostCases, MostLines: mostLines,
	})
	switch {
	case errors.Is(err, closing.ErrUnreadable):
		h.Log.ErrorContext(ctx, "digest incomplete", "error", err)
	case err != nil:
		return d, err
	}
	on, err := alarms.On(ctx, h.Alarms, h.Stack)
	if err != nil {
		h.Log.ErrorContext(ctx, "alarms not read", "error", err)
		d.AlarmsUnread = true
	}
	for _, a := range on {
		d.Alarms = append(d.Alarms, report.Alarm(a))
	}
	return d, nil
}
