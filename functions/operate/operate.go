// Package operate carries out what people say about cases: keep, close, release, pause and resume. AWS authenticates each
// request (routes with AWS_IAM), so who acted is what AWS says, never what a client says. It never calls WooshPay and
// decides nothing: it stores an order, and the closer works the case.
package operate

import (
	"context"
	"encoding/json"
	"errors"
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
	Keep    Act = "keep"
	Close   Act = "close"
	Release Act = "release"
	Pause   Act = "pause"
	Resume  Act = "resume"
)

// Meter counts acts.
type Meter interface {
	Put(name metrics.Name, value int64, by metrics.Dimension)
}

// Handler answers people's requests.
type Handler struct {
	Ledger   closing.Ledger
	Controls closing.Controls
	Now      func() time.Time
	Meter    Meter
	Log      *slog.Logger
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
	ledger := &shown{Ledger: h.Ledger, version: o.Version}
	op := closing.Operator{Ledger: ledger, Controls: h.Controls, Now: h.Now, Who: o.who}
	var c closing.Case
	var err error
	switch o.act {
	case Keep:
		c, err = op.Keep(ctx, o.Dispute, o.Why)
	case Close:
		c, err = op.Close(ctx, o.Dispute, o.agreed(), o.Why)
	case Release:
		c, err = op.Release(ctx, o.Dispute, o.Why)
	case Pause:
		err = op.Pause(ctx, o.Why)
	case Resume:
		err = op.Resume(ctx, o.Why)
	}
	if err != nil {
		return ledger.loaded, err
	}
	return c, nil
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

// shown is a ledger that refuses a case which was changed since the person was shown it.
type shown struct {
	closing.Ledger
	version int64 // 0 for any
	loaded  closing.Case
}

// ErrChanged means that the case was changed since the person was shown it; nothing was stored.
var ErrChanged = errors.New("the case was changed since it was shown")

// Load returns ErrChanged for an unfinished case of another version. That a case has ended is told first.
func (s *shown) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c, err := s.Ledger.Load(ctx, id)
	s.loaded = c
	if err == nil && s.version != 0 && c.Version != s.version && !c.State.Finished() {
		err = ErrChanged
	}
	return c, err
}
