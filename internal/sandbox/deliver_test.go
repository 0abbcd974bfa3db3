package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// listener is an endpoint that verifies what it gets and answers as told.
type listener struct {
	url     string
	status  int
	secrets []string
	types   []string
	ids     []string
}

func listen(t *testing.T, w world) *listener {
	t.Helper()
	l := &listener{status: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := wooshpay.Verify(r.Header.Get(wooshpay.SignatureHeader), body, l.secrets, w.clock.now(), time.Minute, time.Minute); err != nil {
			t.Errorf("%v: %s", err, r.Header.Get(wooshpay.SignatureHeader))
		}
		event, err := dispute.ParseEvent(body)
		if err != nil {
			t.Error(err)
		}
		l.types, l.ids = append(l.types, strings.TrimPrefix(event.Type, "charge.")), append(l.ids, event.ID)
		rw.WriteHeader(l.status)
	}))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *listener) register(t *testing.T, w world, types ...string) {
	t.Helper()
	e, err := w.Register(l.url, types...)
	if err != nil {
		t.Fatal(err)
	}
	l.secrets = append(l.secrets, e.Secret)
}

func TestEventsAreDeliveredSignedAndInOrder(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	w.open(t, Dispute{})
	l.register(t, w, "*")
	id := w.open(t, Dispute{})
	if _, err := w.client.Close(t.Context(), id, soon()); err != nil {
		t.Fatal(err)
	}
	for _, sent := range w.Deliver(t.Context()) {
		if !sent.Acknowledged() || sent.Err != nil {
			t.Errorf("got %+v", sent)
		}
	}
	if got := strings.Join(l.types, " "); got != "dispute.created dispute.closed" {
		t.Errorf("delivered %s", got)
	}
	if again := w.Deliver(t.Context()); len(again) != 0 {
		t.Errorf("delivered again: %v", again)
	}
}

func TestAnEndpointGetsWhatItAskedForAndTwiceIfRegisteredTwice(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, typeCreated)
	l.register(t, w, typeCreated, typeClosed)
	if _, err := w.SetStatus(w.open(t, Dispute{}), dispute.Won); err != nil {
		t.Fatal(err)
	}
	w.Deliver(t.Context())
	if got := strings.Join(l.types, " "); got != "dispute.created dispute.created dispute.closed" || l.ids[0] != l.ids[1] {
		t.Errorf("delivered %s with the ids %v", got, l.ids)
	}
}

func TestWhatIsNotAcknowledgedIsTriedAgain(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, "*")
	l.status = http.StatusServiceUnavailable
	w.open(t, Dispute{})
	if sent := w.Deliver(t.Context()); len(sent) != 1 || sent[0].Status != 503 || sent[0].Acknowledged() {
		t.Fatalf("got %+v", sent)
	}
	if early := w.Deliver(t.Context()); len(early) != 0 {
		t.Errorf("tried at once: %v", early)
	}
	w.clock.pass(firstWait)
	l.status = http.StatusAccepted
	if sent := w.Deliver(t.Context()); len(sent) != 1 || !sent[0].Acknowledged() {
		t.Errorf("got %+v", sent)
	}
	w.clock.pass(100 * time.Hour)
	if late := w.Deliver(t.Context()); len(late) != 0 || len(l.ids) != 2 || l.ids[0] != l.ids[1] {
		t.Errorf("tried %v after the acknowledgement; delivered %v", late, l.ids)
	}
}

// WooshPay documents up to 18 tries in 72 hours.
func TestTriesEnd(t *testing.T) {
	b := NewBooks()
	if _, err := b.Register("https://example.org", []string{"*"}, "", start); err != nil {
		t.Fatal(err)
	}
	opened(t, b, Dispute{})
	now, tries := start, 0
	for len(b.Due(now)) == 1 {
		tries++
		b.Tried(0, false, now)
		if next := b.Deliveries()[0].NextAt; !next.IsZero() {
			now = next
		}
	}
	if took := now.Sub(start); tries != 18 || took > 72*time.Hour || took < 48*time.Hour {
		t.Errorf("%d tries in %v", tries, took)
	}
}

func TestAnEndpointThatIsGoneIsReported(t *testing.T) {
	w := newWorld(t, Options{})
	if _, err := w.Register("http://127.0.0.1:1", "*"); err != nil {
		t.Fatal(err)
	}
	w.open(t, Dispute{})
	if sent := w.Deliver(t.Context()); len(sent) != 1 || sent[0].Err == nil || sent[0].Acknowledged() {
		t.Errorf("got %+v", sent)
	}
}

func TestRedeliverSendsTheSameBytesOnceMore(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, "*")
	w.open(t, Dispute{})
	w.Deliver(t.Context())
	w.clock.pass(time.Hour)
	event := w.Events()[0]
	if sent := w.Redeliver(t.Context(), event.ID); len(sent) != 1 || !sent[0].Acknowledged() {
		t.Errorf("got %+v", sent)
	}
	if len(l.ids) != 2 || l.ids[0] != event.ID || l.ids[1] != event.ID {
		t.Errorf("delivered %v", l.ids)
	}
	if none := w.Redeliver(t.Context(), "evt_x"); len(none) != 0 {
		t.Errorf("delivered an event that does not exist: %v", none)
	}
}

func TestARotatedSecretSigns(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, "*")
	var next string
	w.With(func(b *Books, _ time.Time) { next, _ = b.RotateSecret(b.Endpoints()[0].ID) })
	if next == l.secrets[0] {
		t.Fatal("the secret did not change")
	}
	l.secrets = []string{next}
	w.open(t, Dispute{})
	w.Deliver(t.Context())
	if len(l.types) != 1 {
		t.Errorf("delivered %v", l.types)
	}
}

func TestTheSecretIsShownOnlyAtCreation(t *testing.T) {
	w := newWorld(t, Options{})
	order := `{"url":"https://example.org/hook","enabled_events":["charge.dispute.created"],"description":"ours"}`
	made := w.call(t, http.MethodPost, "/v1/webhook_endpoints", order, nil)
	var e Endpoint
	if err := json.Unmarshal([]byte(made.body), &e); err != nil || made.status != http.StatusOK || !strings.HasPrefix(e.ID, "we_") || e.Secret == "" || e.Status != "enabled" {
		t.Fatalf("got %d, %s", made.status, made.body)
	}
	list := w.call(t, http.MethodGet, "/v1/webhook_endpoints", "", nil).body
	if !strings.Contains(list, e.ID) || !strings.Contains(list, e.URL) || strings.Contains(list, "secret") {
		t.Errorf("listed %s", list)
	}
}

func TestRunDeliversUntilItIsStopped(t *testing.T) {
	w := newWorld(t, Options{})
	l := listen(t, w)
	l.register(t, w, "*")
	w.open(t, Dispute{})
	done := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() { w.Run(ctx, time.Millisecond); close(done) }()
	for range 200 {
		var delivered bool
		w.With(func(b *Books, _ time.Time) { delivered = b.Deliveries()[0].Done })
		if delivered {
			stop()
			<-done
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("nothing was delivered")
	stop()
}
