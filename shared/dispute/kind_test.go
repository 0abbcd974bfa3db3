package dispute_test

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/shared/dispute"
)

// Each text is what its kind says, or one that does not say.
func TestKindsOfObjects(t *testing.T) {
	parsers := map[string]struct {
		parse func(raw string) error
		other error
	}{
		"dispute": {func(raw string) error { _, err := dispute.Parse([]byte(raw)); return err }, dispute.ErrNotDispute},
		"charge":  {func(raw string) error { _, err := dispute.ParseCharge([]byte(raw)); return err }, dispute.ErrNotCharge},
		"event":   {func(raw string) error { _, err := dispute.ParseEvent([]byte(raw)); return err }, dispute.ErrNotEvent},
	}
	const any = "any"
	for _, tc := range []struct{ raw, kind, says string }{
		{`{"id":"x_1","type":"t"}`, any, ""},
		{`{"id":"x_1","type":"t","object":null}`, any, ""},
		{`{"id":"x_1","type":"t","object":7}`, any, ""},
		{`{"id":"x_1","type":"t","object":["charge"]}`, any, ""},
		{`{"id":"x_1","type":"t","object":{"id":"ch_1"}}`, any, ""},
		{`{"id":"x_1","type":"t","object":""}`, any, ""},
		{`{"id":"x_1","type":"t","Object":"customer"}`, any, ""},
		{`{"id":"x_1","type":"t","status":"lost","error":{}}`, any, ""},
		{`{"id":"x_1","type":"t","error":null}`, any, ""},
		{`{"id":"x_1","type":"t","data":{}}`, any, ""},
		{`{"id":"chargeback_1","type":"t"}`, any, ""},

		{`{"id":"x_1","type":"t","object":"dispute"}`, "dispute", `its object is "dispute"`},
		{`{"id":"x_1","type":"t","object":"DISPUTE"}`, "dispute", `its object is "DISPUTE"`},
		{`{"id":"ch_1","type":"t","object":"dispute","data":{"object":{}},"error":{}}`, "dispute", `its object is "dispute"`},
		{`{"id":"dp_1","type":"t","object":"charge"}`, "charge", `its object is "charge"`},
		{`{"id":"dp_1","type":"t","object":"dispute","object":"charge"}`, "charge", `its object is "charge"`},
		{`{"id":"dp_1","type":"t","object":"event"}`, "event", `its object is "event"`},
		{`{"id":"dp_1","type":"t","object":"list"}`, "", `its object is "list"`},
		{`{"id":"dp_1","type":"t","object":"\u001b]0;x\u0007\u202e"}`, "", `its object is "\x1b]0;x\a\u202e"`},
		{`{"id":"dp_1","type":"t","object":"` + strings.Repeat("é", 50) + `"}`, "", `its object is "` + strings.Repeat("é", 40) + `"`},

		{`{"id":"x_1","type":"t","data":{"object":{}}}`, "event", "it has no object field and looks like an event"},
		{`{"id":"evt_1","type":"t"}`, "event", "it has no object field and looks like an event"},
		{`{"id":"ch_1","type":"t"}`, "charge", "it has no object field and looks like a charge"},
		{`{"id":{"id":"ch_1"},"type":"t"}`, "charge", "it has no object field and looks like a charge"},
		{`{"id":"pi_1","type":"t"}`, "", "it has no object field and looks like a payment intent"},
		{`{"id":"re_1","type":"t"}`, "", "it has no object field and looks like a refund"},
		{`{"id":"cus_1","type":"t"}`, "", "it has no object field and looks like a customer"},
		{`{"id":"dp_1","type":"t","error":{"type":"api_error"}}`, "", "it has no object field and looks like an error"},
	} {
		for kind, p := range parsers {
			err := p.parse(tc.raw)
			if tc.kind == any || tc.kind == kind {
				if err != nil {
					t.Errorf("%s as %s: %v", tc.raw, kind, err)
				}
				continue
			}
			if !errors.Is(err, p.other) || !strings.HasSuffix(err.Error(), ": "+tc.says) {
				t.Errorf("%s as %s: %v; want %v, %s", tc.raw, kind, err, p.other, tc.says)
			}
		}
	}
	// Without a type, nothing is an event.
	if d, err := dispute.Parse([]byte(`{"id":"dp_1","data":{"object":{}}}`)); err != nil || d.ID != "dp_1" {
		t.Errorf("a dispute with data: %v", err)
	}
}

func TestEventsAboutSomethingElse(t *testing.T) {
	for _, object := range []string{`{"id":"ch_9","object":"charge","amount":1000}`, `{"id":"ch_9","amount":1000}`, `{"id":"dp_9","object":"charge"}`} {
		e, err := dispute.ParseEvent([]byte(`{"id":"evt_1","object":"event","type":"charge.dispute.created","data":{"object":` + object + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Dispute(); !errors.Is(err, dispute.ErrNotEvent) || !errors.Is(err, dispute.ErrNotDispute) {
			t.Errorf("%s: %v, want ErrNotEvent and ErrNotDispute", object, err)
		}
	}
}
