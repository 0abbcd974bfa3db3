package policydiff_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/internal/historytest"
	"disputecloser/shared/policy"
)

func p[T any](v T) *T { return &v }

func span(hours int) *policy.Duration { return p(policy.Duration(time.Duration(hours) * time.Hour)) }

// small closes up to 15.00 a day after the closer learned of a dispute, and reviews inquiries.
func small(edit func(*policy.Document)) policy.Document {
	d := policy.Document{
		Mode: policy.Shadow, Ceiling: map[string]int64{"usd": 5000, "eur": 5000},
		Budget: policy.Budgets{Failures: 5, Spend: map[string]policy.Spend{"usd": {Closes: 50, Amount: 50000}, "eur": {Closes: 50, Amount: 50000}}},
		Rules: []policy.Rule{
			{Name: "inquiries", Then: policy.Review, If: policy.Conditions{Status: &policy.Words{In: []string{"warning_needs_response"}}}},
			{Name: "small", Then: policy.Close, After: span(24), If: policy.Conditions{
				Status: &policy.Words{In: []string{"needs_response"}},
				Amount: map[string]policy.Bounds{"usd": {AtMost: p(int64(1500))}, "eur": {AtMost: p(int64(1500))}},
			}},
		},
	}
	if edit != nil {
		edit(&d)
	}
	return d
}

// Where the refund of the charge is not known, `refunds: unavailable` closes what went to a person.
func TestRefundsUnavailableClosesTheUnknown(t *testing.T) {
	after := small(func(d *policy.Document) { d.Refunds = policy.RefundsUnavailable })
	o := policydiff.Options{Replay: replay.Options{Livemode: true, Refunded: replay.RefundUnknown}}
	r, err := policydiff.Run(context.Background(), small(nil), after, strings.NewReader(strings.Join(texts, "\n")), o)
	if err != nil || len(r.Changes) != 1 {
		t.Fatalf("%+v, %v", r.Changes, err)
	}
	if got, want := text(r.Changes[0]), "review small refunded -> close small after 24h: 1 eur 1300, 2 usd 2200: c b a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func rule(d *policy.Document) *policy.Rule { return &d.Rules[1] }

var created = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func lost(id, currency string, amount int) string {
	return fmt.Sprintf(`{"id":%q,"charge":"ch_1","status":"lost","livemode":true,"currency":%q,"amount":%d,"created":%d,"evidence_details":{"due_by":%d,"has_evidence":false}}`,
		id, currency, amount, created.Unix(), created.Add(10*24*time.Hour).Unix())
}

var texts = []string{
	lost("a", "usd", 1000), lost("b", "usd", 1200), lost("c", "eur", 1300), lost("d", "usd", 1700), lost("e", "usd", 9000), lost("f", "jpy", 10),
	`{"id":"g","status":"lost","livemode":true,"amount":4}`,
}

func run(t *testing.T, before, after policy.Document, texts []string) policydiff.Report {
	t.Helper()
	o := policydiff.Options{Replay: replay.Options{Livemode: true}}
	r, err := policydiff.Run(context.Background(), before, after, strings.NewReader(strings.Join(texts, "\n")), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// text is a change in one line.
func text(c policydiff.Change) string {
	side := func(f policydiff.Fate) string {
		return strings.Join(strings.Fields(strings.Join([]string{f.Action.String(), f.Rule, f.Clock, map[bool]string{true: "late"}[f.Late], string(f.Guard)}, " ")), " ")
	}
	var parts []string
	for _, n := range c.Currencies {
		parts = append(parts, fmt.Sprintf("%d %s %d", n.Count, n.Currency, n.Amount))
	}
	var ids []string
	for _, e := range c.Examples {
		ids = append(ids, e.ID)
	}
	s := side(c.Old) + " -> " + side(c.New) + ": " + strings.Join(parts, ", ") + ": " + strings.Join(ids, " ")
	if c.OnlyTime {
		s += " (time)"
	}
	return s
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name     string
		edit     func(*policy.Document)
		changed  bool
		changes  []string
		settings []policydiff.Setting
		rules    []policydiff.Rule
	}{
		{"nothing", func(*policy.Document) {}, false, nil, nil, nil},
		{"a test of the policy", func(d *policy.Document) { d.Tests = []policy.Test{{}} }, false, nil, nil, nil},
		{"mode", func(d *policy.Document) { d.Mode = policy.Live }, true, nil, []policydiff.Setting{{Name: "mode", Old: "shadow", New: "live"}}, nil},
		{"budget", func(d *policy.Document) {
			d.Budget.Spend["usd"], d.Budget.Failures = policy.Spend{Closes: 60, Amount: 50000}, 6
			d.Budget.Spend["gbp"] = policy.Spend{Closes: 1, Amount: 2}
		}, true, nil, []policydiff.Setting{
			{Name: "budget.gbp.closes", New: "1"}, {Name: "budget.gbp.amount", New: "2", Currency: "gbp"},
			{Name: "budget.usd.closes", Old: "50", New: "60"}, {Name: "budget.failures", Old: "5", New: "6"},
		}, nil},
		{"a lower ceiling stops a close", func(d *policy.Document) { d.Ceiling["usd"] = 1100; delete(d.Ceiling, "eur") }, true,
			[]string{"close small after 24h -> keep small ceiling: 1 eur 1300, 1 usd 1200: c b"},
			[]policydiff.Setting{{Name: "ceiling.eur", Old: "5000", Currency: "eur"}, {Name: "ceiling.usd", Old: "5000", New: "1100", Currency: "usd"}}, nil},
		{"a higher bound", func(d *policy.Document) { rule(d).If.Amount["usd"] = policy.Bounds{AtMost: p(int64(2000))} }, true,
			[]string{"keep -> close small after 24h: 1 usd 1700: d"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "if.amount.usd.at_most", Old: "1500", New: "2000", Currency: "usd"}}}}},
		{"another clock", func(d *policy.Document) { rule(d).After, rule(d).BeforeDue = nil, span(24) }, true,
			[]string{"close small after 24h -> close small before_due 24h: 1 eur 1300, 2 usd 2200: c b a"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "after", Old: "24h"}, {Name: "before_due", New: "24h"}}}}},
		{"another time by the same clock", func(d *policy.Document) { rule(d).If.Age = &policy.Span{AtLeast: span(48)} }, true,
			[]string{"close small after 24h -> close small after 24h: 1 eur 1300, 2 usd 2200: c b a (time)"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "if.age.at_least", New: "48h"}}}}},
		{"refunds written out", func(d *policy.Document) { d.Refunds = policy.RefundsRequired }, false, nil, nil, nil},
		{"refunds unavailable", func(d *policy.Document) { d.Refunds = policy.RefundsUnavailable }, true, nil,
			[]policydiff.Setting{{Name: "refunds", Old: "required", New: "unavailable"}}, nil},
		{"just in time", func(d *policy.Document) { rule(d).After = span(240) }, true,
			[]string{"close small after 24h -> close small after 240h: 1 eur 1300, 2 usd 2200: c b a"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "after", Old: "24h", New: "240h"}}}}},
		{"late", func(d *policy.Document) { rule(d).After = span(241) }, true,
			[]string{"close small after 24h -> close small after 241h late: 1 eur 1300, 2 usd 2200: c b a"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "after", Old: "24h", New: "241h"}}}}},
		{"a rule before it", func(d *policy.Document) {
			d.Rules = append([]policy.Rule{{Name: "euros", Then: policy.Review, If: policy.Conditions{Currency: &policy.Words{In: []string{"eur", "usd"}}}}}, d.Rules...)
		}, true, []string{"close small after 24h -> review euros: 1 eur 1300, 2 usd 2200: c b a", "keep -> review euros: 2 usd 10700: e d"}, nil,
			[]policydiff.Rule{{Rule: "euros", Change: policydiff.Added}}},
		{"a name", func(d *policy.Document) { rule(d).Name = "tiny" }, true,
			[]string{"close small after 24h -> close tiny after 24h: 1 eur 1300, 2 usd 2200: c b a"}, nil,
			[]policydiff.Rule{{Rule: "tiny", Change: policydiff.Added}, {Rule: "small", Change: policydiff.Removed}}},
		{"order", func(d *policy.Document) { slices.Reverse(d.Rules) }, true, nil, nil, []policydiff.Rule{{Rule: "inquiries", Change: policydiff.Moved}}},
		{"a shadow rule", func(d *policy.Document) { rule(d).Shadow = true }, true,
			[]string{"close small after 24h -> keep: 1 eur 1300, 2 usd 2200: c b a"}, nil, []policydiff.Rule{{Rule: "small", Change: policydiff.Edited, Edits: []policydiff.Setting{{Name: "shadow", New: "true"}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, small(nil), small(c.edit), texts)
			var got []string
			moved := int64(0)
			for _, change := range r.Changes {
				got = append(got, text(change))
				moved += change.Count
			}
			if r.Changed != c.changed || !slices.Equal(got, c.changes) || moved != r.Moved || r.Disputes != 7 {
				t.Errorf("changed %t, %d of %d moved:\n%s\nwant %t:\n%s", r.Changed, r.Moved, r.Disputes, strings.Join(got, "\n"), c.changed, strings.Join(c.changes, "\n"))
			}
			if !slices.Equal(r.Settings, c.settings) {
				t.Errorf("settings %+v, want %+v", r.Settings, c.settings)
			}
			if diff := cmp.Diff(c.rules, r.Rules, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSidesAndExamples(t *testing.T) {
	many := slices.Clone(texts)
	for i := range 20 {
		many = append(many, lost(fmt.Sprint("x", i), "usd", 1))
	}
	r := run(t, small(nil), small(func(d *policy.Document) { rule(d).If.Currency = &policy.Words{In: []string{"eur"}} }), many)
	if want := []policydiff.Count{{Currency: "eur", Count: 1, Amount: 1300}, {Currency: "usd", Count: 22, Amount: 2220}}; !slices.Equal(r.Old.Closes, want) {
		t.Errorf("old closes %+v, want %+v", r.Old.Closes, want)
	}
	if want := []policydiff.Count{{Currency: "eur", Count: 1, Amount: 1300}}; !slices.Equal(r.New.Closes, want) {
		t.Errorf("new closes %+v, want %+v", r.New.Closes, want)
	}
	if got := text(r.Changes[0]); got != "close small after 24h -> keep: 22 usd 2220: b a x0 x1 x2" {
		t.Errorf("%s", got)
	}
	e := r.Changes[0].Examples[0]
	if e.OldAt != "2026-03-03T12:00:00Z" || e.NewAt != "" || *e.Amount != 1200 || e.Won || e.Currency != "usd" {
		t.Errorf("%+v", e)
	}
}

// TestRegretsAmongWhatChanges: what was won when fought is counted and marked, whatever the change does to it.
func TestRegretsAmongWhatChanges(t *testing.T) {
	won := func(id string, amount, submissions int) string {
		return fmt.Sprintf(`{"id":%q,"amount":%d,"currency":"usd","status":"won","created":%d,"livemode":true,"charge":"ch_1","evidence_details":{"has_evidence":true,"submission_count":%d}}`,
			id, amount, created.Unix(), submissions)
	}
	history := []string{won("fought", 1700, 1), won("by itself", 1800, 0), lost("lost", "usd", 1900), won("small", 900, 1)}
	wider := small(func(d *policy.Document) { rule(d).If.Amount["usd"] = policy.Bounds{AtMost: p(int64(2000))} })
	r := run(t, small(nil), wider, history)
	if len(r.Changes) != 1 {
		t.Fatalf("%+v", r.Changes)
	}
	if want := []policydiff.Count{{Currency: "usd", Count: 1, Amount: 1700}}; !slices.Equal(r.Changes[0].Regrets, want) {
		t.Errorf("regrets %+v, want %+v", r.Changes[0].Regrets, want)
	}
	for _, e := range r.Changes[0].Examples {
		if e.Won != (e.ID == "fought") {
			t.Errorf("%+v", e)
		}
	}
	if got := text(r.Changes[0]); !strings.HasSuffix(got, ": lost by itself fought") {
		t.Errorf("examples: %s", got)
	}
}

// TestExamplesOfSeveralCurrencies are compared by what they are roughly worth.
func TestExamplesOfSeveralCurrencies(t *testing.T) {
	open := small(func(d *policy.Document) {
		for _, code := range []string{"usd", "jpy", "kwd"} {
			rule(d).If.Amount[code] = policy.Bounds{AtMost: p(int64(99999))}
			d.Ceiling[code], d.Budget.Spend[code] = 99999, policy.Spend{Closes: 50, Amount: 9999999}
		}
	})
	r := run(t, small(nil), open, []string{lost("yen", "jpy", 3000), lost("dollars", "usd", 2500), lost("dinars", "kwd", 9000), lost("cents", "usd", 1600)})
	if len(r.Changes) != 1 || !strings.HasSuffix(text(r.Changes[0]), ": dinars yen dollars cents") {
		t.Errorf("%+v", r.Changes)
	}
}

func TestDeterministic(t *testing.T) {
	var file strings.Builder
	if err := historytest.Write(&file, 10000, 4); err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	after := small(func(d *policy.Document) {
		rule(d).If.HasEvidence, rule(d).If.TimeLeft = p(false), &policy.Span{AtLeast: span(200)}
	})
	first := ""
	for _, procs := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(procs)
		r, err := policydiff.Run(context.Background(), small(nil), after, strings.NewReader(file.String()), policydiff.Options{Replay: replay.Options{Livemode: true}})
		if err != nil || r.Moved == 0 {
			t.Fatalf("%v, %d moved", err, r.Moved)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Fatalf("with %d goroutines another report", procs)
		}
	}
}

func TestErrors(t *testing.T) {
	bad := small(func(d *policy.Document) { rule(d).After = nil })
	for _, pair := range [][2]policy.Document{{bad, small(nil)}, {small(nil), bad}} {
		if _, err := policydiff.Run(context.Background(), pair[0], pair[1], strings.NewReader(""), policydiff.Options{}); err == nil {
			t.Error("a policy that does not compile was compared")
		}
	}
	r, err := policydiff.Run(context.Background(), small(nil), small(nil), strings.NewReader(texts[0]+"\n{"), policydiff.Options{})
	if !errors.Is(err, history.ErrTruncated) || r.Disputes != 1 {
		t.Errorf("%v, %d disputes", err, r.Disputes)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := policydiff.Run(ctx, small(nil), small(nil), strings.NewReader(texts[0]), policydiff.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestEmptyReport(t *testing.T) {
	text, err := json.Marshal(run(t, small(nil), small(nil), nil))
	if err != nil || strings.Contains(string(text), "null") {
		t.Errorf("%s, %v", text, err)
	}
}
