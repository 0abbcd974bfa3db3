package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"disputecloser/internal/naive"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// rounds is how many random policies a test tries. POLICY_ROUNDS sets another number.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	text, ok := os.LookupEnv("POLICY_ROUNDS")
	if !ok {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDecisionAgreesWithTheNaiveOne(t *testing.T) {
	closes := 0
	for seed := range rounds(t, 10_000) {
		r := naive.NewRandom(uint64(seed))
		d := r.Policy()
		compiled := compile(t, d)
		for range 10 {
			c := r.Case()
			facts := c.Facts()
			facts.DueKnown = c.DueKnown
			action, rule := naive.Decide(&d, c)
			if action == policy.Close {
				closes++
			}
			got := compiled.Decide(&facts)
			if got.Action != action || got.Rule != rule || got.Shadow != (d.Mode == policy.Shadow) {
				t.Fatalf("seed %d: got %s by %q, naively %s by %q\n%s\n%s", seed, got.Action, got.Rule, action, rule, text(d), text(c))
			}
			explained := compiled.Explain(&facts, time.Unix(1, 0))
			if explained.Action != got.Action || explained.Rule != got.Rule || explained.Shadow != got.Shadow || explained.Clock != got.Clock {
				t.Fatalf("seed %d: explained as %+v, decided as %+v", seed, explained, got)
			}
			checkTrace(t, &d, c, explained)
		}
	}
	if closes == 0 {
		t.Error("no random policy closed a random dispute")
	}
}

// checkTrace compares every rule tried with the naive outcome, and the doubts with what the trace shows.
func checkTrace(t *testing.T, d *policy.Document, c naive.Case, got policy.Decision) {
	t.Helper()
	for i, tried := range got.Tried {
		rule := &d.Rules[i]
		if tried.Rule != rule.Name || tried.Matched != naive.Matches(rule, c) || tried.Shadow != rule.Shadow {
			t.Fatalf("tried %+v, naively %t\n%s\n%s", tried, naive.Matches(rule, c), text(d), text(c))
		}
		sure := true
		for _, condition := range tried.Conditions {
			sure = sure && condition.Outcome == policy.Yes
			if condition.Outcome == policy.Unknown && condition.Seen != "" && condition.Name != "amount" {
				t.Fatalf("unknown, but seen: %+v", condition)
			}
		}
		if sure != naive.Surely(rule, c) {
			t.Fatalf("surely %t, naively %t: %+v", sure, naive.Surely(rule, c), tried)
		}
	}
	last := got.Tried[len(got.Tried)-1]
	if got.Rule != "" && (last.Rule != got.Rule || !last.Matched) || got.Rule == "" && len(got.Tried) != len(d.Rules) {
		t.Fatalf("%q decided, the last tried was %+v", got.Rule, last)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	return fmt.Sprint(string(b), err)
}

// The facts of a dispute as WooshPay sends it are those of the sample that describes it.
func TestFactsOfTheWireAgreeWithSamples(t *testing.T) {
	at := time.Unix(2_000_000_000, 0)
	for seed := range rounds(t, 2000) {
		r := naive.NewRandom(uint64(seed))
		d, c := r.Policy(), r.Case()
		compiled := compile(t, d)
		if c.Age != nil {
			c.Age = p(max(0, *c.Age/policy.Duration(time.Second)*policy.Duration(time.Second)))
		}
		if c.TimeLeft != nil {
			c.TimeLeft = p(*c.TimeLeft / policy.Duration(time.Second) * policy.Duration(time.Second))
		}
		if c.Age != nil && c.TimeLeft != nil && *c.TimeLeft < -*c.Age { // A due_by before created is not believed.
			c.TimeLeft, c.DueKnown = nil, false
		}
		parsed, err := dispute.Parse(wire(t, c, at))
		if err != nil {
			t.Fatal(err)
		}
		refunded := dispute.Maybe[bool]{}
		if c.Refunded != nil {
			refunded = dispute.Known(*c.Refunded)
		}
		facts := policy.FactsOf(parsed, refunded, at)
		action, rule := naive.Decide(&d, c)
		if got := compiled.Decide(&facts); got.Action != action || got.Rule != rule {
			t.Fatalf("seed %d: got %s by %q, naively %s by %q\n%s\n%s", seed, got.Action, got.Rule, action, rule, text(d), text(c))
		}
	}
}

// wire is the case as a dispute object.
func wire(t *testing.T, c naive.Case, at time.Time) []byte {
	details := map[string]any{"has_evidence": c.HasEvidence, "past_due": c.PastDue, "submission_count": c.SubmissionCount}
	object := map[string]any{"id": "dp_1", "status": c.Status, "currency": c.Currency, "amount": c.Amount,
		"reason_type": c.ReasonType, "reason_code": c.ReasonCode, "livemode": c.Livemode, "metadata": c.Metadata, "evidence_details": details}
	if c.Age != nil {
		object["created"] = at.Add(-time.Duration(*c.Age)).Unix()
	}
	if c.TimeLeft != nil {
		details["due_by"] = at.Add(time.Duration(*c.TimeLeft)).Unix()
	}
	encoded, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}
