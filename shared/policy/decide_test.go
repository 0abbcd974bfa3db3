package policy_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func p[T any](v T) *T { return &v }

func hours(n int) *policy.Duration { return p(policy.Duration(time.Duration(n) * time.Hour)) }

func in(words ...string) *policy.Words  { return &policy.Words{In: words} }
func not(words ...string) *policy.Words { return &policy.Words{Not: words} }

func upTo(n int64) policy.Bounds { return policy.Bounds{AtMost: p(n)} }

// example is the policy of the design.
func example() policy.Document {
	return policy.Document{
		Mode:    policy.Shadow,
		Ceiling: map[string]int64{"usd": 5000, "eur": 5000},
		Budget: policy.Budgets{
			Spend:    map[string]policy.Spend{"usd": {Closes: 50, Amount: 50000}, "eur": {Closes: 50, Amount: 50000}},
			Failures: 5,
		},
		Rules: []policy.Rule{
			{Name: "inquiries need a person", If: policy.Conditions{Status: in("warning_needs_response")}, Then: policy.Review},
			{Name: "small", Then: policy.Close, After: hours(24), If: policy.Conditions{
				Status:      in("needs_response"),
				Amount:      map[string]policy.Bounds{"usd": upTo(1500), "eur": upTo(1400)},
				HasEvidence: p(false),
				ReasonCode:  not("10.4"),
			}},
		},
	}
}

func compile(t testing.TB, d policy.Document) *policy.Policy {
	t.Helper()
	compiled, err := policy.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// small is a dispute that the example closes.
func small() policy.Facts {
	return policy.Facts{
		Status: "needs_response", Currency: "usd", Amount: dispute.Known[int64](1500),
		HasEvidence: dispute.Known(false), ReasonCode: policy.CodeOf("13.1"), DueKnown: true,
	}
}

// one is a policy of a single rule.
func one(then policy.Action, c policy.Conditions) policy.Document {
	d := example()
	d.Rules = []policy.Rule{{Name: "one", If: c, Then: then}}
	if then == policy.Close {
		d.Rules[0].After = hours(0)
	}
	return d
}

func labels(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

var (
	money = map[string]policy.Bounds{"usd": {AtLeast: p[int64](10), AtMost: p[int64](20)}, "eur": upTo(5)}
	meta  = func(key string, w *policy.Words) policy.Conditions {
		return policy.Conditions{Metadata: map[string]policy.Words{key: *w}}
	}
)

// conditions lists a condition, facts, and what comes of it.
var conditions = []struct {
	name string
	when policy.Conditions
	f    policy.Facts
	want policy.Truth
}{
	{"status listed", policy.Conditions{Status: in("won", "lost")}, policy.Facts{Status: "lost"}, policy.Yes},
	{"status not listed", policy.Conditions{Status: in("won")}, policy.Facts{Status: "lost"}, policy.No},
	{"status excluded", policy.Conditions{Status: not("lost")}, policy.Facts{Status: "lost"}, policy.No},
	{"status missing", policy.Conditions{Status: not("lost")}, policy.Facts{}, policy.Unknown},
	{"status never seen equals none", policy.Conditions{Status: in("won")}, policy.Facts{Status: "new_word"}, policy.No},
	{"status never seen is not one", policy.Conditions{Status: not("won")}, policy.Facts{Status: "new_word"}, policy.Yes},
	{"currency", policy.Conditions{Currency: in("usd")}, policy.Facts{Currency: "usd"}, policy.Yes},
	{"currency missing", policy.Conditions{Currency: in("usd")}, policy.Facts{}, policy.Unknown},
	{"code without its point", policy.Conditions{ReasonCode: in("10.4")}, policy.Facts{ReasonCode: policy.CodeOf("104")}, policy.Yes},
	{"code with other marks and case", policy.Conditions{ReasonCode: in("C-08")}, policy.Facts{ReasonCode: policy.CodeOf(" c08 ")}, policy.Yes},
	{"code of marks alone is unknown", policy.Conditions{ReasonCode: not("10.4")}, policy.Facts{ReasonCode: policy.CodeOf("-.-")}, policy.Unknown},
	{"reason type", policy.Conditions{ReasonType: in("Fraud_Card")}, policy.Facts{ReasonType: policy.CodeOf("fraud card")}, policy.Yes},
	{"amount at its upper bound", policy.Conditions{Amount: money}, policy.Facts{Currency: "usd", Amount: dispute.Known[int64](20)}, policy.Yes},
	{"amount at its lower bound", policy.Conditions{Amount: money}, policy.Facts{Currency: "usd", Amount: dispute.Known[int64](10)}, policy.Yes},
	{"amount above", policy.Conditions{Amount: money}, policy.Facts{Currency: "usd", Amount: dispute.Known[int64](21)}, policy.No},
	{"amount below", policy.Conditions{Amount: money}, policy.Facts{Currency: "usd", Amount: dispute.Known[int64](9)}, policy.No},
	{"amount unknown", policy.Conditions{Amount: money}, policy.Facts{Currency: "usd"}, policy.Unknown},
	{"amount of an unknown currency", policy.Conditions{Amount: money}, policy.Facts{Amount: dispute.Known[int64](999)}, policy.Unknown},
	{"amount unknown in a currency not listed", policy.Conditions{Amount: money}, policy.Facts{Currency: "jpy"}, policy.No},
	{"age", policy.Conditions{Age: &policy.Span{AtLeast: hours(2)}}, policy.Facts{Age: dispute.Known(2 * time.Hour)}, policy.Yes},
	{"age short by a nanosecond", policy.Conditions{Age: &policy.Span{AtLeast: hours(2)}}, policy.Facts{Age: dispute.Known(2*time.Hour - 1)}, policy.No},
	{"age unknown", policy.Conditions{Age: &policy.Span{AtLeast: hours(2)}}, policy.Facts{}, policy.Unknown},
	{"time left, past due", policy.Conditions{TimeLeft: &policy.Span{AtMost: hours(0)}}, policy.Facts{TimeLeft: dispute.Known(-time.Hour)}, policy.Yes},
	{"submissions", policy.Conditions{SubmissionCount: p(upTo(0))}, policy.Facts{SubmissionCount: dispute.Known[int64](0)}, policy.Yes},
	{"submissions above", policy.Conditions{SubmissionCount: p(upTo(0))}, policy.Facts{SubmissionCount: dispute.Known[int64](1)}, policy.No},
	{"submissions unknown", policy.Conditions{SubmissionCount: p(upTo(0))}, policy.Facts{}, policy.Unknown},
	{"evidence", policy.Conditions{HasEvidence: p(true)}, policy.Facts{HasEvidence: dispute.Known(true)}, policy.Yes},
	{"evidence unknown", policy.Conditions{HasEvidence: p(true)}, policy.Facts{}, policy.Unknown},
	{"past due", policy.Conditions{PastDue: p(false)}, policy.Facts{PastDue: dispute.Known(true)}, policy.No},
	{"refunded", policy.Conditions{Refunded: p(false)}, policy.Facts{Refunded: dispute.Known(false)}, policy.Yes},
	{"refunded unknown", policy.Conditions{Refunded: p(false)}, policy.Facts{}, policy.Unknown},
	{"livemode", policy.Conditions{Livemode: p(true)}, policy.Facts{Livemode: dispute.Known(true)}, policy.Yes},
	{"metadata listed", meta("tier", in("gold", "vip")), policy.Facts{Metadata: labels("tier", `"vip"`)}, policy.Yes},
	{"metadata not listed", meta("tier", in("gold")), policy.Facts{Metadata: labels("tier", `"none"`)}, policy.No},
	{"metadata excluded", meta("tier", not("gold")), policy.Facts{Metadata: labels("tier", `"gold"`)}, policy.No},
	{"metadata escaped", meta("tier", in("gøld")), policy.Facts{Metadata: labels("tier", `"g\u00f8ld"`)}, policy.Yes},
	{"metadata number as its JSON text", meta("n", in("5")), policy.Facts{Metadata: labels("n", `5`)}, policy.Yes},
	{"metadata number is not its value", meta("n", in("5")), policy.Facts{Metadata: labels("n", `5.0`)}, policy.No},
	{"metadata boolean", meta("n", in("true")), policy.Facts{Metadata: labels("n", `true`)}, policy.Yes},
	{"metadata empty text", meta("n", in("")), policy.Facts{Metadata: labels("n", `""`)}, policy.Yes},
	{"metadata list", meta("n", in(`["a"]`)), policy.Facts{Metadata: labels("n", `["a"]`)}, policy.Yes},
	{"metadata null", meta("n", in("null")), policy.Facts{Metadata: labels("n", `null`)}, policy.Unknown},
	{"metadata text null", meta("n", in("null")), policy.Facts{Metadata: labels("n", `"null"`)}, policy.Yes},
	{"metadata key missing, list", meta("n", in("a")), policy.Facts{Metadata: labels()}, policy.No},
	{"metadata key missing, not", meta("n", not("a")), policy.Facts{Metadata: labels()}, policy.Yes},
	{"metadata missing", meta("n", not("a")), policy.Facts{}, policy.Unknown},
}

func TestConditions(t *testing.T) {
	for _, c := range conditions {
		t.Run(c.name, func(t *testing.T) {
			closes := compile(t, one(policy.Close, c.when)).Decide(&c.f).Action == policy.Close
			if want := c.want == policy.Yes; closes != want {
				t.Errorf("a close rule matched: %t, want %t", closes, want)
			}
			reviews := compile(t, one(policy.Review, c.when)).Decide(&c.f).Action == policy.Review
			if want := c.want != policy.No; reviews != want {
				t.Errorf("a review rule matched: %t, want %t", reviews, want)
			}
			tried := compile(t, one(policy.Keep, c.when)).Explain(&c.f, time.Time{}).Tried[0].Conditions[0]
			if tried.Outcome != c.want {
				t.Errorf("explained as %v, want %v", tried, c.want)
			}
		})
	}
}

func TestExampleDecides(t *testing.T) {
	change := func(edit func(*policy.Facts)) policy.Facts {
		f := small()
		edit(&f)
		return f
	}
	for _, c := range []struct {
		name string
		f    policy.Facts
		want policy.Action
		rule string
	}{
		{"at the bound", small(), policy.Close, "small"},
		{"above the bound", change(func(f *policy.Facts) { f.Amount = dispute.Known[int64](1501) }), policy.Keep, ""},
		{"evidence unknown", change(func(f *policy.Facts) { f.HasEvidence = dispute.Maybe[bool]{} }), policy.Keep, ""},
		{"excluded code", change(func(f *policy.Facts) { f.ReasonCode = policy.CodeOf("104") }), policy.Keep, ""},
		{"inquiry", change(func(f *policy.Facts) { f.Status = "warning_needs_response" }), policy.Review, "inquiries need a person"},
		{"status unknown", change(func(f *policy.Facts) { f.Status = "" }), policy.Review, "inquiries need a person"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := compile(t, example()).Decide(&c.f)
			if v.Action != c.want || v.Rule != c.rule || !v.Shadow {
				t.Errorf("got %+v, want %s by %q in shadow", v, c.want, c.rule)
			}
		})
	}
}

func TestShadowRuleIsRecordedAndDecidesNothing(t *testing.T) {
	d := example()
	d.Mode = policy.Live
	trial := d.Rules[1]
	trial.Name, trial.Shadow, trial.Then, trial.After = "trial", true, policy.Review, nil
	d.Rules = append([]policy.Rule{trial}, d.Rules...)
	f := small()
	got := compile(t, d).Explain(&f, time.Unix(1, 0))
	if got.Rule != "small" || got.Shadow {
		t.Errorf("decided by %q, shadow %t; want the live rule small", got.Rule, got.Shadow)
	}
	if first := got.Tried[0]; !first.Shadow || !first.Matched || first.Rule != "trial" {
		t.Errorf("the shadow rule was recorded as %+v", first)
	}
}

func TestBeforeDueNeedsADueBy(t *testing.T) {
	d := example()
	d.Rules[1].After, d.Rules[1].BeforeDue = nil, hours(24)
	policyUnderTest := compile(t, d)
	f := small()
	v := policyUnderTest.Decide(&f)
	if got, known := v.Clock.BeforeDue.Get(); v.Action != policy.Close || !known || got != 24*time.Hour {
		t.Fatalf("with a due_by: %+v", v)
	}
	f.DueKnown = false
	got := policyUnderTest.Explain(&f, time.Time{})
	if got.Action != policy.Keep || len(got.Doubt) != 1 || got.Doubt[0] != "due_by" {
		t.Errorf("without a due_by: %s by doubt of %v, want keep by doubt of due_by", got.Action, got.Doubt)
	}
	last := got.Tried[1].Conditions[len(got.Tried[1].Conditions)-1]
	if last.Name != "due_by" || last.Outcome != policy.Unknown {
		t.Errorf("the trace ends with %+v, want due_by unknown", last)
	}
}

func TestDoubtIsNamed(t *testing.T) {
	for _, c := range []struct {
		name  string
		edit  func(*policy.Facts)
		want  policy.Action
		doubt []string
	}{
		{"a close is not in doubt", func(*policy.Facts) {}, policy.Close, nil},
		{"what stopped a close", func(f *policy.Facts) { f.HasEvidence = dispute.Maybe[bool]{} }, policy.Keep, []string{"has_evidence"}},
		{"all that stopped a close", func(f *policy.Facts) {
			f.Amount, f.Currency, f.ReasonCode = dispute.Maybe[int64]{}, "", policy.Code{}
		}, policy.Keep, []string{"amount", "currency", "reason_code"}},
		{"unknown beside a sure no stopped nothing", func(f *policy.Facts) {
			f.HasEvidence, f.Amount = dispute.Maybe[bool]{}, dispute.Known[int64](9999)
		}, policy.Keep, nil},
		{"review by doubt", func(f *policy.Facts) { f.Status = "" }, policy.Review, []string{"status"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := small()
			c.edit(&f)
			got := compile(t, example()).Explain(&f, time.Time{})
			if got.Action != c.want || !equal(got.Doubt, c.doubt) {
				t.Errorf("%s by doubt of %v, want %s by doubt of %v", got.Action, got.Doubt, c.want, c.doubt)
			}
		})
	}
}

func equal(a, b []string) bool {
	x, _ := json.Marshal(append([]string{}, a...))
	y, _ := json.Marshal(append([]string{}, b...))
	return string(x) == string(y)
}

func TestFactsOfDispute(t *testing.T) {
	d, err := dispute.Parse([]byte(`{"id":"dp_1","status":"needs_response","amount":1500,"currency":"USD","created":1700000000,
		"reason_code":"10.4","livemode":true,"metadata":{"a":null},"evidence_details":{"due_by":1700007200,"has_evidence":false,"submission_count":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	f := policy.FactsOf(d, dispute.Known(true), time.Unix(1700003600, 0))
	left, _ := f.TimeLeft.Get()
	age, _ := f.Age.Get()
	switch {
	case f.Currency != "usd", !f.ReasonCode.Equal(policy.CodeOf("104")), f.ReasonType.Known():
		t.Errorf("words: %+v", f)
	case left != time.Hour, age != time.Hour, !f.DueKnown:
		t.Errorf("times: age %s, time left %s, due known %t", age, left, f.DueKnown)
	case !dispute.Is(f.SubmissionCount, 2), !dispute.Is(f.HasEvidence, false), f.PastDue.IsKnown():
		t.Errorf("evidence details: %+v", f)
	case !dispute.Is(f.Refunded, true), !dispute.Is(f.Livemode, true), f.Metadata == nil:
		t.Errorf("flags: %+v", f)
	}
	if empty := policy.FactsOf(dispute.Dispute{}, dispute.Maybe[bool]{}, time.Now()); empty.Age.IsKnown() || empty.TimeLeft.IsKnown() || empty.DueKnown {
		t.Errorf("an empty dispute has times: %+v", empty)
	}
}

// tenRules is a policy whose last rule decides the small dispute, with conditions of every kind on the way.
func tenRules() policy.Document {
	d := example()
	last := d.Rules[1]
	d.Rules = []policy.Rule{
		{Name: "1", Then: policy.Review, If: policy.Conditions{Status: in("warning_needs_response")}},
		{Name: "2", Then: policy.Keep, If: policy.Conditions{Currency: in("jpy", "krw")}},
		{Name: "3", Then: policy.Keep, If: policy.Conditions{ReasonCode: in("10.1", "10.2", "10.3", "10.4")}},
		{Name: "4", Then: policy.Review, If: policy.Conditions{Status: in("needs_response"), HasEvidence: p(true)}},
		{Name: "5", Then: policy.Keep, If: policy.Conditions{Amount: map[string]policy.Bounds{"usd": {AtLeast: p[int64](2000)}}}},
		{Name: "6", Then: policy.Review, If: policy.Conditions{TimeLeft: &policy.Span{AtMost: hours(6)}}},
		{Name: "7", Then: policy.Keep, If: policy.Conditions{Metadata: map[string]policy.Words{"tier": *in("gold")}}},
		{Name: "8", Then: policy.Keep, If: policy.Conditions{SubmissionCount: &policy.Bounds{AtLeast: p[int64](1)}}},
		{Name: "9", Then: policy.Keep, If: policy.Conditions{Refunded: p(true)}},
		last,
	}
	return d
}

func tenRuleFacts() policy.Facts {
	f := small()
	f.TimeLeft = dispute.Known(100 * time.Hour)
	f.SubmissionCount = dispute.Known[int64](0)
	f.Refunded = dispute.Known(false)
	f.Metadata = labels("tier", `"silver"`, "order", `"1"`)
	return f
}

func TestDecideDoesNotAllocate(t *testing.T) {
	compiled, f := compile(t, tenRules()), tenRuleFacts()
	if v := compiled.Decide(&f); v.Rule != "small" {
		t.Fatalf("decided by %q, want the last rule", v.Rule)
	}
	if n := testing.AllocsPerRun(100, func() { compiled.Decide(&f) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkDecide(b *testing.B) {
	compiled, f := compile(b, tenRules()), tenRuleFacts()
	b.ReportAllocs()
	for b.Loop() {
		compiled.Decide(&f)
	}
}

// In a test due_by counts as known, so that before_due can match; time_left stays unknown unless the test states it.
func TestSampleHasEveryFactAndNoClock(t *testing.T) {
	s := policy.Sample{Status: p("won"), Currency: p("usd"), ReasonType: p("a-b"), ReasonCode: p("10.4"), Amount: p[int64](1), Age: hours(1),
		TimeLeft: hours(2), SubmissionCount: p[int64](3), HasEvidence: p(true), PastDue: p(false), Refunded: p(true), Livemode: p(false), Metadata: labels("a", "1")}
	want := policy.Facts{Status: "won", Currency: "usd", ReasonType: policy.CodeOf("a-b"), ReasonCode: policy.CodeOf("10.4"), Amount: dispute.Known[int64](1),
		Age: dispute.Known(time.Hour), TimeLeft: dispute.Known(2 * time.Hour), SubmissionCount: dispute.Known[int64](3), HasEvidence: dispute.Known(true),
		PastDue: dispute.Known(false), Refunded: dispute.Known(true), Livemode: dispute.Known(false), Metadata: labels("a", "1"), DueKnown: true}
	if got := s.Facts(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := (policy.Sample{}).Facts(); !reflect.DeepEqual(got, policy.Facts{DueKnown: true}) {
		t.Errorf("an empty sample has facts: %+v", got)
	}
}
