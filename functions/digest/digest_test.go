package digest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"disputecloser/functions/digest"
	"disputecloser/internal/eventfile"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// world is the function with its fakes.
type world struct {
	*digest.Handler
	ledger *ledger
	alarms *watch
	mails  *mails
	meter  meter
	log    bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ledger: &ledger{Ledger: memory.New()}, alarms: &watch{}, mails: &mails{}}
	on := closing.Control{Switch: closing.On, Who: "ada", Why: "looked", At: morning.Add(-time.Hour)}
	if err := w.ledger.SetControl(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	w.Handler = &digest.Handler{
		Ledger: w.ledger, Alarms: w.alarms, Mail: w.mails, Policy: report.Policy{Hash: "1a2b3c", Live: true}, Stack: "closer-live", LiveMoney: true,
		Now: func() time.Time { return morning }, Meter: &w.meter, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	return w
}

func (w *world) run(t *testing.T) (digest.Result, error) {
	t.Helper()
	return w.Handle(t.Context(), eventfile.Read[events.EventBridgeEvent](t, "schedule-digest"))
}

// ledger fails on demand, and counts what is read.
type ledger struct {
	*memory.Ledger
	controlErr, casesErr, linesErr error
	days                           []closing.Day
	endless                        bool
}

func (l *ledger) Control(ctx context.Context) (closing.Control, error) {
	if l.controlErr != nil {
		return closing.Control{}, l.controlErr
	}
	return l.Ledger.Control(ctx)
}

func (l *ledger) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	if !l.endless {
		page, next, err := l.Ledger.Cases(ctx, limit, cursor)
		return page, next, errors.Join(err, l.casesErr)
	}
	page := make([]closing.Case, limit)
	for i := range page {
		page[i] = closing.Case{ID: dispute.ID(fmt.Sprintf("dp%s_%d", cursor, i)), State: closing.Open, DueAt: morning}
	}
	return page, cursor + "x", nil
}

func (l *ledger) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	l.days = append(l.days, day)
	if l.linesErr != nil {
		return nil, "", l.linesErr
	}
	if !l.endless {
		return l.Ledger.Lines(ctx, day, limit, cursor)
	}
	return make([]closing.Line, limit), cursor + "x", nil
}

// watch is CloudWatch.
type watch struct {
	on  []types.MetricAlarm
	err error
}

func (w *watch) DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: w.on}, w.err
}

// mails keeps what was sent.
type mails struct {
	sent []string
	err  error
}

func (m *mails) Publish(_ context.Context, subject, text string) error {
	m.sent = append(m.sent, subject+"\n"+text)
	return m.err
}

type meter []metrics.Name

func (m *meter) Count(name metrics.Name) { *m = append(*m, name) }

// save stores a case of a dispute of 18.19 USD.
func (w *world) save(t *testing.T, id string, state closing.State, change func(*closing.Case)) {
	t.Helper()
	d, err := dispute.Parse(fmt.Appendf(nil, `{"id":%q,"amount":1819,"currency":"usd","status":"needs_response","evidence":{"name":"SECRET"}}`, id))
	if err != nil {
		t.Fatal(err)
	}
	c := closing.Case{ID: d.ID, State: state, Dispute: d, ObservedAt: morning, DueAt: morning.Add(time.Hour)}
	change(&c)
	if _, err := w.ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

// TestTheMailSaysWhatYesterdayBroughtAndWhatWaits, and nothing of the day before or of today.
func TestTheMailSaysWhatYesterdayBroughtAndWhatWaits(t *testing.T) {
	w := newWorld(t)
	for id, at := range map[string]time.Time{"dp_1": morning.Add(-9 * time.Hour), "dp_2": morning.Add(-33 * time.Hour), "dp_3": morning.Add(-time.Hour)} {
		w.save(t, id, closing.Closed, func(c *closing.Case) {
			c.DueAt, c.EndedAt, c.PostedAt, c.Proof = time.Time{}, at, at, closing.Answered
			c.Spent = closing.Spend{Day: closing.DayOf(at), Currency: "usd", Amount: 1819}
		})
	}
	w.save(t, "dp_planned", closing.Scheduled, func(c *closing.Case) {
		c.PlannedAt, c.CloseAt = morning, morning.Add(3*time.Hour)
	})
	w.save(t, "dp_review", closing.Open, func(c *closing.Case) {
		c.Decision = &policy.Decision{Action: policy.Review, Rule: "large"}
	})
	w.alarms.on = []types.MetricAlarm{{AlarmName: aws.String("closer-live-FailedCloses-1ABCDEFGHIJKL"), StateTransitionedTimestamp: aws.Time(morning)}}
	got, err := w.run(t)
	if want := "closer-live, 2026-03-01: closed 1 dispute (18.19 USD), 1 dispute waiting for a person, 1 alarm on"; err != nil || got.Subject != want || len(w.mails.sent) != 1 {
		t.Fatalf("%+v, %v, sent %q", got, err, w.mails.sent)
	}
	for _, want := range []string{
		got.Subject + "\nStack closer-live, live money\n", "Closing is on since 2026-03-02 07:00 UTC (1 h ago), by ada: looked.", "The policy 1a2b3c is live",
		"On 2026-03-01 (UTC)\n  We closed 1 dispute, which conceded 18.19 USD.\n",
		"to close 1 dispute, which concedes 18.19 USD; the first from 2026-03-02 11:00 UTC (in 3 h).",
		"- dp_review, 18.19 USD: open; rule large; waits for a person", "- FailedCloses, on since 2026-03-02 08:00 UTC (now)",
	} {
		if !strings.Contains(w.mails.sent[0], want) {
			t.Errorf("no %q in %s", want, w.mails.sent[0])
		}
	}
	if strings.Contains(w.mails.sent[0]+w.log.String(), "SECRET") || fmt.Sprint(w.ledger.days) != "[2026-03-01]" {
		t.Errorf("read %v; %s", w.ledger.days, w.mails.sent[0])
	}
	if fmt.Sprint(w.meter) != "[Digests]" || !strings.Contains(w.log.String(), `level=INFO msg="digest sent" day=2026-03-01 unread=0 cut=false`) {
		t.Errorf("counted %v; the log says %s", w.meter, w.log.String())
	}
}

func TestADayWithNothingIsMailedToo(t *testing.T) {
	w := newWorld(t)
	if _, err := w.run(t); err != nil || len(w.mails.sent) != 1 || !strings.Contains(w.mails.sent[0], "no dispute ended on 2026-03-01") || len(w.meter) != 1 {
		t.Errorf("%v, sent %q, counted %v", err, w.mails.sent, w.meter)
	}
}

// TestNoMailIsAFailedRun that Lambda repeats, and that counts no digest.
func TestNoMailIsAFailedRun(t *testing.T) {
	down := errors.New("no answer")
	for name, broken := range map[string]func(*world){
		"the switch": func(w *world) { w.ledger.controlErr = down }, "the cases": func(w *world) { w.ledger.casesErr = down },
		"the journal": func(w *world) { w.ledger.linesErr = down }, "the mail": func(w *world) { w.mails.err = down },
	} {
		w := newWorld(t)
		broken(w)
		if _, err := w.run(t); !errors.Is(err, down) || len(w.meter) > 0 || !strings.Contains(w.log.String(), `level=ERROR msg="digest not sent"`) {
			t.Errorf("%s: %v, counted %v; the log says %s", name, err, w.meter, w.log.String())
		}
	}
}

// TestWhatCannotBeReadIsSaid in a mail that is good otherwise.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	w := newWorld(t)
	w.ledger.casesErr = &closing.UnreadableError{ID: "dp_odd", Err: errors.New("state: it is a number")}
	w.alarms.err = errors.New("AccessDenied")
	if _, err := w.run(t); err != nil || len(w.mails.sent) != 1 || len(w.meter) != 1 {
		t.Fatalf("%v, sent %q, counted %v", err, w.mails.sent, w.meter)
	}
	for want, in := range map[string]string{
		"- dp_odd": w.mails.sent[0], "Which alarms are on is not known": w.mails.sent[0],
		`level=ERROR msg="digest incomplete"`: w.log.String(), `level=ERROR msg="alarms not read" error="read the alarms of stack closer-live: AccessDenied"`: w.log.String(),
	} {
		if !strings.Contains(in, want) {
			t.Errorf("no %q in %s", want, in)
		}
	}
}

// TestARunReadsNoMoreThanItMay and the mail says so.
func TestARunReadsNoMoreThanItMay(t *testing.T) {
	w := newWorld(t)
	w.ledger.endless = true
	if _, err := w.run(t); err != nil || len(w.ledger.days) > 41 {
		t.Fatalf("%v, %d pages of the journal", err, len(w.ledger.days))
	}
	if text := w.mails.sent[0]; !strings.Contains(text, "more unfinished disputes than were read") || !strings.Contains(text, "more disputes that ended than were read") {
		t.Error(text)
	}
}
