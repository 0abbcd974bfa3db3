// Package webhook stores what WooshPay's signed events say, and arms their cases. It never calls WooshPay and decides
// nothing: an event is only a hint that a case needs a look.
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
	"disputecloser/shared/payload"
	"disputecloser/shared/wooshpay"
)

const (
	// MaxBody is the size in bytes above which a webhook is refused unread. WooshPay documents no limit; its disputes
	// have about 2 KB, and an item of the table holds at most 400 KB.
	MaxBody = 256 << 10
	// MaxLead is how far ahead of our clock a signature's instant may be.
	MaxLead = 5 * time.Minute
	// reserve is the part of an invocation that is held back for the answer.
	reserve = 500 * time.Millisecond
)

// Secrets are the endpoint's signing secrets.
type Secrets interface {
	// Secrets returns the secrets that are valid now. An error means that none could be read.
	Secrets(ctx context.Context) ([]string, error)
	// Renewed reads the secrets again, unless they were read a moment ago, and reports whether they changed.
	Renewed(ctx context.Context) ([]string, bool)
}

// Meter counts events.
type Meter interface {
	Count(name metrics.Name)
}

// Handler answers webhooks.
type Handler struct {
	Learner closing.Learner
	Secrets Secrets
	// Livemode is the mode of the WooshPay account, which events must have. If it is unknown, events of both modes are
	// accepted.
	Livemode dispute.Maybe[bool]
	// MaxAge is the greatest age of a signature that is accepted.
	MaxAge time.Duration
	Meter  Meter
	Log    *slog.Logger
}

// Livemode returns the mode of the account that a WooshPay URL serves; unknown for a loopback address.
func Livemode(baseURL string) dispute.Maybe[bool] {
	switch mode, err := wooshpay.ModeOf(baseURL); {
	case err != nil || mode == wooshpay.LocalMode:
		return dispute.Maybe[bool]{}
	default:
		return dispute.Known(mode == wooshpay.LiveMode)
	}
}

// Handle answers one request: 200 if the event is stored or there is nothing to store, 4xx if it can never be stored, and
// 503 to have it delivered again. The answer has no body, so that a forger learns nothing. The error is always nil.
func (h *Handler) Handle(ctx context.Context, req events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := closing.WithReserve(ctx, reserve)
	defer cancel()
	return events.APIGatewayV2HTTPResponse{StatusCode: h.answer(ctx, req)}, nil
}

func (h *Handler) answer(ctx context.Context, req events.APIGatewayV2HTTPRequest) int {
	body, err := payload.Body(req, MaxBody)
	if errors.Is(err, payload.ErrTooLarge) {
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

// learn stores the event of a genuine body.
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
	d, err := event.Dispute()
	if err != nil {
		return h.reject(ctx, event, err)
	}
	if err := errors.Join(dispute.CheckID(event.ID), dispute.CheckID(d.ID)); err != nil {
		return h.reject(ctx, event, fmt.Errorf("event or dispute: %w", err))
	}
	if h.isOtherMode(event.Livemode) || h.isOtherMode(d.Livemode) {
		return h.reject(ctx, event, errOtherMode)
	}
	news := closing.News{Dispute: d, At: event.Created, EventID: event.ID, From: "webhook"}
	if _, err := h.Learner.Learn(ctx, news); err != nil {
		h.Log.ErrorContext(ctx, "event not stored", "event", event.ID, "type", event.Type, "dispute", d.ID, "error", err)
		return h.refuse()
	}
	return http.StatusOK
}

var errOtherMode = errors.New("the event has the other mode (livemode): the webhook endpoint is registered with another WooshPay account, or with the other mode of this one")

func (h *Handler) isOtherMode(livemode dispute.Maybe[bool]) bool {
	ours, known := h.Livemode.Get()
	return known && dispute.Is(livemode, !ours)
}

// forged refuses what WooshPay did not sign. Anybody can cause this line, so it is a warning and not an error.
func (h *Handler) forged(ctx context.Context, err error) int {
	h.Meter.Count(metrics.Forged)
	if errors.Is(err, wooshpay.ErrMismatch) {
		h.Meter.Count(metrics.WrongSignature)
	}
	h.Log.WarnContext(ctx, "webhook forged", "reason", err)
	return http.StatusUnauthorized
}

// tooLarge refuses a body unread. It may be genuine or not; anybody can cause this line too.
func (h *Handler) tooLarge(ctx context.Context, err error) int {
	h.Meter.Count(metrics.TooLarge)
	h.Log.WarnContext(ctx, "webhook too large", "status", http.StatusRequestEntityTooLarge, "reason", err)
	return http.StatusRequestEntityTooLarge
}

// refuse makes WooshPay deliver again. A forged webhook gets this answer only while the secrets cannot be read.
func (h *Handler) refuse() int {
	h.Meter.Count(metrics.Refused)
	return http.StatusServiceUnavailable
}

// reject refuses a genuine webhook that can never be stored.
func (h *Handler) reject(ctx context.Context, event dispute.Event, err error) int {
	h.Meter.Count(metrics.Rejected)
	h.Log.ErrorContext(ctx, "webhook rejected", "status", http.StatusBadRequest, "event", event.ID[:min(len(event.ID), dispute.MaxID)],
		"type", event.Type, "error", err)
	return http.StatusBadRequest
}
