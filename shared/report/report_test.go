package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/internal/reporttest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

// TestACaseThatEndedCounts once by its outcome and once by what was decided.
func TestACaseThatEndedCounts(t *testing.T) {
	c := report.Count{Cases: 1, Amount: 100}
	for name, test := range map[string]struct {
		ended closing.Ended
		want  report.Tally
	}{
		"answered": {closing.Ended{State: closing.Closed, Proof: closing.Answered, Status: dispute.Lost, Action: policy.Close},
			report.Tally{Closed: c, Answered: c}},
		"inferred": {closing.Ended{State: closing.Closed, Proof: closing.Inferred, Status: dispute.Lost, Action: policy.Close, PostedAt: reporttest.Noon},
			report.Tally{Closed: c, Inferred: c}},
		"closed, and contradicted": {closing.Ended{State: closing.Closed, Proof: closing.Answered, Status: dispute.Won, Action: policy.Close, Contradicted: true},
			report.Tally{Closed: c, Answered: c, Contradicted: c}},
		"kept and won":         {closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Keep}, report.Tally{Won: c, Kept: c}},
		"kept in shadow, lost": {closing.Ended{State: closing.Resolved, Status: dispute.Lost, Action: policy.Keep, Shadow: true}, report.Tally{Lost: c, Kept: c}},
		"reviewed, refunded":   {closing.Ended{State: closing.Resolved, Status: dispute.ChargeRefunded, Action: policy.Review}, report.Tally{Otherwise: c, Reviewed: c}},
		"regret":               {closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Close, Shadow: true}, report.Tally{Won: c, Trial: c, Regrets: c}},
		"spared":               {closing.Ended{State: closing.Resolved, Status: dispute.Lost, Action: policy.Close, Shadow: true}, report.Tally{Lost: c, Trial: c, Spared: c}},
		"trial, ended otherwise": {closing.Ended{State: closing.Resolved, Status: dispute.WarningClosed, Action: policy.Close, Shadow: true},
			report.Tally{Otherwise: c, Trial: c}},
		"overtaken": {closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Close}, report.Tally{Won: c, Overtaken: c}},
		"perhaps ours": {closing.Ended{State: closing.Resolved, Status: dispute.Lost, Action: policy.Close, PostedAt: reporttest.Noon},
			report.Tally{Lost: c, Overtaken: c, InDoubt: c}},
		"missing":        {closing.Ended{State: closing.Missing, Status: dispute.Won, Action: policy.Close, Shadow: true}, report.Tally{Otherwise: c, Trial: c}},
		"missing, lost":  {closing.Ended{State: closing.Missing, Status: dispute.Lost, Action: policy.Close, Shadow: true}, report.Tally{Otherwise: c, Trial: c}},
		"never decided":  {closing.Ended{State: closing.Resolved, Status: dispute.Lost}, report.Tally{Lost: c, Undecided: c}},
		"unknown status": {closing.Ended{State: closing.Resolved, Status: "new", Action: policy.Keep}, report.Tally{Otherwise: c, Kept: c}},
	} {
		test.want.Ended = c
		r := reporttest.Sum([]closing.Line{reporttest.Ended(test.ended)})
		want := []report.Row{{Key: report.Key{Name: "usd", Currency: "usd"}, Tally: test.want}}
		if diff := cmp.Diff(want, r.Currencies); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestGroupsAreNamed by day, by who decided, and by code.
func TestGroupsAreNamed(t *testing.T) {
	lines := []closing.Line{
		reporttest.Ended(closing.Ended{State: closing.Closed, Rule: "small", Action: policy.Close, ReasonCode: "10.4"}),
		reporttest.Ended(closing.Ended{State: closing.Closed, Operator: "ada", Action: policy.Close, ReasonCode: "104"}),
		reporttest.Ended(closing.Ended{State: closing.Resolved, Action: policy.Keep, ReasonCode: "10-4"}),
		reporttest.Ended(closing.Ended{State: closing.Resolved}),
		reporttest.Ended(closing.Ended{State: closing.Resolved, ReasonCode: "--"}),
	}
	for i := range lines {
		lines[i].Dispute = dispute.ID(fmt.Sprint("dp_", i))
	}
	lines[1].At = reporttest.Noon.Add(-24 * time.Hour).In(time.FixedZone("east", 14*3600))
	lines[2].Money = dispute.Money{}
	r := reporttest.Sum(lines)
	for name, test := range map[string]struct {
		rows []report.Row
		want []report.Key
	}{
		"days": {r.Days, []report.Key{{Name: "2026-03-07", Currency: "usd"}, {Name: "2026-03-08", Currency: ""}, {Name: "2026-03-08", Currency: "usd"}}},
		"rules": {r.Rules, []report.Key{
			{By: report.ByNoRule}, {By: report.ByNobody, Currency: "usd"}, {By: report.ByOperator, Currency: "usd"}, {By: report.ByRule, Name: "small", Currency: "usd"},
		}},
		"reasons": {r.Reasons, []report.Key{{Currency: "usd"}, {Name: "10-4"}, {Name: "10-4", Currency: "usd"}}},
	} {
		var got []report.Key
		for _, row := range test.rows {
			got = append(got, row.Key)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestEveryGroupingAddsUpToTheSame on random lines: in each, every case is counted once by its outcome and by its decision.
func TestEveryGroupingAddsUpToTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 6))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for range 200 {
		var lines []closing.Line
		for i := range random.IntN(60) {
			l := reporttest.Ended(closing.Ended{
				State:  closing.State(pick("closed", "resolved", "missing")),
				Status: dispute.Status(pick("won", "lost", "charge_refunded", "warning_closed", "odd")),
				Proof:  closing.Proof(pick("answered", "inferred")), Action: policy.Action(pick("", "close", "keep", "review")),
				Rule: pick("", "a", "b"), Operator: pick("", "", "ada"), Shadow: random.IntN(2) == 0, ReasonCode: pick("", "1", "2"),
				Contradicted: random.IntN(9) == 0,
			})
			if random.IntN(4) == 0 {
				l.Ended.PostedAt = reporttest.Noon
			}
			l.Dispute = dispute.ID(fmt.Sprint("dp_", i))
			l.At = reporttest.Noon.Add(-time.Duration(random.IntN(7*24)) * time.Hour)
			l.Money = dispute.Money{Amount: random.Int64N(5000), Currency: pick("usd", "eur", "")}
			lines = append(lines, l)
		}
		r := reporttest.Sum(lines)
		totals := byCurrency(r.Currencies)
		for name, rows := range map[string][]report.Row{"days": r.Days, "rules": r.Rules, "reasons": r.Reasons} {
			if diff := cmp.Diff(totals, byCurrency(rows)); diff != "" {
				t.Fatalf("%s do not add up to the currencies: %s", name, diff)
			}
		}
		n := int64(0)
		for _, c := range totals {
			n += c.Ended.Cases
			outcomes := add(c.Closed, c.Won, c.Lost, c.Otherwise)
			decisions := add(c.Closed, c.Kept, c.Reviewed, c.Trial, c.Overtaken, c.Undecided)
			if outcomes != c.Ended || decisions != c.Ended || add(c.Answered, c.Inferred) != c.Closed {
				t.Fatalf("a case is counted twice or never: %+v", c)
			}
		}
		if n != int64(len(lines)) {
			t.Fatalf("%d cases of %d", n, len(lines))
		}
	}
}

func add(counts ...report.Count) (sum report.Count) {
	for _, c := range counts {
		sum.Cases, sum.Amount = sum.Cases+c.Cases, sum.Amount+c.Amount
	}
	return sum
}

// byCurrency adds up rows of a currency.
func byCurrency(rows []report.Row) map[string]report.Tally {
	sums := map[string]report.Tally{}
	for _, row := range rows {
		sum := sums[row.Currency]
		to, from := reflect.ValueOf(&sum).Elem(), reflect.ValueOf(row.Tally)
		for i := range from.NumField() {
			count := add(to.Field(i).Interface().(report.Count), from.Field(i).Interface().(report.Count))
			to.Field(i).Set(reflect.ValueOf(count))
		}
		sums[row.Currency] = sum
	}
	return sums
}

// TestACaseThatEndsWhileItIsRead counts once, where it ended last.
func TestACaseThatEndsWhileItIsRead(t *testing.T) {
	early, late := reporttest.Ended(closing.Ended{State: closing.Missing}), reporttest.Ended(closing.Ended{State: closing.Closed})
	early.At = reporttest.Noon.Add(-time.Hour)
	waiting := closing.Case{ID: "dp_1", State: closing.Scheduled}
	for _, lines := range [][]closing.Line{{early, late}, {late, early}} {
		r := reporttest.Sum(lines, waiting)
		if len(r.Currencies) != 1 || r.Currencies[0].Ended.Cases != 1 || r.Currencies[0].Closed.Cases != 1 {
			t.Errorf("%+v", r.Currencies)
		}
		if len(r.Waits.Cases)+len(r.Waits.Currencies) != 0 {
			t.Errorf("it waits, too: %+v", r.Waits)
		}
	}
	if again := reporttest.Sum([]closing.Line{late, late}); again.Currencies[0].Ended.Cases != 1 {
		t.Errorf("a line that is read twice counts twice: %+v", again.Currencies)
	}
}

// TestASumStaysAtItsLimit because what WooshPay sends may be anything.
func TestASumStaysAtItsLimit(t *testing.T) {
	for _, c := range []struct{ a, b, want int64 }{
		{math.MaxInt64, 1, math.MaxInt64}, {math.MaxInt64, math.MaxInt64, math.MaxInt64}, {math.MaxInt64 - 1, 1, math.MaxInt64},
		{math.MinInt64, -1, math.MinInt64}, {math.MinInt64, math.MinInt64, math.MinInt64}, {math.MinInt64, math.MaxInt64, -1},
	} {
		a, b := reporttest.Ended(closing.Ended{State: closing.Closed}), reporttest.Ended(closing.Ended{State: closing.Closed})
		b.Dispute, a.Money.Amount, b.Money.Amount = "dp_2", c.a, c.b
		if got := reporttest.Sum([]closing.Line{a, b}).Currencies[0].Ended.Amount; got != c.want {
			t.Errorf("%d + %d is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestActsAreCountedByPerson(t *testing.T) {
	act := func(what, who string) closing.Line { return closing.Line{At: reporttest.Noon, What: what, Who: who} }
	r := reporttest.Sum([]closing.Line{act(closing.ActKeep, "bob"), act(closing.ActPause, "ada"), act(closing.ActKeep, "ada"), act(closing.ActKeep, "bob")})
	want := []report.Act{{What: "keep", Who: "ada", Acts: 1}, {What: "keep", Who: "bob", Acts: 2}, {What: "pause", Who: "ada", Acts: 1}}
	if diff := cmp.Diff(want, r.Acts); diff != "" || len(r.Currencies) != 0 {
		t.Errorf("%s, %+v", diff, r.Currencies)
	}
}

func TestWhatCannotBeReadIsNamedOnce(t *testing.T) {
	r := reporttest.Sum(nil)
	r.AddUnread("dp_9")
	r.AddUnread("dp_8")
	r.AddUnread("dp_9")
	if diff := cmp.Diff([]dispute.ID{"dp_9", "dp_8"}, r.Unread); diff != "" {
		t.Error(diff)
	}
}
