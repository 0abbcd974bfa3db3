package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"disputecloser/shared/dispute"
)

// TestTheFileIsWhatTheProgramPrints, so that nobody edits one without the other.
func TestTheFileIsWhatTheProgramPrints(t *testing.T) {
	var printed bytes.Buffer
	if err := write(&printed); err != nil {
		t.Fatal(err)
	}
	stored, err := os.ReadFile("past.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(printed.Bytes(), stored) {
		t.Error("past.jsonl is not what the program prints: go run ./examples > examples/past.jsonl")
	}
}

// TestWhatIsMadeUpIsPlausible: every dispute is read as one of WooshPay's, with all that a rule asks for.
func TestWhatIsMadeUpIsPlausible(t *testing.T) {
	var printed bytes.Buffer
	if err := write(&printed); err != nil {
		t.Fatal(err)
	}
	statuses, currencies, ids := map[dispute.Status]int{}, map[string]int{}, map[dispute.ID]bool{}
	for line := range strings.Lines(printed.String()) {
		d, err := dispute.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		amount, known := d.Amount.Get()
		if !known || amount < 1 || d.Created.IsZero() || d.DueBy.IsZero() || d.ReasonCode == "" || d.Charge == "" ||
			!d.HasEvidence.IsKnown() || !dispute.Is(d.Livemode, true) || !d.Status.Known() {
			t.Errorf("%s", line)
		}
		statuses[d.Status]++
		currencies[d.Currency]++
		ids[d.ID] = true
	}
	if len(ids) != disputes {
		t.Errorf("%d disputes, want %d", len(ids), disputes)
	}
	for _, status := range []dispute.Status{dispute.Won, dispute.Lost, "warning_closed", "charge_refunded", dispute.UnderReview} {
		if statuses[status] < 20 {
			t.Errorf("%d are %s", statuses[status], status)
		}
	}
	if len(currencies) != len(markets) || statuses[dispute.Won] > statuses[dispute.Lost] {
		t.Errorf("%v, %v", currencies, statuses)
	}
}
