package operate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/operate"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

const (
	id  = "dp_1497123612345438208"
	ada = "arn:aws:sts::123456789012:assumed-role/DisputeOperators/ada@example.com"
)

var (
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	acts = []operate.Act{operate.Keep, operate.Close, operate.Release, operate.Pause, operate.Resume}
)

// world is the function with its fakes, and one unfinished case of 1200 usd.
type world struct {
	*operate.Handler
	ledger *ledger
	meter  meter
	log    bytes.Buffer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{ledger: &ledger{Ledger: memory.New()}}
	w.Handler = &operate.Handler{
		Ledger: w.ledger, Acts: w.ledger, Now: func() time.Time { return noon },
		Meter: &w.meter, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	w.store(t, closing.Case{ID: id, State: closing.Open, DueAt: noon.Add(time.Hour), Dispute: about(t, `"amount":1200,"currency":"usd"`)})
	return w
}

func about(t testing.TB, money string) dispute.Dispute {
	t.Helper()
	d, err := dispute.Parse([]byte(`{"id":"` + id + `","status":"needs_response",` + money + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// store puts a case into the table behind everybody's back.
func (w *world) store(t testing.TB, c closing.Case) {
	t.Helper()
	if _, err := w.ledger.Ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) stored(t testing.TB) closing.Case {
	t.Helper()
	c, err := w.ledger.Ledger.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// change stores the case as a change makes it.
func (w *world) change(t testing.TB, change func(*closing.Case)) {
	t.Helper()
	c := w.stored(t)
	change(&c)
	w.store(t, c)
}

// send returns the status and the answer of a request.
func (w *world) send(t testing.TB, req events.APIGatewayV2HTTPRequest) (int, operate.Answer) {
	t.Helper()
	got, err := w.Handle(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if got.Headers["Content-Type"] != "application/json" || got.IsBase64Encoded {
		t.Errorf("the answer is %+v", got)
	}
	var a operate.Answer
	d := json.NewDecoder(strings.NewReader(got.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		t.Fatalf("%v: %s", err, got.Body)
	}
	return got.StatusCode, a
}

// wantRefused sends a request that must store nothing, and returns its answer.
func (w *world) wantRefused(t testing.TB, req events.APIGatewayV2HTTPRequest, status int, code operate.Code) operate.Answer {
	t.Helper()
	before, control, saves := w.stored(t), w.control(t), w.ledger.writes
	got, a := w.send(t, req)
	if got != status || a.Stored || a.Code != code || len(a.Message) == 0 || a.Next == "" {
		t.Errorf("%d %+v, want %d %s", got, a, status, code)
	}
	if w.stored(t).Version != before.Version || w.control(t) != control {
		t.Errorf("something was stored, after %d writes", w.ledger.writes-saves)
	}
	if len(w.meter) > 0 {
		t.Errorf("counted %v", w.meter)
	}
	level := "INFO"
	if code == operate.BadRequest || code == operate.NoIdentity {
		level = "WARN"
	}
	w.wantLog(t, "level="+level, fmt.Sprintf("outcome=%s", code))
	return a
}

// wantLog wants one line, with these parts.
func (w *world) wantLog(t testing.TB, parts ...string) {
	t.Helper()
	log := w.log.String()
	w.log.Reset()
	for _, part := range append(parts, "msg=operated") {
		if strings.Count(log, "\n") != 1 || !strings.Contains(log, part) {
			t.Errorf("the log is not one line with %q: %s", part, log)
		}
	}
}

func (w *world) control(t testing.TB) closing.Control {
	t.Helper()
	c, err := w.ledger.Control(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fromFile reads the API Gateway event of an act.
func fromFile(t testing.TB, act operate.Act) events.APIGatewayV2HTTPRequest {
	t.Helper()
	return eventfile.Read[events.APIGatewayV2HTTPRequest](t, "operate-"+string(act))
}

// saying is a person's request with this body.
func saying(t testing.TB, act operate.Act, body string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	req := fromFile(t, act)
	req.Body = body
	return req
}

// ledger counts calls, and fails on demand.
type ledger struct {
	*memory.Ledger
	reads, writes     int
	readErr, writeErr error
	// deadline is that of the last call.
	deadline time.Time
}

func (l *ledger) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	l.reads++
	l.deadline, _ = ctx.Deadline()
	if l.readErr != nil {
		return closing.Case{}, l.readErr
	}
	return l.Ledger.Load(ctx, id)
}

func (l *ledger) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	l.writes++
	if l.writeErr != nil {
		return closing.Case{}, l.writeErr
	}
	return l.Ledger.Act(ctx, c, line)
}

func (l *ledger) Save(context.Context, closing.Case, closing.Tally) (closing.Case, error) {
	panic("operate stores nothing without a line of the journal")
}

func (l *ledger) SetControl(ctx context.Context, c closing.Control) error {
	l.writes++
	if l.writeErr != nil {
		return l.writeErr
	}
	return l.Ledger.SetControl(ctx, c)
}

func (l *ledger) Claim(context.Context, closing.Case, closing.Bid) (closing.Case, error) {
	panic("operate claims nothing")
}

// meter keeps counts as "Name{Dimension}=value".
type meter []string

func (m *meter) Put(name metrics.Name, value int64, by metrics.Dimension) {
	*m = append(*m, fmt.Sprintf("%s{%s=%s}=%d", name, by.Name, by.Value, value))
}
