package dispute_test

import (
	"errors"
	"testing"
	"time"

	"disputecloser/shared/dispute"
)

func TestEvents(t *testing.T) {
	e, err := dispute.ParseEvent([]byte(`{"id":"evt_1","type":"charge.dispute.created","created":1669643926000,"livemode":false,"data":{"object":{"id":"dp_1","extra": 1}}}`))
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Dispute()
	if err != nil || d.ID != "dp_1" || string(d.Raw()) != `{"id":"dp_1","extra": 1}` {
		t.Fatalf("dispute %s, %s, %v", d.ID, d.Raw(), err)
	}
	if !e.Created.Equal(time.Unix(1669643926, 0)) || !dispute.Is(e.Livemode, false) {
		t.Fatalf("created %s, livemode %v", e.Created, e.Livemode)
	}
}

func TestKindsOfEvents(t *testing.T) {
	for kind, want := range map[string]bool{
		"charge.dispute.created":          true,
		"charge.dispute.funds_reinstated": true,
		"charge.dispute.invented":         true,
		"charge.refunded":                 false,
		"charge.disputed":                 false,
	} {
		e, err := dispute.ParseEvent([]byte(`{"id":"evt_1","type":"` + kind + `","data":{"object":{"id":"dp_1"}}}`))
		if err != nil || e.AboutDispute() != want {
			t.Errorf("%s: about a dispute %t, %v", kind, e.AboutDispute(), err)
		}
	}
}

func TestBadEvents(t *testing.T) {
	for name, body := range map[string]string{
		"empty":      ``,
		"no JSON":    `hello`,
		"no object":  `[]`,
		"no id":      `{"type":"charge.dispute.created"}`,
		"no type":    `{"id":"evt_1"}`,
		"no data":    `{"id":"evt_1","type":"charge.dispute.created"}`,
		"no dispute": `{"id":"evt_1","type":"charge.dispute.created","data":{"object":{}}}`,
		"null":       `{"id":"evt_1","type":"charge.dispute.created","data":null}`,
		"no id left": `{"id":"evt_1","type":"charge.dispute.created","data":{"object":{"id":null}}}`,
	} {
		e, err := dispute.ParseEvent([]byte(body))
		if err == nil {
			_, err = e.Dispute()
		}
		if !errors.Is(err, dispute.ErrNotEvent) {
			t.Errorf("%s: %v, want ErrNotEvent", name, err)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"id":"evt_1","type":"charge.dispute.created","created":1,"data":{"object":{"id":"dp_1","amount":1}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := dispute.ParseEvent(body)
		if err != nil {
			return
		}
		if d, err := e.Dispute(); err == nil && (d.ID == "" || len(d.Raw()) == 0) {
			t.Fatalf("a dispute without id or text from %q", body)
		}
	})
}

func FuzzDispute(f *testing.F) {
	for _, text := range oddities {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { wantReference(t, raw) })
}
