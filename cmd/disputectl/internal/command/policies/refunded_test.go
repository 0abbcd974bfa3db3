package policies

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// TestWhatExplainTakesTheChargeFor is what the closer would read, as far as anything known says it.
func TestWhatExplainTakesTheChargeFor(t *testing.T) {
	none := dispute.Maybe[bool]{}
	stopped := func(doubt ...string) *policy.Decision {
		return &policy.Decision{Guard: policy.GuardRefunded, Doubt: doubt, GuardReason: "answered 404"}
	}
	for _, c := range []struct {
		name, flag string
		change     func(*closing.Case)
		want       dispute.Maybe[bool]
		silence    string
		note       string
	}{
		{"nothing", "", nil, dispute.Known(false), "", "assumed: the charge was not refunded"},
		{"true", "true", nil, dispute.Known(true), "", ""},
		{"false", "false", nil, dispute.Known(false), "", ""},
		{"unknown", "unknown", nil, none, "as --refunded says", ""},
		{"no charge", "", func(c *closing.Case) { c.Dispute.Charge = "" }, none, "the dispute names no charge", "names no charge"},
		{"refunded at the last look", "", func(c *closing.Case) { c.Decision = stopped() }, dispute.Known(true), "", "was refunded at the closer's last look"},
		{"unknown at the last look", "", func(c *closing.Case) { c.Decision = stopped("refunded") }, none, "answered 404", "did not say at the closer's last look"},
		{"the flag beats the last look", "false", func(c *closing.Case) { c.Decision = stopped() }, dispute.Known(false), "", ""},
		{"another guard at the last look", "", func(c *closing.Case) { c.Decision = &policy.Decision{Guard: policy.GuardBudget} }, dispute.Known(false), "", "assumed"},
		{"a status of which no charge is read", "", func(c *closing.Case) { c.Dispute.Status = dispute.UnderReview }, none, "", ""},
		{"a refund in the dispute's copy", "", func(c *closing.Case) { c.Dispute.ChargeRefunded = dispute.Known(true) }, none, "", "own copy of the charge"},
		{"no refund in the dispute's copy", "", func(c *closing.Case) { c.Dispute.ChargeRefunded = dispute.Known(false) }, dispute.Known(false), "", "assumed"},
	} {
		s := view.Subject{Case: closing.Case{Dispute: dispute.Dispute{Status: dispute.NeedsResponse, Charge: "ch_1"}}}
		if c.change != nil {
			c.change(&s.Case)
		}
		if err := assumeRefund(c.flag, &s); err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(s.Notes, "\n")
		if s.Refunded != c.want || s.Silence != c.silence || !strings.Contains(notes, c.note) || (notes == "") != (c.note == "") {
			t.Errorf("%s: %+v, %q, %q; want %+v, %q, %q", c.name, s.Refunded, s.Silence, notes, c.want, c.silence, c.note)
		}
	}
	var f *cli.ExitError
	if err := assumeRefund("maybe", &view.Subject{}); !errors.As(err, &f) || f.Code != cli.Misused {
		t.Errorf("maybe: %v", err)
	}
}
