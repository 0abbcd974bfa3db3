package view_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestTableWrapsItsLastColumn(t *testing.T) {
	table := view.Table{Head: []string{"A", "WHY"}, Rows: [][]string{{"ä", "one two three four five six"}, {"longer", "seven"}}}
	for width, want := range map[int]string{
		0:  "A       WHY\nä       one two three four five six\nlonger  seven\n",
		30: "A       WHY\nä       one two three four\n        five six\nlonger  seven\n",
		5:  "A       WHY\nä       one two three four\n        five six\nlonger  seven\n",
	} {
		var b strings.Builder
		if err := table.Write(&b, width); err != nil || b.String() != want {
			t.Errorf("width %d: %v\n%s\nwant\n%s", width, err, b.String(), want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", time.Hour: "1h", 90 * time.Minute: "1h30m",
		49*time.Hour + 59*time.Minute: "2d1h", 24*time.Hour + time.Minute: "1d",
	} {
		if got := view.Span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	if got := view.Distance(noon.Add(-time.Minute), noon) + ", " + view.Distance(noon, noon) + ", " + view.Distance(noon.Add(time.Minute), noon); got != "1m ago, now, in 1m" {
		t.Error(got)
	}
}

func TestWhy(t *testing.T) {
	parsed, err := dispute.Parse([]byte(`{"id":"dp_1","amount":900,"currency":"usd","status":"lost"}`))
	if err != nil {
		t.Fatal(err)
	}
	said := []closing.Entry{{At: noon, Who: "closer", What: "ended at WooshPay as won"}}
	tried := func(then policy.Action, c ...policy.Condition) policy.Decision {
		return policy.Decision{Action: policy.Keep, Tried: []policy.Tried{{Rule: "small", Then: then, Conditions: c}}}
	}
	byRule := func(a policy.Action) policy.Decision { return policy.Decision{Action: a, Rule: "small"} }
	for _, c := range []struct {
		name     string
		state    closing.State
		decision policy.Decision
		change   func(*closing.Case)
		want     string
	}{
		{"closed", closing.Closed, byRule(policy.Close), func(c *closing.Case) { c.Proof = closing.Answered }, "rule “small”: WooshPay answered “lost”"},
		{"closed late", closing.Closed, byRule(policy.Close), func(c *closing.Case) { c.Proof, c.Attempts = closing.Inferred, 3 },
			"rule “small”: no answer came, a later look shows “lost”, at attempt 3"},
		{"scheduled", closing.Scheduled, byRule(policy.Close), func(c *closing.Case) { c.CloseAt, c.LastError = noon, "paused" },
			"rule “small” will close it, not before 2026-03-02 12:00:00Z; last: paused"},
		{"closing", closing.Closing, byRule(policy.Close), nil, "rule “small”: the close was claimed, and what it did is not known yet"},
		{"failed", closing.Failed, byRule(policy.Close), nil, "ended at WooshPay as won; a person must look"},
		{"resolved", closing.Resolved, byRule(policy.Close), nil, "ended at WooshPay as won"},
		{"review", closing.Open, byRule(policy.Review), nil, "rule “small” asks for a person"},
		{"keep in doubt", closing.Open, policy.Decision{Action: policy.Keep, Rule: "small", Doubt: []string{"amount"}}, nil,
			"rule “small” keeps it, in doubt: amount unknown"},
		{"shadow", closing.Open, policy.Decision{Action: policy.Close, Rule: "small", Shadow: true}, nil,
			"rule “small” would close it; the policy is in shadow mode"},
		{"guard", closing.Open, policy.Decision{Action: policy.Keep, Rule: "small", Guard: policy.GuardCeiling}, nil,
			"rule “small” would close it, but its amount is above the ceiling, or its currency has none"},
		{"guard on an operator", closing.Open, policy.Decision{Action: policy.Keep, Operator: "ada", Guard: policy.GuardCeiling}, nil,
			"ada would close it, but its amount is above the ceiling, or its currency has none"},
		{"operator", closing.Open, policy.Decision{Action: policy.Keep, Operator: "ada"},
			func(c *closing.Case) {
				c.Override = &closing.Override{Action: policy.Keep, Who: "ada", Why: "a friend"}
			}, "ada said keep: a friend"},
		{"a miss", closing.Open, tried(policy.Close, policy.Condition{Name: "status", Outcome: policy.Yes},
			policy.Condition{Name: "amount", Want: "{usd: {at_most: 5}}", Seen: "900 usd", Outcome: policy.No}), nil,
			"no rule matches; “small” wants amount {usd: {at_most: 5}}, it is 900 usd"},
		{"doubt", closing.Open, tried(policy.Close, policy.Condition{Name: "has_evidence", Want: "false", Outcome: policy.Unknown}), nil,
			"no rule matches; “small” wants has_evidence false, it is unknown"},
		{"metadata", closing.Open, tried(policy.Close, policy.Condition{Name: "metadata.order", Want: "[b]", Seen: "a", Outcome: policy.No}), nil,
			"no rule matches; “small” wants metadata.order [b], it is (hidden)"},
		{"keep rules miss silently", closing.Open, tried(policy.Keep, policy.Condition{Name: "amount", Outcome: policy.No}), nil, "no rule matches"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := closing.Case{ID: "dp_1", State: c.state, Dispute: parsed, Decision: &c.decision, History: said}
			if c.change != nil {
				c.change(&it)
			}
			if got := view.Why(it); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if got := view.Why(closing.Case{State: closing.Open, LastError: "WooshPay answered 500"}); got != "not looked at yet; last: WooshPay answered 500" {
		t.Error(got)
	}
}

func TestGuardsAndNotesHaveWords(t *testing.T) {
	for _, guard := range policy.Guards() {
		why := view.Why(closing.Case{State: closing.Open, Decision: &policy.Decision{Rule: "r", Guard: guard}})
		if strings.Contains(why, "the guard "+string(guard)) {
			t.Errorf("no words for the guard %s", guard)
		}
	}
	clock := func(time.Time) string { return "noon" }
	for _, kind := range []closing.Kind{
		closing.NoteDecided, closing.NoteClosed, closing.NoteAmbiguous, closing.NoteRefused,
		closing.NotePutOff, closing.NoteResolved, closing.NoteLookFailed, closing.NotePerson, closing.NoteBudget,
		closing.NotePaused, closing.NoteDropped, closing.NoteUnannounced,
		closing.NoteDiffering,
	} {
		if text := view.Note(closing.Note{Kind: kind}, clock); text == "" || text == string(kind) {
			t.Errorf("no words for the note %q", kind)
		}
	}
}

// TestAnOperatorsWordIsReadBack as it was shown, the money agreed to included: `policy explain` judges an exported case by it.
func TestAnOperatorsWordIsReadBack(t *testing.T) {
	for _, word := range []*closing.Override{
		nil,
		{Action: policy.Keep, Who: "ada", Why: "a friend", At: time.Unix(1, 0)},
		{Action: policy.Close, Who: "ada", Why: "costs more", At: time.Unix(1, 0), Agreed: dispute.Money{Amount: 1000, Currency: "usd"}},
	} {
		if got := view.OverrideOf(word).Word(); !reflect.DeepEqual(got, word) {
			t.Errorf("%+v is read back as %+v", word, got)
		}
	}
}
