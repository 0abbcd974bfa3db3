package view_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
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
	if got := view.Distance(noon.Add(-time.Minute), noon) + ", " + view.Distance(noon, noon) + ", " + view.Distance(noon.Add(time.Minute), noon); got != "1 min ago, now, in 1 min" {
		t.Error(got)
	}
}

func TestWhy(t *testing.T) {
	parsed, err := dispute.Parse([]byte(`{"id":"dp_1","amount":900,"currency":"usd","status":"lost"}`))
	if err != nil {
		t.Fatal(err)
	}
	said := []closing.Entry{{At: noon, Who: "closer", What: "ended at WooshPay as won"}}
	tried := func(then policy.Action, c ...policy.Check) policy.Decision {
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
			"rule “small” will close it, not before 2026-03-02 12:00 UTC; last: paused"},
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
		{"a miss", closing.Open, tried(policy.Close, policy.Check{Name: "status", Outcome: policy.Yes},
			policy.Check{Name: "amount", Want: "{usd: {at_most: 5}}", Seen: "900 usd", Outcome: policy.No}), nil,
			"no rule matches; 9.00 USD is above small's 0.05 USD"},
		{"doubt", closing.Open, tried(policy.Close, policy.Check{Name: "has_evidence", Want: "false", Outcome: policy.Unknown}), nil,
			"no rule matches; small wants has evidence false, it is unknown"},
		{"metadata", closing.Open, tried(policy.Close, policy.Check{Name: "metadata.order", Want: "[b]", Seen: "a", Outcome: policy.No}), nil,
			"no rule matches; small wants metadata.order b, it is (hidden)"},
		{"keep rules miss silently", closing.Open, tried(policy.Keep, policy.Check{Name: "amount", Outcome: policy.No}), nil, "no rule matches"},
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

// TestTheParagraphOfAnEndSaysWhenHowMuchAndWithWhatProof.
func TestTheParagraphOfAnEndSaysWhenHowMuchAndWithWhatProof(t *testing.T) {
	parsed, err := dispute.Parse([]byte(`{"id":"dp_1","amount":900,"currency":"usd","status":"lost"}`))
	if err != nil {
		t.Fatal(err)
	}
	ordered := &closing.Override{Action: policy.Close, Who: "ada", Why: "cheaper"}
	for want, c := range map[string]closing.Case{
		"9.00 USD was conceded, today 12:00 UTC (1 h ago), by rule “small” of policy abc: WooshPay answered “lost”": {
			State: closing.Closed, Decision: &policy.Decision{Action: policy.Close, Rule: "small", Policy: "abc"}, Proof: closing.Answered},
		"9.00 USD was conceded, today 12:00 UTC (1 h ago), by rule “small”, at attempt 3: no answer came, a later look shows “lost”, closed by us or by another hand in the same moments": {
			State: closing.Closed, Decision: &policy.Decision{Action: policy.Close, Rule: "small"}, Proof: closing.Inferred, Attempts: 3},
		"9.00 USD was conceded, today 12:00 UTC (1 h ago), by ada (cheaper): WooshPay answered “lost”": {
			State: closing.Closed, Decision: &policy.Decision{Action: policy.Close, Operator: "ada", Policy: "abc"}, Override: ordered, Proof: closing.Answered},
		"it ended at WooshPay as “lost”, today 12:00 UTC (1 h ago), without a close of ours": {State: closing.Resolved},
		"it ended at WooshPay as “lost”, today 12:00 UTC (1 h ago), perhaps by a close of ours whose answer never came": {
			State: closing.Resolved, PostedAt: noon},
	} {
		c.ID, c.Dispute, c.EndedAt = "dp_1", parsed, noon
		if got := view.Paragraph(c, closing.Control{}, noon.Add(time.Hour)); !strings.Contains(got, "Why: "+want+".") {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestWhyOfRefundsDeadlinesAndMissingDisputes names what is known, and the reason where nothing is.
func TestWhyOfRefundsDeadlinesAndMissingDisputes(t *testing.T) {
	byRule := func(a policy.Action) policy.Decision { return policy.Decision{Action: a, Rule: "small"} }
	for _, c := range []struct {
		name     string
		state    closing.State
		decision policy.Decision
		change   func(*closing.Case)
		want     string
	}{
		{"scheduled late", closing.Scheduled, byRule(policy.Close), func(c *closing.Case) { c.CloseAt, c.Dispute.DueBy = noon, noon.Add(-time.Second) },
			"rule “small” will close it, not before 2026-03-02 12:00 UTC, which is after its deadline: a late close still concedes"},
		{"scheduled at the deadline", closing.Scheduled, byRule(policy.Close), func(c *closing.Case) { c.CloseAt, c.Dispute.DueBy = noon, noon },
			"rule “small” will close it, not before 2026-03-02 12:00 UTC"},
		{"missing", closing.Missing, byRule(policy.Close), func(c *closing.Case) { c.UnknownSince, c.LastError = noon, "answered 404" },
			"WooshPay has not known the dispute since 2026-03-02 12:00 UTC, so the case has ended"},
		{"refunded", closing.Open, policy.Decision{Action: policy.Review, Rule: "small", Guard: policy.GuardRefunded}, nil,
			"rule “small” would close it, but the charge was refunded, which is a reason to defend"},
		{"refund unknown", closing.Open, policy.Decision{Action: policy.Review, Rule: "small", Guard: policy.GuardRefunded, Doubt: []string{"refunded"}}, nil,
			"rule “small” would close it, but WooshPay does not say whether the charge was refunded"},
		{"refund unknown for a reason", closing.Open, policy.Decision{Action: policy.Review, Rule: "small", Guard: policy.GuardRefunded, Doubt: []string{"refunded"}, GuardReason: "answered 404"}, nil,
			"rule “small” would close it, but WooshPay does not say whether the charge was refunded (answered 404)"},
	} {
		it := closing.Case{ID: "dp_1", State: c.state, Decision: &c.decision}
		if c.change != nil {
			c.change(&it)
		}
		if got := view.Why(it); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestGuardsAndNotesHaveWords(t *testing.T) {
	for _, guard := range policy.Guards() {
		why := view.Why(closing.Case{State: closing.Open, Decision: &policy.Decision{Rule: "r", Guard: guard}})
		if strings.Contains(why, "the guard "+string(guard)) || strings.Contains(view.Guard(guard), "the guard ") {
			t.Errorf("no words for the guard %s", guard)
		}
	}
	clock := func(time.Time) string { return "noon" }
	silent := []closing.Kind{closing.NoteLearned, closing.NoteArmed, closing.NoteLooked}
	for _, word := range constants(t, "note.go", "Note") {
		kind := closing.Kind(word)
		text := view.Note(closing.Note{Kind: kind}, clock)
		if text == word || (text == "") != slices.Contains(silent, kind) {
			t.Errorf("the note %q reads %q", kind, text)
		}
	}
}

// TestALatePlanIsNoted when it is made.
func TestALatePlanIsNoted(t *testing.T) {
	c := closing.Case{State: closing.Scheduled, CloseAt: noon, Dispute: dispute.Dispute{DueBy: noon.Add(-time.Second)}, Decision: &policy.Decision{Action: policy.Close, Rule: "slow"}}
	got := view.Note(closing.Note{Kind: closing.NoteDecided, Case: c}, func(time.Time) string { return "noon" })
	if want := "close by rule slow, not before noon, which is after its deadline: a late close still concedes"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestAMissingCaseIsNoted differently from one that will be looked at again.
func TestAMissingCaseIsNoted(t *testing.T) {
	for state, want := range map[closing.State]string{
		closing.Open: "WooshPay does not know the dispute; next look after noon", closing.Missing: "WooshPay does not know the dispute: the case has ended",
	} {
		c := closing.Case{State: state}
		if got := view.Note(closing.Note{Kind: closing.NoteUnknown, Case: c}, func(time.Time) string { return "noon" }); got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
}

// TestExplainPlansAnewWithoutAPlan although the same rule decided before, in shadow for example.
func TestExplainPlansAnewWithoutAPlan(t *testing.T) {
	after := policy.Duration(24 * time.Hour)
	d := policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000},
		Budget: policy.Budgets{Failures: 1, Spend: map[string]policy.Spend{"usd": {Closes: 5, Amount: 50000}}},
		Rules:  []policy.Rule{{Name: "small", Then: policy.Close, After: &after, If: policy.Conditions{Status: &policy.Words{In: []string{"needs_response"}}}}},
	}
	compiled, err := policy.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	for planned, want := range map[time.Time]time.Time{{}: noon.Add(24 * time.Hour), noon.Add(-time.Hour): noon.Add(23 * time.Hour)} {
		c := closing.Case{PlannedAt: planned, Decision: &policy.Decision{Action: policy.Close, Rule: "small"}, State: closing.Closing, Dispute: dispute.Dispute{
			Status: dispute.NeedsResponse, Currency: "usd", Amount: dispute.Known[int64](900), Livemode: dispute.Known(false), DueBy: noon.Add(23 * time.Hour),
		}}
		s := view.Subject{Case: c, At: noon, Refunded: dispute.Known(false)}
		e := view.ExplanationOf(s, d, closing.Judge{Policy: compiled}, false)
		if !e.CloseAt.Equal(want) || e.Late != planned.IsZero() {
			t.Errorf("planned at %s: closes at %s, late %t; want %s", planned, e.CloseAt, e.Late, want)
		}
	}
}

// constants returns the values of package closing's constants whose names begin with a prefix, so that a new one cannot be
// forgotten here.
func constants(t *testing.T, file, prefix string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../../../shared/closing/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
			value, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) < 5 {
		t.Fatalf("only %q in %s", values, file)
	}
	return values
}

// TestEveryReasonHasWords in the paragraph of a case that waits for a person because of it.
func TestEveryReasonHasWords(t *testing.T) {
	for _, reason := range constants(t, "schedule.go", "Reason") {
		if reason == closing.ReasonMissing {
			continue // Such a case has ended, and waits for nobody.
		}
		c := calledFor(reason)
		if text := view.Paragraph(c, closing.Control{}, noon); !slices.Contains(view.Person(c), reason) || strings.Contains(text, "person: .") {
			t.Errorf("%s: %v, %s", reason, view.Person(c), text)
		}
	}
}

// calledFor is a case that waits for a person for one reason.
func calledFor(reason string) closing.Case {
	c := closing.Case{ID: "dp_1", State: closing.Open, Told: []string{reason}, Dispute: dispute.Dispute{Status: dispute.NeedsResponse, DueBy: noon}}
	switch reason {
	case closing.ReasonFailed:
		c.State = closing.Failed
	case closing.ReasonReview:
		c.Decision = &policy.Decision{Action: policy.Review, Rule: "r"}
	case closing.ReasonContradiction:
		c.State = closing.Closed
	case closing.ReasonLate:
		c.State, c.CloseAt = closing.Scheduled, noon.Add(time.Hour)
	case closing.ReasonStatus:
		c.Dispute.Status = "prevented"
	}
	return c
}

// TestTheParagraphSaysWhatIsNotSeen at WooshPay, and since when.
func TestTheParagraphSaysWhatIsNotSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*closing.Case)
		want   string
		not    string
	}{
		{"looks fail", func(c *closing.Case) { c.FailedLooks, c.FailedSince = 3, noon.Add(-25*time.Hour) },
			"Every look at it has failed since yesterday 11:00 UTC (1 d 1 h ago).", "has not known"},
		{"unknown", func(c *closing.Case) { c.FailedLooks, c.FailedSince, c.UnknownSince = 3, noon, noon.Add(-time.Hour) },
			"WooshPay has not known the dispute since today 11:00 UTC (1 h ago); if that lasts for 3 d, the case ends as missing.", "has failed"},
		{"missing", func(c *closing.Case) {
			c.State, c.FailedSince, c.UnknownSince, c.DueAt = closing.Missing, noon, noon, time.Time{}
		},
			"so the case has ended. Nothing is left to do.", "if that lasts"},
		{"refunds unavailable", func(c *closing.Case) {
			c.Decision = &policy.Decision{Action: policy.Close, Rule: "r", RefundsUnavailable: true}
		},
			"the policy says refunds: unavailable", "has failed"},
		{"refunds required", func(c *closing.Case) { c.Decision = &policy.Decision{Action: policy.Close, Rule: "r"} }, "", "refunds: unavailable"},
	} {
		it := closing.Case{ID: "dp_1", State: closing.Open, DueAt: noon.Add(time.Hour)}
		c.change(&it)
		if got := view.Paragraph(it, closing.Control{}, noon); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestShowSaysWhatIsLateUnknownAndUnavailable on its page and in its JSON.
func TestShowSaysWhatIsLateUnknownAndUnavailable(t *testing.T) {
	c := closing.Case{
		ID: "dp_1", State: closing.Scheduled, CloseAt: noon, Dispute: dispute.Dispute{DueBy: noon.Add(-time.Hour)},
		FailedSince: noon.Add(-2 * time.Hour), UnknownSince: noon.Add(-3 * time.Hour),
		Decision: &policy.Decision{Action: policy.Close, Rule: "r", RefundsUnavailable: true, GuardReason: "answered 404"},
	}
	s := view.StoryOf(c, false)
	var page strings.Builder
	if err := s.Write(&page, noon, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"today 12:00 UTC (now), after the deadline; a late close still concedes\n", "the policy says refunds: unavailable",
		"every look fails since     today 10:00 UTC (2 h ago)\n", "unknown at WooshPay since  today 09:00 UTC (3 h ago)\n",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in\n%s", want, page.String())
		}
	}
	if !s.Late || !s.FailedSince.Equal(c.FailedSince) || !s.UnknownSince.Equal(c.UnknownSince) || s.Decision.GuardReason != "answered 404" || !s.Decision.RefundsUnavailable {
		t.Errorf("%+v, %+v", s, s.Decision)
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
