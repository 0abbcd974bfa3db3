package replay_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/internal/historytest"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func p[T any](v T) *T { return &v }

func span(hours int) *policy.Duration { return p(policy.Duration(time.Duration(hours) * time.Hour)) }

// tenRules is a policy with conditions of every kind.
func tenRules() policy.Document {
	in := func(words ...string) *policy.Words { return &policy.Words{In: words} }
	amounts := map[string]policy.Bounds{"usd": {AtMost: p(int64(1500))}, "eur": {AtMost: p(int64(1500))}}
	close := func(name string, c policy.Conditions) policy.Rule {
		c.Status, c.Amount = in("needs_response"), amounts
		return policy.Rule{Name: name, Then: policy.Close, After: span(24), If: c}
	}
	return policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000, "eur": 5000},
		Budget: policy.Budgets{Failures: 5, Spend: map[string]policy.Spend{"usd": {Closes: 50, Amount: 50000}, "eur": {Closes: 50, Amount: 50000}}},
		Rules: []policy.Rule{
			{Name: "1", Then: policy.Review, If: policy.Conditions{Status: in("warning_needs_response")}},
			{Name: "2", Then: policy.Keep, If: policy.Conditions{Currency: in("jpy", "krw")}},
			{Name: "3", Then: policy.Keep, If: policy.Conditions{ReasonCode: in("10.1", "10.2", "10.3", "10.4")}},
			close("4", policy.Conditions{Refunded: p(false), Metadata: map[string]policy.Words{"tier": *in("gold")}}),
			{Name: "5", Then: policy.Review, If: policy.Conditions{TimeLeft: &policy.Span{AtMost: span(6)}}},
			{Name: "6", Then: policy.Keep, If: policy.Conditions{Metadata: map[string]policy.Words{"tier": *in("gold")}}},
			{Name: "7", Then: policy.Keep, If: policy.Conditions{SubmissionCount: &policy.Bounds{AtLeast: p(int64(1))}}},
			close("8", policy.Conditions{Refunded: p(false)}),
			{Name: "9", Then: policy.Review, If: policy.Conditions{Age: &policy.Span{AtLeast: span(96)}}},
			close("10", policy.Conditions{HasEvidence: p(false)}),
		},
	}
}

// each calls visit with every one of n made-up disputes.
func each(t testing.TB, n int, visit func(*history.Record)) {
	t.Helper()
	var file strings.Builder
	if err := historytest.Write(&file, n, 9); err != nil {
		t.Fatal(err)
	}
	if _, err := history.Read(context.Background(), strings.NewReader(file.String()), history.Options{}, visitor(visit)); err != nil {
		t.Fatal(err)
	}
}

type visitor func(*history.Record)

func (v visitor) Visit(r *history.Record) { v(r) }

func TestReplayDoesNotAllocate(t *testing.T) {
	e, err := replay.New(tenRules(), replay.Options{Livemode: true})
	if err != nil {
		t.Fatal(err)
	}
	r, fates := e.New(), map[replay.Fate]int{}
	each(t, 300, func(rec *history.Record) {
		fates[r.Replay(rec).Fate]++
		if n := testing.AllocsPerRun(3, func() { r.Replay(rec) }); n != 0 {
			t.Fatalf("%v allocations, want 0, for %s", n, rec.ID)
		}
	})
	if fates[replay.Closes] == 0 || fates[replay.Kept] == 0 || fates[replay.Reviewed] == 0 {
		t.Errorf("fates %v: the disputes are too dull", fates)
	}
}

func TestBegun(t *testing.T) {
	for _, s := range append(dispute.Statuses(), "", "new_word") {
		want := s
		switch s {
		case dispute.Won, dispute.Lost, dispute.ChargeRefunded, dispute.UnderReview:
			want = dispute.NeedsResponse
		case dispute.WarningClosed, dispute.WarningUnderReview:
			want = dispute.WarningNeedsResponse
		}
		if got := replay.Begun(s); got != want {
			t.Errorf("%q began as %q, want %q", s, got, want)
		}
	}
}

// A refund that the record shows stops a close whatever is assumed, and what it shows otherwise permits none.
func TestARecordedRefundIsBelievedOneWay(t *testing.T) {
	d := tenRules()
	d.Rules = d.Rules[7:8]
	for _, c := range []struct {
		recorded dispute.Maybe[bool]
		assumed  replay.Charge
		closes   bool
	}{
		{dispute.Maybe[bool]{}, replay.NotRefunded, true}, {dispute.Known(true), replay.NotRefunded, false},
		{dispute.Known(false), replay.NotRefunded, true}, {dispute.Known(false), replay.RefundUnknown, false},
		{dispute.Known(false), replay.Refunded, false}, {dispute.Known(true), replay.RefundUnknown, false},
	} {
		e, err := replay.New(d, replay.Options{Livemode: true, Refunded: c.assumed})
		if err != nil {
			t.Fatal(err)
		}
		rec := history.Record{CreatedMs: 1_700_000_000_000, NamesCharge: true, Facts: policy.Facts{
			Status: "needs_response", Currency: "usd", Amount: dispute.Known[int64](900), Livemode: dispute.Known(true), Refunded: c.recorded,
		}}
		if got := e.New().Replay(&rec).Fate == replay.Closes; got != c.closes {
			t.Errorf("recorded %+v, assumed %s: closes %t, want %t", c.recorded, c.assumed, got, c.closes)
		}
	}
}

// The closer reads no charge of an early warning: what the record's copy says against a refund is not known then.
func TestNoChargeIsReadOfWhatCannotBeClosed(t *testing.T) {
	d := tenRules()
	d.Rules = []policy.Rule{{Name: "refunded", Then: policy.Review, If: policy.Conditions{Refunded: p(true)}}}
	e, err := replay.New(d, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[dispute.Status]replay.Fate{dispute.NeedsResponse: replay.Kept, dispute.EarlyDisputeWarning: replay.Reviewed} {
		rec := history.Record{CreatedMs: 1_700_000_000_000, NamesCharge: true, Facts: policy.Facts{Status: string(status), Refunded: dispute.Known(false)}}
		if got := e.New().Replay(&rec).Fate; got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}

// Each assumption has its own words.
func TestAssumptionsNameTheCharge(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range []replay.Charge{replay.NotRefunded, replay.Refunded, replay.RefundUnknown} {
		text := strings.Join(replay.Options{Refunded: c}.Assumptions(), "\n")
		if !strings.Contains(text, "--refunded true|false|unknown") || seen[text] {
			t.Errorf("%s: %s", c, text)
		}
		seen[text] = true
	}
	if !slices.Equal(replay.Options{}.Assumptions(), replay.Options{Refunded: replay.NotRefunded}.Assumptions()) {
		t.Error("the zero Options assume something else than a charge that was not refunded")
	}
}

func TestTooManyRules(t *testing.T) {
	d := tenRules()
	d.Rules = make([]policy.Rule, 40000)
	for i := range d.Rules {
		d.Rules[i] = policy.Rule{Name: time.Duration(i).String(), Then: policy.Keep, If: policy.Conditions{PastDue: p(true)}}
	}
	if _, err := replay.New(d, replay.Options{}); err == nil {
		t.Error("more rules were taken than a replay can tell apart")
	}
}

func BenchmarkReplay(b *testing.B) {
	e, err := replay.New(tenRules(), replay.Options{Livemode: true})
	if err != nil {
		b.Fatal(err)
	}
	var records []history.Record
	each(b, 1000, func(rec *history.Record) {
		kept := *rec
		kept.Facts.Metadata = nil // It lies in the reader's buffer.
		records = append(records, kept)
	})
	r := e.New()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Replay(&records[i%len(records)])
	}
}
