package backtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/internal/historytest"
	"disputecloser/shared/policy"
)

// small closes what is small, in three currencies.
func small(edit func(*policy.Document, *policy.Rule)) policy.Document {
	bounds := policy.Bounds{AtMost: p(int64(1500))}
	d := policy.Document{
		Mode:    policy.Shadow,
		Ceiling: map[string]int64{"usd": 5000, "eur": 5000, "gbp": 5000},
		Budget: policy.Budgets{Failures: 5, Spend: map[string]policy.Spend{
			"usd": {Closes: 2, Amount: 2500}, "eur": {Closes: 50, Amount: 50000}, "gbp": {Closes: 50, Amount: 50000},
		}},
		Rules: []policy.Rule{{Name: "small", Then: policy.Close, After: span(24), If: policy.Conditions{
			Status: &policy.Words{In: []string{"needs_response"}},
			Amount: map[string]policy.Bounds{"usd": bounds, "eur": bounds, "gbp": bounds},
		}}},
	}
	if edit != nil {
		edit(&d, &d.Rules[0])
	}
	return d
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// lost is a dispute that was lost without a fight.
func lost(id string, created, due time.Time, amount int) string {
	dueText := "null"
	if !due.IsZero() {
		dueText = fmt.Sprint(due.Unix())
	}
	return fmt.Sprintf(`{"id":%q,"charge":"ch_1","status":"lost","livemode":true,"currency":"usd","amount":%d,"created":%d,`+
		`"evidence_details":{"due_by":%s,"has_evidence":false,"submission_count":0}}`, id, amount, created.Unix(), dueText)
}

var inLive = backtest.Options{Replay: replay.Options{Livemode: true}}

func TestBudgets(t *testing.T) {
	noon := at("2026-03-02T12:00:00Z")
	later := noon.Add(20 * day)
	for _, c := range []struct {
		name            string
		texts           []string
		closed, late    int64
		hit, putOff     int64
		never, longest  int64
		lastDayConceded int64
	}{
		{"two closes fit", []string{lost("a", noon, later, 100), lost("b", noon, later, 100)}, 2, 0, 0, 0, 0, 0, 0},
		{"a third waits a day", []string{lost("a", noon, later, 100), lost("b", noon, later, 100), lost("c", noon, later, 100)}, 3, 0, 1, 1, 0, 1, 200},
		{"the amount fits exactly", []string{lost("a", noon, later, 1000), lost("b", noon, later, 1500)}, 2, 0, 0, 0, 0, 0, 0},
		{"the amount is one too much", []string{lost("a", noon, later, 1001), lost("b", noon, later, 1500)}, 2, 0, 1, 1, 0, 1, 1001},
		{"a smaller one takes what a larger one left", []string{lost("a", noon, later, 1100), lost("b", noon.Add(time.Minute), later, 1500), lost("c", noon.Add(time.Hour), later, 1400)}, 3, 0, 1, 1, 0, 1, 2500},
		{"the deadline comes before the next day", []string{lost("a", noon, later, 1), lost("b", noon, later, 1), lost("c", noon, noon.Add(35*time.Hour), 1)}, 3, 1, 1, 1, 0, 1, 2},
		{"the deadline is the next day's beginning", []string{lost("a", noon, later, 1), lost("b", noon, later, 1), lost("c", noon, noon.Add(36*time.Hour), 1)}, 3, 0, 1, 1, 0, 1, 2},
		{"who waited comes first", []string{lost("a", noon, later, 1), lost("b", noon, later, 1), lost("c", noon, noon.Add(37*time.Hour), 1), lost("d", noon.Add(12*time.Hour), later, 1), lost("e", noon.Add(12*time.Hour), later, 1)}, 5, 0, 2, 2, 0, 1, 2},
		{"the file's order does not matter", []string{lost("c", noon.Add(2*time.Second), noon.Add(35*time.Hour), 1), lost("a", noon, later, 1), lost("b", noon.Add(time.Second), later, 1)}, 3, 1, 1, 1, 0, 1, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, small(nil), c.texts, inLive)
			b := r.Budgets[0]
			got := []int64{r.Totals.Closed, r.Totals.Late, b.DaysHit, b.PutOff.Count, b.NeverClosed.Count, b.LongestWait}
			if want := []int64{c.closed, c.late, c.hit, c.putOff, c.never, c.longest}; !slices.Equal(got, want) {
				t.Errorf("closed, late, days hit, put off, never closed, longest wait: %v, want %v", got, want)
			}
			if n := len(r.Days); int64(n) != c.hit || n > 0 && r.Days[n-1].Closed.Amount != c.lastDayConceded {
				t.Errorf("days hit: %+v, want %d, the last with %d conceded", r.Days, c.hit, c.lastDayConceded)
			}
		})
	}
}

// Who wanted to close first comes first when a day begins, although its rule and its plan changed since.
func TestFirstWantedFirstClosed(t *testing.T) {
	d := small(func(d *policy.Document, r *policy.Rule) {
		d.Budget.Spend["usd"] = policy.Spend{Closes: 1, Amount: 2500}
		early := *r
		early.Name, early.If.TimeLeft = "early", &policy.Span{AtLeast: span(95)}
		d.Rules = []policy.Rule{early, *r}
	})
	r := run(t, d, []string{
		lost("spends the 2nd", at("2026-03-01T12:00:00Z"), time.Time{}, 1),
		lost("put off by early, planned anew by small", at("2026-03-01T13:00:00Z"), at("2026-03-06T17:00:00Z"), 10),
		lost("spends the 3rd", at("2026-03-02T06:00:00Z"), time.Time{}, 100),
		lost("put off to its deadline", at("2026-03-02T07:00:00Z"), at("2026-03-04T00:00:00Z"), 1000),
	}, inLive)
	if got := r.Currencies[0]; got.Closed.Amount != 1111 || got.Late.Amount != 1000 {
		t.Errorf("closed %+v, late %+v; want all closed, the last one late", got.Closed, got.Late)
	}
}

// A day is a UTC day, also where a month, a year or a leap day begins.
func TestDaysAndMonths(t *testing.T) {
	for _, c := range []struct{ before, after, month, next string }{
		{"2024-02-28T23:59:59Z", "2024-02-29T00:00:00Z", "2024-02", "2024-02"},
		{"2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", "2024-02", "2024-03"},
		{"2025-02-28T23:59:59Z", "2025-03-01T00:00:00Z", "2025-02", "2025-03"},
		{"2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2025-12", "2026-01"},
		{"2026-03-29T00:59:59+01:00", "2026-03-29T00:00:00Z", "2026-03", "2026-03"},
	} {
		first, second := at(c.before).Add(-day), at(c.after).Add(-day)
		due := second.Add(10 * day)
		d := small(func(d *policy.Document, _ *policy.Rule) {
			d.Budget.Spend["usd"] = policy.Spend{Closes: 1, Amount: 2500}
		})
		r := run(t, d, []string{lost("a", first, due, 100), lost("b", second, due, 200)}, inLive)
		if r.Totals.Closed != 2 || len(r.Days) != 0 {
			t.Errorf("%s and %s: %d closed, days hit %v; want both closed, each on its day", c.before, c.after, r.Totals.Closed, r.Days)
		}
		want := map[string]int64{}
		want[c.month] += 100
		want[c.next] += 200
		for _, row := range r.Months {
			if row.Closed.Amount != want[row.Name] {
				t.Errorf("%s: month %s concedes %d, want %d", c.before, row.Name, row.Closed.Amount, want[row.Name])
			}
		}
	}
}

func TestClocks(t *testing.T) {
	created := at("2024-02-25T10:00:00Z")
	for _, c := range []struct {
		name  string
		due   time.Time
		edit  func(*policy.Rule)
		fate  string
		month string
	}{
		{"after its grace", created.Add(9 * day), func(r *policy.Rule) { r.After = span(24) }, "close", "2024-02"},
		{"grace as long as the time left", created.Add(day), func(r *policy.Rule) { r.After = span(24) }, "close", "2024-02"},
		{"grace longer than the time left", created.Add(day - time.Second), func(r *policy.Rule) { r.After = span(24) }, "close late", "2024-02"},
		{"grace longer than the horizon", created.Add(day), func(r *policy.Rule) { r.If.Age, r.After = &policy.Span{AtLeast: span(48)}, span(720) }, "missed", "2024-03"},
		{"planned only when the deadline has passed", created.Add(3 * day), func(r *policy.Rule) { r.If.Age, r.After = &policy.Span{AtLeast: span(96)}, span(0) }, "close late", "2024-02"},
		{"past due", created.Add(3 * day), func(r *policy.Rule) {
			r.If.TimeLeft, r.After = &policy.Span{AtMost: p(policy.Duration(-time.Second))}, span(0)
		}, "close late", "2024-02"},
		{"before due over the leap day", at("2024-03-02T09:00:00Z"), func(r *policy.Rule) { r.After, r.BeforeDue = nil, span(33) }, "close", "2024-03"},
		{"before due on the leap day", at("2024-03-02T08:59:59Z"), func(r *policy.Rule) { r.After, r.BeforeDue = nil, span(33) }, "close", "2024-02"},
		{"before due has passed already", created.Add(time.Hour), func(r *policy.Rule) { r.After, r.BeforeDue = nil, span(33) }, "close", "2024-02"},
		{"before due without a deadline", time.Time{}, func(r *policy.Rule) { r.After, r.BeforeDue = nil, span(33) }, "keep", "2024-02"},
		{"before due and before created", created.Add(-time.Second), func(r *policy.Rule) { r.After, r.BeforeDue = nil, span(33) }, "keep", "2024-02"},
		{"no deadline", time.Time{}, func(r *policy.Rule) { r.After = span(720) }, "close", "2024-03"},
		{"too little time left when the grace has run", created.Add(2 * day), func(r *policy.Rule) { r.If.TimeLeft = &policy.Span{AtLeast: span(25)} }, "keep", "2024-02"},
		{"enough time left when the grace has run", created.Add(2 * day), func(r *policy.Rule) { r.If.TimeLeft = &policy.Span{AtLeast: span(24)} }, "close", "2024-02"},
		{"old enough at the fifth look", created.Add(20 * day), func(r *policy.Rule) { r.If.Age, r.After = &policy.Span{AtLeast: span(73)}, span(0) }, "close", "2024-02"},
		{"old enough at the sixth look", created.Add(20 * day), func(r *policy.Rule) { r.If.Age, r.After = &policy.Span{AtLeast: span(97)}, span(0) }, "close", "2024-03"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := inLive
			o.Replay.Horizon = policy.Duration(31 * day)
			r := run(t, small(func(_ *policy.Document, r *policy.Rule) { c.edit(r) }), []string{lost("a", created, c.due, 100)}, o)
			row := r.Months[0]
			got := map[int64]string{row.Closed.Count: "close", row.Missed.Count: "missed", row.Kept.Count: "keep"}[1]
			if row.Late.Count == 1 {
				got += " late"
			}
			if got != c.fate || row.Name != c.month {
				t.Errorf("%s in %s, want %s in %s", got, row.Name, c.fate, c.month)
			}
		})
	}
}

func TestGuardsAndDoubts(t *testing.T) {
	created := at("2026-03-02T12:00:00Z")
	text := func(replace, with string) string {
		return strings.Replace(lost("a", created, created.Add(9*day), 100), replace, with, 1)
	}
	d := small(func(_ *policy.Document, r *policy.Rule) { r.If.HasEvidence = p(false) })
	for _, c := range []struct{ name, text, want string }{
		{"closes", text("", ""), ""},
		{"test mode", text(`"livemode":true`, `"livemode":false`), "guard livemode"},
		{"mode unknown", text(`"livemode":true`, `"livemode":null`), "guard livemode"},
		{"amount unknown", text(`"amount":100`, `"amount":null`), "doubt amount"},
		{"amount of nothing", text(`"amount":100`, `"amount":0`), "guard amount"},
		{"currency unknown", text(`"currency":"usd"`, `"currency":null`), "doubt currency"},
		{"evidence unknown", text(`"has_evidence":false`, `"has_evidence":null`), "doubt has_evidence"},
		{"status unknown", text(`"status":"lost"`, `"status":null`), "doubt status"},
		{"had evidence in the end", text(`"has_evidence":false`, `"has_evidence":true`), ""},
		{"another currency", text(`"currency":"usd"`, `"currency":"jpy"`), "kept"},
	} {
		r := run(t, d, []string{c.text}, inLive)
		got := ""
		switch {
		case len(r.Guards) == 1:
			got = "guard " + string(r.Guards[0].Guard)
		case len(r.Doubts) == 1 && r.Doubts[0].Stopped.Count == 1:
			got = "doubt " + r.Doubts[0].Fact
		case r.Totals.Kept == 1:
			got = "kept"
		}
		if got != c.want || (r.Totals.Closed == 1) != (c.want == "") {
			t.Errorf("%s: %q, %+v; want %q", c.name, got, r.Totals, c.want)
		}
	}
}

// What is assumed of the charge decides like the closer's read of it: a refund, and under refunds: required one that is
// not known either, goes to a person.
func TestRefunds(t *testing.T) {
	created := at("2026-03-02T12:00:00Z")
	asksForIt := func(_ *policy.Document, r *policy.Rule) { r.If.Refunded = p(false) }
	unavailable := func(d *policy.Document, _ *policy.Rule) { d.Refunds = policy.RefundsUnavailable }
	for _, c := range []struct {
		name   string
		edit   func(*policy.Document, *policy.Rule)
		charge replay.Charge
		status string
		want   string
	}{
		{"nothing said", nil, "", "lost", "close"},
		{"not refunded", nil, replay.NotRefunded, "lost", "close"},
		{"refunded", nil, replay.Refunded, "lost", "review, guard refunded"},
		{"unknown", nil, replay.RefundUnknown, "lost", "review, guard refunded"},
		{"unknown and unavailable", unavailable, replay.RefundUnknown, "lost", "close"},
		{"refunded although unavailable", unavailable, replay.Refunded, "lost", "review, guard refunded"},
		{"unknown to a rule that asks", asksForIt, replay.RefundUnknown, "lost", "keep, doubt refunded"},
		{"refunded to a rule that asks", asksForIt, replay.Refunded, "lost", "keep"},
		{"no charge to read", nil, replay.NotRefunded, "lost", "review, guard refunded"},
		{"no charge to read, and unavailable", unavailable, replay.NotRefunded, "lost", "close"},
		{"no charge to read, whatever is assumed", unavailable, replay.Refunded, "lost", "close"},
		{"no closer reads the charge of an early warning", asksForIt, replay.NotRefunded, "early_dispute_warning", "keep"},
	} {
		o := inLive
		o.Replay.Refunded = c.charge
		text := strings.Replace(lost("a", created, created.Add(9*day), 100), `"lost"`, `"`+c.status+`"`, 1)
		if strings.HasPrefix(c.name, "no charge") {
			text = strings.Replace(text, `"charge":"ch_1"`, `"charge":null`, 1)
		}
		r := run(t, small(c.edit), []string{text}, o)
		got := map[int64]string{r.Totals.Closed: "close", r.Totals.Kept: "keep", r.Totals.Reviewed: "review"}[1]
		for _, g := range r.Guards {
			got += ", guard " + string(g.Guard)
		}
		for _, d := range r.Doubts {
			got += ", doubt " + d.Fact
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRegretAndFees(t *testing.T) {
	created := at("2026-03-02T12:00:00Z")
	text := func(amount int, status string, sent int) string {
		s := strings.Replace(lost("a", created, created.Add(9*day), amount), `"lost"`, `"`+status+`"`, 1)
		return strings.Replace(s, `"submission_count":0`, fmt.Sprint(`"submission_count":`, sent), 1)
	}
	texts := []string{
		text(100, "won", 1), text(200, "won", 0), text(300, "lost", 2), text(400, "lost", 0), text(500, "under_review", 1),
		text(2000, "won", 1), text(2100, "lost", 1), text(2200, "lost", 0),
	}
	d := small(func(d *policy.Document, _ *policy.Rule) {
		d.Budget.Spend["usd"] = policy.Spend{Closes: 9, Amount: 9999}
	})
	o := inLive
	o.Fees = map[string]backtest.Fees{"usd": {Fought: 1500, Refunded: 900, Work: 50}, "eur": {Fought: 7}}
	got := run(t, d, texts, o).Currencies[0].Tally
	for name, c := range map[string]struct{ got, want backtest.Count }{
		"closed":               {got.Closed, backtest.Count{Count: 5, Amount: 1500}},
		"won when fought":      {got.WonFought, backtest.Count{Count: 1, Amount: 100}},
		"won otherwise":        {got.WonOtherwise, backtest.Count{Count: 1, Amount: 200}},
		"spared":               {got.Spared, backtest.Count{Count: 1, Amount: 300}},
		"wasted, and not ours": {got.Wasted, backtest.Count{Count: 1, Amount: 2100}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	if want := int64(3*1550 - 900); got.FeesSaved != want {
		t.Errorf("fees saved %d, want %d", got.FeesSaved, want)
	}
	if want := int64(2*1550 - 900); got.FeesSpent != want {
		t.Errorf("fees spent %d, want %d", got.FeesSpent, want)
	}
}

// What this system closed was not fought, although it was lost.
func TestOwnClosesAreNotFights(t *testing.T) {
	created := at("2026-03-02T12:00:00Z")
	inner := strings.Replace(lost("a", created, created.Add(9*day), 100), `"submission_count":0`, `"submission_count":1`, 1)
	r := run(t, small(nil), []string{`{"state":"closed","dispute":` + inner + `}`, `{"state":"resolved","dispute":` + inner + `}`}, inLive)
	if got := r.Currencies[0].Spared.Count; got != 1 || r.History.Cases != 2 {
		t.Errorf("%d fights spared of %d cases, want 1 of 2", got, r.History.Cases)
	}
}

func TestSumsDoNotOverflow(t *testing.T) {
	created := at("2026-03-02T12:00:00Z")
	huge := strings.Replace(lost("a", created, created.Add(9*day), 100), `"amount":100`, `"amount":9223372036854775807`, 1)
	r := run(t, small(nil), []string{huge, huge}, inLive)
	if got := r.Currencies[0].Kept; got.Count != 2 || got.Amount != 9223372036854775807 {
		t.Errorf("kept %+v, want 2 of the largest amount", got)
	}
}

// The report is the same whatever the number of goroutines and their order.
func TestDeterministic(t *testing.T) {
	var file strings.Builder
	if err := historytest.Write(&file, 20000, 3); err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var first string
	for _, procs := range []int{1, 2, 3, 7} {
		runtime.GOMAXPROCS(procs)
		r, err := backtest.Run(context.Background(), small(nil), strings.NewReader(file.String()), inLive)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first || r.Totals.Closed == 0 {
			t.Fatalf("with %d goroutines another report:\n%s\nwant\n%s", procs, text, first)
		}
	}
}

// In JSON no list is null, and the assumptions are stated.
func TestEmptyReport(t *testing.T) {
	r := run(t, small(nil), nil, backtest.Options{})
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "null") || !strings.Contains(string(text), "needs_response") {
		t.Errorf("%s", text)
	}
	if len(r.Idle) != 1 || r.Idle[0] != "small" || r.Mode != policy.Shadow {
		t.Errorf("idle rules %v, mode %s", r.Idle, r.Mode)
	}
}

func TestErrors(t *testing.T) {
	bad := small(nil)
	bad.Rules[0].After = nil
	if _, err := backtest.Run(context.Background(), bad, strings.NewReader(""), inLive); err == nil {
		t.Error("a policy that does not compile was tried")
	}
	for _, f := range []backtest.Fees{{Fought: -1}, {Refunded: -1}, {Work: -1}} {
		o := backtest.Options{Fees: map[string]backtest.Fees{"usd": f}}
		if _, err := backtest.Run(context.Background(), small(nil), strings.NewReader(""), o); !errors.Is(err, backtest.ErrFees) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	created := at("2026-03-02T12:00:00Z")
	cut := lost("a", created, created.Add(9*day), 100) + "\n{\"id\":\"b"
	r, err := backtest.Run(context.Background(), small(nil), strings.NewReader(cut), inLive)
	if !errors.Is(err, history.ErrTruncated) || r.Totals.Closed != 1 {
		t.Errorf("%v, %+v; want truncated after one close", err, r.Totals)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := backtest.Run(ctx, small(nil), strings.NewReader(cut), inLive); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want cancelled", err)
	}
}

// A cancelled run ends although its file does not.
func TestCancelledInTheMiddle(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := inLive
	o.History.Progress = func(read, _ int64) {
		if read > 8<<20 {
			cancel()
		}
	}
	r, w := io.Pipe()
	go func() {
		for historytest.Write(w, 1000, 1) == nil {
			continue
		}
	}()
	defer r.Close()
	if _, err := backtest.Run(ctx, small(nil), r, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want cancelled", err)
	}
}
