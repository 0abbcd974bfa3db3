package sandbox

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/wooshpay"
)

const closePattern = "/v1/disputes/*/close"

func (w world) breaks(t *testing.T, f Fault) {
	t.Helper()
	if err := w.Break(f); err != nil {
		t.Fatal(err)
	}
}

// What each fault of a close looks like from outside, and whether it was executed nevertheless.
func TestFaultsOfAClose(t *testing.T) {
	tests := []struct {
		fault Fault
		class fault.Class
	}{
		{Fault{Kind: AnswerStatus, Status: 400}, fault.Permanent}, {Fault{Kind: AnswerStatus, Status: 402}, fault.Permanent},
		{Fault{Kind: AnswerStatus, Status: 404}, fault.Permanent}, {Fault{Kind: AnswerStatus, Status: 401}, fault.Retryable},
		{Fault{Kind: AnswerStatus, Status: 403}, fault.Retryable}, {Fault{Kind: AnswerStatus, Status: 409}, fault.Retryable},
		{Fault{Kind: AnswerStatus, Status: 429}, fault.Retryable}, {Fault{Kind: AnswerStatus, Status: 500}, fault.Ambiguous},
		{Fault{Kind: AnswerStatus, Status: 503, Execute: true}, fault.Ambiguous},
		{Fault{Kind: Drop}, fault.Ambiguous}, {Fault{Kind: Drop, Execute: true}, fault.Ambiguous},
		{Fault{Kind: Hang}, fault.Ambiguous}, {Fault{Kind: Hang, Execute: true}, fault.Ambiguous},
		{Fault{Kind: HTML}, fault.Ambiguous}, {Fault{Kind: HTML, Execute: true}, fault.Ambiguous},
		{Fault{Kind: Truncate}, fault.Ambiguous}, {Fault{Kind: Truncate, Execute: true}, fault.Ambiguous},
	}
	for _, test := range tests {
		t.Run(nameOf(test.fault), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			id := w.open(t, Dispute{})
			test.fault.Path = closePattern
			w.breaks(t, test.fault)
			_, err := w.client.Close(t.Context(), id, soon())
			if err == nil || fault.Of(err) != test.class {
				t.Errorf("got %v, %v; want %v", fault.Of(err), err, test.class)
			}
			if executed := len(w.Closes()[id]) == 1; executed != test.fault.Execute {
				t.Errorf("executed %v, want %v", executed, test.fault.Execute)
			}
			if _, err := w.client.Close(t.Context(), id, soon()); (err == nil) == test.fault.Execute {
				t.Errorf("the next close: %v", err)
			}
		})
	}
}

func nameOf(f Fault) string {
	name := string(f.Kind) + " " + http.StatusText(f.Status)
	if f.Execute {
		name += " after executing"
	}
	return name
}

func Test200ThatIsNotTerminal(t *testing.T) {
	for _, execute := range []bool{false, true} {
		w := newWorld(t, Options{})
		id := w.open(t, Dispute{})
		w.breaks(t, Fault{Kind: Unchanged, Path: closePattern, Execute: execute})
		d, err := w.client.Close(t.Context(), id, soon())
		if err != nil || d.Status != dispute.NeedsResponse {
			t.Errorf("got %s, %v", d.Status, err)
		}
		if executed := len(w.Closes()[id]) == 1; executed != execute {
			t.Errorf("executed %v, want %v", executed, execute)
		}
	}
}

func TestALateExecution(t *testing.T) {
	release := make(chan struct{})
	w := newWorld(t, Options{Sleep: func(d time.Duration) {
		if d != time.Hour {
			t.Errorf("delayed by %v", d)
		}
		<-release
	}})
	quick, err := wooshpay.New(wooshpay.Config{BaseURL: w.url, Key: wooshpay.FixedKey(testKey), CloseTimeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	id := w.open(t, Dispute{})
	w.breaks(t, Fault{Kind: Delay, DelayMs: int(time.Hour / time.Millisecond), Path: closePattern})
	if _, err := quick.Close(t.Context(), id, soon()); err == nil || fault.Of(err) != fault.Ambiguous {
		t.Errorf("got %v", err)
	}
	if d, _, err := w.client.Get(t.Context(), id); err != nil || d.Status != dispute.NeedsResponse {
		t.Errorf("before the execution: %s, %v", d.Status, err)
	}
	close(release)
	for range 100 {
		if len(w.Closes()[id]) == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the close was never executed")
}

func TestStaleAnswers(t *testing.T) {
	w := newWorld(t, Options{})
	old := w.open(t, Dispute{})
	w.breaks(t, Fault{Kind: Stale, Path: listPath})
	w.breaks(t, Fault{Kind: Stale, Dispute: old})
	w.open(t, Dispute{})
	if _, err := w.client.Close(t.Context(), old, soon()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		listed int
		status dispute.Status
	}{{1, dispute.NeedsResponse}, {2, dispute.Lost}} {
		page, listErr := w.client.List(t.Context(), wooshpay.ListQuery{})
		d, _, getErr := w.client.Get(t.Context(), old)
		if listErr != nil || getErr != nil || len(page.Disputes) != want.listed || d.Status != want.status {
			t.Errorf("got %d listed and %s, want %+v; %v, %v", len(page.Disputes), d.Status, want, listErr, getErr)
		}
	}
}

func TestTheListMayNotBeOffered(t *testing.T) {
	w := newWorld(t, Options{})
	w.breaks(t, Fault{Kind: AnswerStatus, Status: 405, Path: listPath, Times: -1})
	for range 3 {
		if _, err := w.client.List(t.Context(), wooshpay.ListQuery{}); !errors.Is(err, wooshpay.ErrListUnavailable) {
			t.Fatalf("got %v", err)
		}
	}
	w.Mend()
	if _, err := w.client.List(t.Context(), wooshpay.ListQuery{}); err != nil {
		t.Error(err)
	}
}

func TestRetryAfterIsSent(t *testing.T) {
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{})
	w.breaks(t, Fault{Kind: AnswerStatus, Status: 429, RetryAfterS: 30})
	if _, err := w.client.Close(t.Context(), id, soon()); fault.RetryAfter(err) != 30*time.Second {
		t.Errorf("got %v: %v", fault.RetryAfter(err), err)
	}
}

// 404 just after the event, and faults that are counted and aimed.
func TestFaultsAreAimedAndCounted(t *testing.T) {
	w := newWorld(t, Options{})
	hit, spared := w.open(t, Dispute{}), w.open(t, Dispute{})
	w.breaks(t, Fault{Kind: AnswerStatus, Status: 404, Method: http.MethodGet, Dispute: hit, Skip: 1, Times: 2})
	var got []string
	for range 5 {
		_, _, err := w.client.Get(t.Context(), hit)
		got = append(got, map[bool]string{true: "ok", false: "404"}[err == nil])
		if _, _, err := w.client.Get(t.Context(), spared); err != nil {
			t.Errorf("the other dispute: %v", err)
		}
	}
	if text := strings.Join(got, " "); text != "ok 404 404 ok ok" {
		t.Errorf("got %s", text)
	}
	if _, err := w.client.Close(t.Context(), hit, soon()); err != nil || len(w.Faults()) != 0 {
		t.Errorf("the close: %v; still to come: %v", err, w.Faults())
	}
}

func TestAFaultThatMakesNoSenseIsRefused(t *testing.T) {
	for _, f := range []Fault{
		{}, {Kind: "flood"}, {Kind: AnswerStatus}, {Kind: AnswerStatus, Status: 99}, {Kind: AnswerStatus, Status: 600},
		{Kind: Drop, Path: "["}, {Kind: Drop, Skip: -1}, {Kind: Delay, DelayMs: -1}, {Kind: Stale, Method: http.MethodPost},
	} {
		if err := New(Options{}).Break(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}
