package metrics_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// emf is a line in CloudWatch's embedded metric format.
type emf struct {
	AWS struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	} `json:"_aws"`
}

// read returns the metrics of the lines, each as "Name{dimension=value …} = value unit".
func read(t *testing.T, lines string) []string {
	t.Helper()
	var found []string
	for line := range strings.Lines(lines) {
		var head emf
		var fields map[string]any
		if err := errors.Join(json.Unmarshal([]byte(line), &head), json.Unmarshal([]byte(line), &fields)); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		directive := head.AWS.CloudWatchMetrics[0]
		if directive.Namespace != "DisputeCloser" || head.AWS.Timestamp != noon.UnixMilli() || !strings.HasSuffix(line, "\n") {
			t.Errorf("line %q", line)
		}
		var dimensions []string
		for _, name := range directive.Dimensions[0] {
			dimensions = append(dimensions, fmt.Sprintf("%s=%s", name, fields[name]))
		}
		for _, m := range directive.Metrics {
			found = append(found, fmt.Sprintf("%s{%s} = %.0f %s", m.Name, strings.Join(dimensions, " "), fields[m.Name], m.Unit))
		}
	}
	return found
}

func TestLines(t *testing.T) {
	var out bytes.Buffer
	m := metrics.New(&out, "disputes", clock)
	m.Count(metrics.Forged)
	m.Put(metrics.OldestDueSeconds, 0, metrics.Dimension{})
	m.Put(metrics.ClosedAmount, 1200, metrics.Dimension{Name: "Currency", Value: "usd"})
	m.Put(metrics.BudgetUsed, 80, metrics.Dimension{})
	m.Put(metrics.ClosingOn, 1, metrics.Dimension{})
	m.Put(metrics.Decisions, 1, metrics.Dimension{Name: "Action", Value: "a\"b\\\x01é"})
	want := []string{
		"Forged{Table=disputes} = 1 Count",
		"OldestDueSeconds{Table=disputes} = 0 Seconds",
		"ClosedAmount{Table=disputes Currency=usd} = 1200 None",
		"BudgetUsed{Table=disputes} = 80 Percent",
		"ClosingOn{Table=disputes} = 1 None",
		"Decisions{Table=disputes Action=a\"b\\\x01é} = 1 Count",
	}
	if got := read(t, out.String()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALineIsOneWrite(t *testing.T) {
	var w writes
	m := metrics.New(&w, "disputes", clock)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { m.Count(metrics.Due) })
	}
	all.Wait()
	if len(w) != 50 {
		t.Errorf("%d writes for 50 lines", len(w))
	}
	for _, line := range w {
		read(t, line)
	}
}

// writes keeps each write.
type writes []string

func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, string(b))
	return len(b), nil
}

// aCase returns a case that contains everything that must not be logged.
func aCase(t *testing.T) closing.Case {
	t.Helper()
	d, err := dispute.Parse([]byte(`{"id":"dp_1","amount":1200,"currency":"usd","status":"needs_response",
		"evidence":{"uncategorized_text":"PRIVATE"},"metadata":{"card_number":"PRIVATE"},"reason_description":"PRIVATE"}`))
	if err != nil {
		t.Fatal(err)
	}
	return closing.Case{ID: "dp_1", State: closing.Scheduled, Dispute: d, Decision: &policy.Decision{
		Action: policy.Close, Rule: "small", Policy: "abc123", Tried: []policy.Tried{{Conditions: []policy.Check{{Seen: "PRIVATE"}}}},
	}}
}

func watcher() (metrics.Watcher, *bytes.Buffer, *bytes.Buffer) {
	var log, out bytes.Buffer
	return metrics.Watcher{Log: slog.New(slog.NewJSONHandler(&log, nil)), Meter: metrics.New(&out, "t", clock)}, &log, &out
}

// noteCounts are the metrics that each note writes.
var noteCounts = []struct {
	note closing.Note
	want []string
}{
	{closing.Note{Kind: closing.NoteLearned}, nil},
	{closing.Note{Kind: closing.NoteDecided}, []string{"Decisions{Table=t Action=close} = 1 Count"}},
	{closing.Note{Kind: closing.NoteClosed}, []string{"Closes{Table=t} = 1 Count", "ClosedAmount{Table=t Currency=usd} = 1200 None"}},
	{closing.Note{Kind: closing.NoteAmbiguous}, []string{"Ambiguous{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteRefused}, nil},
	{closing.Note{Kind: closing.NotePutOff}, []string{"PutOff{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteResolved}, nil},
	{closing.Note{Kind: closing.NoteLookFailed}, []string{"LookFailed{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteUnknown}, []string{"UnknownDispute{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteClock}, []string{"ClockDiffers{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NotePerson, Reason: closing.ReasonReview}, []string{"PersonNeeded{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NotePerson, Reason: closing.ReasonDeadline}, []string{"PersonNeeded{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NotePerson, Reason: closing.ReasonFailed}, []string{"PersonNeeded{Table=t} = 1 Count", "Failed{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NotePerson, Reason: closing.ReasonContradiction}, []string{"PersonNeeded{Table=t} = 1 Count", "Contradiction{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteBudget}, []string{"BudgetSpent{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NotePaused}, []string{"Paused{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteOff}, []string{"Off{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteDropped}, []string{"RecordDropped{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteArmed}, nil},
	{closing.Note{Kind: closing.NoteUnannounced}, []string{"Unannounced{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteDiffering}, []string{"Differing{Table=t} = 1 Count"}},
	{closing.Note{Kind: closing.NoteUnreadable}, []string{"Unreadable{Table=t} = 1 Count"}},
}

func TestWhatEachNoteCounts(t *testing.T) {
	for _, test := range noteCounts {
		t.Run(string(test.note.Kind)+" "+test.note.Reason, func(t *testing.T) {
			w, log, out := watcher()
			test.note.Case = aCase(t)
			w.Note(t.Context(), test.note)
			if got := read(t, out.String()); !slices.Equal(got, test.want) {
				t.Errorf("metrics %q, want %q", got, test.want)
			}
			if n := strings.Count(log.String(), "\n"); n != 1 {
				t.Errorf("%d log lines, want one: %s", n, log)
			}
			if strings.Contains(log.String(), "unknown kind") || strings.Contains(log.String()+out.String(), "PRIVATE") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

func TestTheLineOfANote(t *testing.T) {
	w, log, _ := watcher()
	c := aCase(t)
	c.State, c.Proof = closing.Closed, closing.Inferred
	c.Decision.Guard, c.Decision.Shadow = "ceiling", true
	w.Note(t.Context(), closing.Note{Kind: closing.NoteClosed, Case: c, Err: errors.New("WooshPay answered 503")})
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"level": "INFO", "msg": "case closed", "dispute": "dp_1", "state": "closed", "action": "close", "rule": "small",
		"policy": "abc123", "shadow": true, "guard": "ceiling", "proof": "inferred", "amount": 1200.0, "currency": "usd",
		"status": "needs_response", "error": "WooshPay answered 503",
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
}

func TestAmountsAndCurrenciesThatAreNotKnown(t *testing.T) {
	w, _, out := watcher()
	d, err := dispute.Parse([]byte(`{"id":"dp_1","amount":7,"currency":"not a currency"}`))
	if err != nil {
		t.Fatal(err)
	}
	w.Note(t.Context(), closing.Note{Kind: closing.NoteClosed, Case: closing.Case{ID: "dp_1", Dispute: d}})
	w.Note(t.Context(), closing.Note{Kind: closing.NoteClosed, Case: closing.Case{ID: "dp_2"}})
	want := []string{"Closes{Table=t} = 1 Count", "ClosedAmount{Table=t Currency=unknown} = 7 None", "Closes{Table=t} = 1 Count"}
	if got := read(t, out.String()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
