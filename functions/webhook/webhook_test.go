package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/webhook"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

const id = "dp_1497123612345438208"

func TestGoodEventsArmTheirCase(t *testing.T) {
	for _, name := range []string{"dispute-created", "dispute-updated", "dispute-closed"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.want(t, signed(t, name), http.StatusOK, 1, 1)
			c, err := w.ledger.Ledger.Load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if !c.Armed() || c.DueAt != noon || c.State != closing.Open || len(c.Seen) != 1 {
				t.Errorf("stored %+v", c)
			}
		})
	}
}

// The snapshot has the event's instant, not that of its arrival: an older event that arrives late must not replace it.
func TestTheSnapshotIsAsOldAsItsEvent(t *testing.T) {
	w := newWorld()
	w.want(t, signed(t, "dispute-updated"), http.StatusOK, 1, 1)
	w.want(t, signed(t, "dispute-created"), http.StatusOK, 1, 1)
	c, err := w.ledger.Ledger.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.UnixMilli(1772456400123).UTC(); c.ObservedAt != want || !dispute.Is(c.Dispute.HasEvidence, true) {
		t.Errorf("observed at %s with evidence %v, want %s and the update's", c.ObservedAt, c.Dispute.HasEvidence, want)
	}
}

func TestADuplicateCostsOneRead(t *testing.T) {
	w := newWorld()
	w.want(t, signed(t, "dispute-created"), http.StatusOK, 1, 1)
	w.want(t, signed(t, "dispute-created"), http.StatusOK, 1, 0)
}

func TestUnverifiedRequestsTouchNoLedger(t *testing.T) {
	good := fromFile(t, "dispute-created")
	body := []byte(good.Body)
	encoded := good
	encoded.IsBase64Encoded = true
	wrong := []string{"the forged event", "another secret", "another body"} // their signatures have WooshPay's form
	tests := map[string]events.APIGatewayV2HTTPRequest{
		"no signature":      good,
		"the forged event":  fromFile(t, "forged"),
		"empty":             withSignature(good, ""),
		"malformed":         withSignature(good, "sha256=abc"),
		"no instant":        withSignature(good, "v1="+strings.Repeat("0", 64)),
		"another secret":    withSignature(good, wooshpay.Sign("whsec_another", noon, body)),
		"another body":      withSignature(good, wooshpay.Sign(secret, noon, append(body, ' '))),
		"stale":             withSignature(good, wooshpay.Sign(secret, noon.Add(-80*time.Hour-time.Second), body)),
		"future":            withSignature(good, wooshpay.Sign(secret, noon.Add(webhook.MaxLead+time.Second), body)),
		"base64 that is no": withSignature(encoded, wooshpay.Sign(secret, noon, body)),
		"nothing at all":    {},
	}
	for name, req := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			counted := []metrics.Name{metrics.Forged}
			if slices.Contains(wrong, name) {
				counted = append(counted, metrics.WrongSignature)
			}
			w.want(t, req, http.StatusUnauthorized, 0, 0, counted...)
			if strings.Contains(w.log.String(), "level=ERROR") {
				t.Error("anybody can cause errors in the log")
			}
		})
	}
}

func TestSignaturesAtTheLimitsOfAge(t *testing.T) {
	good := fromFile(t, "dispute-created")
	for _, at := range []time.Time{noon.Add(-80 * time.Hour), noon.Add(webhook.MaxLead)} {
		newWorld().want(t, withSignature(good, wooshpay.Sign(secret, at, []byte(good.Body))), http.StatusOK, 1, 1)
	}
}

func TestHeaderNamesInAnyCase(t *testing.T) {
	for _, name := range []string{"wooshpay-signature", "Wooshpay-Signature", "WOOSHPAY-SIGNATURE"} {
		req := fromFile(t, "dispute-created")
		req.Headers[name] = wooshpay.Sign(secret, noon, []byte(req.Body))
		newWorld().want(t, req, http.StatusOK, 1, 1)
	}
}

func TestBase64Bodies(t *testing.T) {
	req := signed(t, "dispute-created")
	req.Body, req.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(req.Body)), true
	newWorld().want(t, req, http.StatusOK, 1, 1)
}

// The exact bytes are verified, so white space, order and escapes of the JSON do not matter.
func TestTheExactBytesAreVerified(t *testing.T) {
	body := " {\"type\" : \"charge.dispute.created\",\r\n\"id\":\"evt_\\u0031\", \"data\":{\"object\":{\"id\":\"dp_1\"}}} \n"
	newWorld().want(t, signedBody(body), http.StatusOK, 1, 1)
}

func TestBodiesAboveTheLimit(t *testing.T) {
	padded := func(size int) string {
		const event = `{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":"dp_1"}}}`
		return event + strings.Repeat(" ", size-len(event))
	}
	newWorld().want(t, signedBody(padded(webhook.MaxBody)), http.StatusOK, 1, 1)
	newWorld().want(t, signedBody(padded(webhook.MaxBody+1)), http.StatusRequestEntityTooLarge, 0, 0, metrics.TooLarge)
	for _, size := range []int{webhook.MaxBody + 1, webhook.MaxBody + 2, 2 * webhook.MaxBody} {
		req := signedBody(padded(size))
		req.Body, req.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(req.Body)), true
		newWorld().want(t, req, http.StatusRequestEntityTooLarge, 0, 0, metrics.TooLarge)
	}
	largest := signedBody(padded(webhook.MaxBody))
	largest.Body, largest.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(largest.Body)), true
	newWorld().want(t, largest, http.StatusOK, 1, 1)
}

// The size is checked first: a body that is too large must cost nothing.
func TestATooLargeBodyIsNotVerified(t *testing.T) {
	w := newWorld()
	w.secrets.err = errors.New("must not be asked")
	w.want(t, events.APIGatewayV2HTTPRequest{Body: strings.Repeat("x", webhook.MaxBody+1)}, http.StatusRequestEntityTooLarge, 0, 0, metrics.TooLarge)
	if log := w.log.String(); strings.Contains(log, "level=ERROR") || !strings.Contains(log, "status=413") {
		t.Errorf("anybody can cause this line, so it is no error: %s", log)
	}
}

func TestGenuineAndUnusable(t *testing.T) {
	tests := map[string]struct{ body, event string }{
		"no JSON":                      {"hello", ""},
		"empty":                        {"", ""},
		"no object":                    {`["evt_1"]`, ""},
		"no type":                      {`{"id":"evt_1"}`, "evt_1"},
		"no id":                        {`{"type":"charge.dispute.created"}`, ""},
		"no dispute":                   {`{"id":"evt_1","type":"charge.dispute.created"}`, "evt_1"},
		"dispute is a text":            {`{"id":"evt_1","type":"charge.dispute.created","data":{"object":"dp_1"}}`, "evt_1"},
		"dispute without id":           {`{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"amount":1}}}`, "evt_1"},
		"event of live mode":           {`{"id":"evt_1","type":"charge.dispute.created","livemode":true,"data":{"object":{"id":"dp_1"}}}`, "evt_1"},
		"dispute of a long id":         {`{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":"` + strings.Repeat("1", 10<<10) + `"}}}`, "evt_1"},
		"dispute of a number too long": {`{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":` + strings.Repeat("1", dispute.MaxID+1) + `}}}`, "evt_1"},
		"event of a long id":           {`{"id":"evt_` + strings.Repeat("1", dispute.MaxID) + `","type":"charge.dispute.created","data":{"object":{"id":"dp_1"}}}`, "evt_1"},
		"dispute of the same":          {`{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":"dp_1","livemode":true}}}`, "evt_1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.want(t, signedBody(test.body), http.StatusBadRequest, 0, 0, metrics.Rejected)
			if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "event="+test.event) {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

// A dispute event about another object opens no case.
func TestEventsAboutAnotherObject(t *testing.T) {
	for object, named := range map[string]string{
		`{"id":"ch_9","object":"charge","amount":1000,"currency":"usd"}`:  `its object is \"charge\"`,
		`{"id":"ch_9","amount":1000,"currency":"usd"}`:                    "looks like a charge",
		`{"id":"dp_9","object":"customer"}`:                               `its object is \"customer\"`,
		`{"id":"evt_2","object":"event","type":"charge.dispute.created"}`: `its object is \"event\"`,
	} {
		w := newWorld()
		body := `{"id":"evt_1","object":"event","type":"charge.dispute.created","data":{"object":` + object + `}}`
		w.want(t, signedBody(body), http.StatusBadRequest, 0, 0, metrics.Rejected)
		if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "event=evt_1") || !strings.Contains(log, named) {
			t.Errorf("%s: the log says %s, want %s", object, log, named)
		}
	}
}

// An id at the limit is stored: the ledger has the same limit.
func TestIDsAtTheLimit(t *testing.T) {
	longest := strings.Repeat("1", dispute.MaxID)
	body := `{"id":"` + longest + `","type":"charge.dispute.created","data":{"object":{"id":"` + longest + `"}}}`
	newWorld().want(t, signedBody(body), http.StatusOK, 1, 1)
}

func TestALongIDDoesNotFillTheLog(t *testing.T) {
	w := newWorld()
	body := `{"id":"` + strings.Repeat("1", 10<<10) + `","type":"charge.dispute.created","data":{"object":{"id":"dp_1"}}}`
	w.want(t, signedBody(body), http.StatusBadRequest, 0, 0, metrics.Rejected)
	if log := w.log.String(); len(log) > 4*dispute.MaxID {
		t.Errorf("%d bytes are logged", len(log))
	}
}

func TestOtherKindsAreIgnored(t *testing.T) {
	newWorld().want(t, signed(t, "other-kind"), http.StatusOK, 0, 0, metrics.Ignored)
}

func TestKindsOfTheFamilyThatAreNotKnownYet(t *testing.T) {
	body := `{"id":"evt_1","type":"charge.dispute.escalated","data":{"object":{"id":"dp_1"}}}`
	newWorld().want(t, signedBody(body), http.StatusOK, 1, 1)
}

func TestModesOfURLs(t *testing.T) {
	for url, want := range map[string]dispute.Maybe[bool]{
		wooshpay.TestURL: dispute.Known(false), wooshpay.LiveURL: dispute.Known(true), "http://127.0.0.1:9": {}, "": {},
	} {
		if got := webhook.Livemode(url); got != want {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
}

// If the account's mode is not known, events of both modes are accepted.
func TestAnUnknownModeRefusesNothing(t *testing.T) {
	w := newWorld()
	w.Livemode = dispute.Maybe[bool]{}
	body := `{"id":"evt_1","type":"charge.dispute.created","livemode":true,"data":{"object":{"id":"dp_1","livemode":false}}}`
	w.want(t, signedBody(body), http.StatusOK, 1, 1)
}

func TestAnUnavailableLedgerHasItDeliveredAgain(t *testing.T) {
	w := newWorld()
	w.ledger.err = errDown
	w.want(t, signed(t, "dispute-created"), http.StatusServiceUnavailable, 1, 0, metrics.Refused)
	w.ledger.errOnSave = true
	w.want(t, signed(t, "dispute-created"), http.StatusServiceUnavailable, 1, 1, metrics.Refused)
	if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "dispute="+id) {
		t.Errorf("the log says %s", log)
	}
}

func TestUnreadableSecretsHaveItDeliveredAgain(t *testing.T) {
	w := newWorld()
	w.secrets.now, w.secrets.err = nil, errors.New("Secrets Manager is throttled")
	w.want(t, signed(t, "dispute-created"), http.StatusServiceUnavailable, 0, 0, metrics.Refused)
}

// The answer is ready before Lambda ends the invocation.
func TestTimeIsKeptForTheAnswer(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	got, err := w.Handle(ctx, signed(t, "dispute-created"))
	if err != nil || got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got %d, %v; the ledger was called with the answer's own time", got.StatusCode, err)
	}
	if ctx.Err() != nil {
		t.Error("the answer came too late")
	}
}

func TestARotatedSecretCountsAtOnce(t *testing.T) {
	w := newWorld()
	w.secrets.now, w.secrets.stored = []string{"whsec_old"}, []string{secret, "whsec_old"}
	w.want(t, signed(t, "dispute-created"), http.StatusOK, 1, 1)
	w.want(t, signed(t, "dispute-updated"), http.StatusOK, 1, 1)
	if w.secrets.renewals != 1 {
		t.Errorf("%d renewals, want 1", w.secrets.renewals)
	}
}

func TestOnlyAMismatchReadsTheSecretsAgain(t *testing.T) {
	good := fromFile(t, "dispute-created")
	stale := wooshpay.Sign(secret, noon.Add(-90*time.Hour), []byte(good.Body))
	for signature, want := range map[string]int{"": 0, "malformed": 0, stale: 0, wooshpay.Sign("whsec_another", noon, []byte(good.Body)): 1} {
		w := newWorld()
		w.send(t, withSignature(good, signature))
		if w.secrets.renewals != want {
			t.Errorf("signature %.20q: %d renewals, want %d", signature, w.secrets.renewals, want)
		}
	}
}

// Deliveries of the same and of different events at once: each is answered 200, and every event is stored.
func TestConcurrentDeliveries(t *testing.T) {
	ledger := memory.New()
	h := &webhook.Handler{
		Learner: closing.Learner{Ledger: ledger, Watcher: silent{}, Now: func() time.Time { return noon }, Pause: pause.Before},
		Secrets: &secrets{now: []string{secret}}, Livemode: dispute.Known(false), MaxAge: 80 * time.Hour,
		Meter: meter{}, Log: slog.New(slog.DiscardHandler),
	}
	var all sync.WaitGroup
	deliver := func(name string) {
		req := signed(t, name)
		all.Go(func() {
			if got, err := h.Handle(t.Context(), req); err != nil || got.StatusCode != http.StatusOK {
				t.Errorf("%s: %d, %v", name, got.StatusCode, err)
			}
		})
	}
	for range 5 {
		deliver("dispute-created")
		deliver("dispute-updated")
		deliver("dispute-closed")
	}
	all.Wait()
	c, err := ledger.Load(t.Context(), id)
	if err != nil || len(c.Seen) != 3 || c.Version != 3 {
		t.Errorf("saw %v at version %d, want three events and three versions; %v", c.Seen, c.Version, err)
	}
}

// Of twenty events of one dispute at once, none is refused.
func TestManyEventsOfOneDisputeAtOnce(t *testing.T) {
	const events = 20
	ledger := memory.New()
	h := &webhook.Handler{
		Learner: closing.Learner{Ledger: ledger, Watcher: silent{}, Now: func() time.Time { return noon }, Pause: pause.Before},
		Secrets: &secrets{now: []string{secret}}, Livemode: dispute.Known(false), MaxAge: 80 * time.Hour,
		Meter: meter{}, Log: slog.New(slog.DiscardHandler),
	}
	var all sync.WaitGroup
	for i := range events {
		req := signedBody(fmt.Sprintf(`{"id":"evt_%d","type":"charge.dispute.updated","data":{"object":{"id":"dp_1"}}}`, i))
		all.Go(func() {
			if got, err := h.Handle(t.Context(), req); err != nil || got.StatusCode != http.StatusOK {
				t.Errorf("event %d: %d, %v", i, got.StatusCode, err)
			}
		})
	}
	all.Wait()
	if c, err := ledger.Load(t.Context(), "dp_1"); err != nil || len(c.Seen) != events {
		t.Errorf("saw %d events, want %d; %v", len(c.Seen), events, err)
	}
}
