// Package webhook stores what WooshPay's signed events tell, and arms their cases. It never calls WooshPay and decides
// nothing: an event is a hint that a case wants a look.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/wooshpay"
)

const (
	// MaxBody is the size in bytes above which a webhook is refused unread. WooshPay documents no limit; its disputes
	// have 2 KB, and an item of the table holds no more than 400 KB.
	MaxBody = 256 << 10
	// MaxLead is how far ahead of our clock a signature may be.
	MaxLead = 5 * time.Minute
	// reserve is the part of an invocation that is kept for the answer.
	reserve = 500 * time.Millisecond
)

// Secrets are the endpoint's signing secrets.
type Secrets interface {
	// Secrets returns those that count now. An error means that there are none at hand.
	Secrets(ctx context.Context) ([]string, error)
	// Renewed reads them again, unless that happened lately, and tells whether they changed.
	Renewed(ctx context.Context) ([]string, bool)
}

// Meter counts what happens.
type Meter interface {
	Count(name metrics.Name)
}

// Ports are what the function works with.
type Ports struct {
	Secrets Secrets
	Ledger  closing.Ledger
	Watcher closing.Watcher
	Meter   Meter
	Log     *slog.Logger
	Now     func() time.Time
	Pause   closing.Pause
	// Livemode is the mode of the WooshPay account; unknown for a loopback address, where events are not checked for it.
	Livemode dispute.Maybe[bool]
	// MaxAge is the age from which a signature is refused.
	MaxAge time.Duration
}

// Handler answers webhooks.
type Handler struct {
	Ports
	learner closing.Learner
}

// New returns the function.
func New(p Ports) *Handler {
	return &Handler{Ports: p, learner: closing.Learner{Ledger: p.Ledger, Watcher: p.Watcher, Now: p.Now, Pause: p.Pause}}
}

// Livemode returns the mode of the account behind a WooshPay URL; unknown for a loopback address.
func Livemode(baseURL string) dispute.Maybe[bool] {
	switch mode, err := wooshpay.ModeOf(baseURL); {
	case err != nil || mode == wooshpay.LocalMode:
		return dispute.Maybe[bool]{}
	default:
		return dispute.Known(mode == wooshpay.LiveMode)
	}
}

// Handle answers one request: 200 when the news is stored or nothing is to be stored, 4xx when it never will be, and
// 503 to have it delivered again. The answer has no body, so that it tells a forger nothing. The error is always nil.
func (h *Handler) Handle(ctx context.Context, req events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := withReserve(ctx)
	defer cancel()
	return events.APIGatewayV2HTTPResponse{StatusCode: h.answer(ctx, req)}, nil
}

func withReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}

func (h *Handler) answer(ctx context.Context, req events.APIGatewayV2HTTPRequest) int {
	body, err := bodyOf(req)
	if errors.Is(err, errTooLarge) {
		return h.tooLarge(ctx, err)
	}
	if err != nil {
		return h.forged(ctx, err)
	}
	switch err := h.verify(ctx, signatureOf(req), body); {
	case errors.Is(err, errNoSecrets):
		h.Log.ErrorContext(ctx, "webhook not verified", "error", err)
		return h.refuse()
	case err != nil:
		return h.forged(ctx, err)
	}
	return h.learn(ctx, body)
}

// learn stores what a genuine body tells.
func (h *Handler) learn(ctx context.Context, body []byte) int {
	event, err := dispute.ParseEvent(body)
	if err != nil {
		return h.reject(ctx, event, err)
	}
	if !event.AboutDispute() {
		h.Meter.Count(metrics.Ignored)
		h.Log.InfoContext(ctx, "event ignored", "event", event.ID, "type", event.Type)
		return http.StatusOK
	}
	told, err := event.Dispute()
	if err != nil {
		return h.reject(ctx, event, err)
	}
	if err := errors.Join(dispute.CheckID(event.ID), dispute.CheckID(told.ID)); err != nil {
		return h.reject(ctx, event, fmt.Errorf("event or dispute: %w", err))
	}
	if h.isOtherMode(event.Livemode) || h.isOtherMode(told.Livemode) {
		return h.reject(ctx, event, errOtherMode)
	}
	news := closing.News{Dispute: told, At: event.Created, EventID: event.ID, From: "webhook"}
	if _, err := h.learner.Learn(ctx, news); err != nil {
		h.Log.ErrorContext(ctx, "event not stored", "event", event.ID, "type", event.Type, "dispute", told.ID, "error", err)
		return h.refuse()
	}
	return http.StatusOK
}

var errOtherMode = errors.New("the event is of the other mode (livemode): the endpoint is registered with another WooshPay account than this one, or with its other mode")

func (h *Handler) isOtherMode(livemode dispute.Maybe[bool]) bool {
	ours, known := h.Livemode.Get()
	return known && dispute.Is(livemode, !ours)
}

// forged refuses what WooshPay did not sign. Anybody can cause these lines, so they are no errors.
func (h *Handler) forged(ctx context.Context, err error) int {
	h.Meter.Count(metrics.Forged)
	h.Log.WarnContext(ctx, "webhook forged", "reason", err)
	return http.StatusUnauthorized
}

// tooLarge refuses what is not even read: nobody knows whether it is genuine, and anybody can cause these lines, too.
func (h *Handler) tooLarge(ctx context.Context, err error) int {
	h.Meter.Count(metrics.TooLarge)
	h.Log.WarnContext(ctx, "webhook too large", "status", http.StatusRequestEntityTooLarge, "reason", err)
	return http.StatusRequestEntityTooLarge
}

// refuse has WooshPay deliver again. What nobody signed never comes here, unless the secrets cannot be read.
func (h *Handler) refuse() int {
	h.Meter.Count(metrics.Refused)
	return http.StatusServiceUnavailable
}

// reject refuses what is genuine and can never be stored.
func (h *Handler) reject(ctx context.Context, event dispute.Event, err error) int {
	h.Meter.Count(metrics.Rejected)
	h.Log.ErrorContext(ctx, "webhook rejected", "status", http.StatusBadRequest, "event", event.ID[:min(len(event.ID), dispute.MaxID)],
		"type", event.Type, "error", err)
	return http.StatusBadRequest
}
