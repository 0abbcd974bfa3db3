// Package operate carries out what people say about cases: keep, close, release, pause and resume. AWS authenticates each
// request (routes with AWS_IAM), so who acted is what AWS says, never what a client says. It never calls WooshPay and
// decides nothing: it stores an order, and the closer works the case.
package operate

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/payload"
)

const (
	// MaxBody is the size in bytes above which a request is refused unread.
	MaxBody = 64 << 10
	// reserve is the part of an invocation that is held back for the answer.
	reserve = 500 * time.Millisecond
	// routes is how each route begins; its act follows. The routes are single ones, so that an IAM policy can name each.
	routes = "POST /operator/"
)

// Act is what a person does.
type Act string

// The acts.
const (
	Keep    Act = closing.ActKeep
	Close   Act = closing.ActClose
	Release Act = closing.ActRelease
	Pause   Act = closing.ActPause
	Resume  Act = closing.ActResume
)

// Meter counts acts.
type Meter interface {
	Put(name metrics.Name, value int64, by metrics.Dimension)
}

// Handler answers people's requests.
type Handler struct {
	Ledger closing.Ledger
	Acts   closing.Acts
	Now    func() time.Time
	Meter  Meter
	Log    *slog.Logger
}

// Handle answers one request, with an Answer as JSON. The error is always nil.
func (h *Handler) Handle(ctx context.Context, req events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := closing.WithReserve(ctx, reserve)
	defer cancel()
	o := order{act: Act(strings.TrimPrefix(req.RouteKey, routes)), who: whoIn(req)}
	answer := h.answer(ctx, &o, req)
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // Texts, integers and instants always marshal.
	}
	return events.APIGatewayV2HTTPResponse{
		StatusCode: answer.Code.status(), Headers: map[string]string{"Content-Type": "application/json"}, Body: string(body),
	}, nil
}

// order is what a person said, as far as it is known.
type order struct {
	Request
	act Act
	who string
}

// whoIn returns the caller's ARN, as AWS verified it; empty if AWS verified nobody.
func whoIn(req events.APIGatewayV2HTTPRequest) string {
	if a := req.RequestContext.Authorizer; a != nil && a.IAM != nil {
		return a.IAM.UserARN
	}
	return ""
}

// answer reads the order, carries it out, and reports what became of it. Without an identity it reads nothing.
func (h *Handler) answer(ctx context.Context, o *order, req events.APIGatewayV2HTTPRequest) Answer {
	if o.who == "" {
		return h.refuse(ctx, *o, closing.Case{}, ErrNoIdentity)
	}
	if faults := o.read(req); len(faults) > 0 {
		return h.refuse(ctx, *o, closing.Case{}, &badRequestError{faults})
	}
	c, err := h.carryOut(ctx, *o)
	if err != nil {
		return h.refuse(ctx, *o, c, err)
	}
	h.Meter.Put(metrics.Acts, 1, metrics.Dimension{Name: "Act", Value: string(o.act)})
	h.report(ctx, slog.LevelInfo, *o, "stored")
	return stored(*o, c)
}

// read reads the request of an act that exists, and returns everything that is wrong with it.
func (o *order) read(req events.APIGatewayV2HTTPRequest) []string {
	if _, known := forms[o.act]; !known || routes+string(o.act) != req.RouteKey {
		return []string{fmt.Sprintf("there is no route %.60q: POST /operator/ is followed by keep, close, release, pause or resume", req.RouteKey)}
	}
	body, err := payload.Body(req, MaxBody)
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	o.Request, faults = parse(o.act, body)
	return faults
}

// carryOut stores the order. With an error it returns the case as it was last loaded.
func (h *Handler) carryOut(ctx context.Context, o order) (closing.Case, error) {
	op := closing.Operator{Ledger: h.Ledger, Acts: h.Acts, Now: h.Now, Who: o.who}
	about := closing.Order{ID: o.Dispute, Why: o.Why, Shown: o.Version}
	switch o.act {
	case Keep:
		return op.Keep(ctx, about)
	case Close:
		return op.Close(ctx, about, o.agreed())
	case Release:
		return op.Release(ctx, about)
	case Pause:
		return closing.Case{}, op.Pause(ctx, o.Why)
	default:
		return closing.Case{}, op.Resume(ctx, o.Why)
	}
}

// refuse answers that nothing was stored, or that this is not known.
func (h *Handler) refuse(ctx context.Context, o order, c closing.Case, err error) Answer {
	code := codeOf(err)
	level := slog.LevelInfo
	var why []any
	switch code.status() {
	case http.StatusBadRequest, http.StatusForbidden:
		level = slog.LevelWarn
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		level, why = slog.LevelError, []any{"error", err}
	}
	h.report(ctx, level, o, string(code), why...)
	return refused(o, c, code, err)
}

// report writes the one log line of an act. The reason stays in the table.
func (h *Handler) report(ctx context.Context, level slog.Level, o order, outcome string, more ...any) {
	id := o.Dispute[:min(len(o.Dispute), dispute.MaxID)]
	fields := []any{"who", o.who, "act", o.act[:min(len(o.act), 40)], "dispute", id, "outcome", outcome}
	h.Log.Log(ctx, level, "operated", append(fields, more...)...)
}
