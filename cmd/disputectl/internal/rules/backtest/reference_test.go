package backtest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/shared/policy"
)

// fees are such that no two sums of them are alike by chance.
var fees = map[string]backtest.Fees{"usd": {Fought: 1501, Refunded: 907, Work: 11}, "eur": {Fought: 20011}}

func run(t testing.TB, d policy.Document, texts []string, o backtest.Options) backtest.Report {
	t.Helper()
	r, err := backtest.Run(context.Background(), d, strings.NewReader(strings.Join(texts, "\n")), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// table is a report's groups by name and currency.
type table map[string]backtest.Tally

func tableOf(r backtest.Report) table {
	all := table{}
	for kind, rows := range map[string][]backtest.Row{"currency": r.Currencies, "rule": r.Rules, "month": r.Months, "reason": r.Reasons} {
		for _, row := range rows {
			all[kind+"|"+row.Name+"|"+row.Currency] = row.Tally
		}
	}
	return all
}

// tally counts what became of the naive replay's disputes.
func (n *naive) tally() table {
	least := map[string]string{}
	for _, c := range n.cases {
		key := policy.CodeOf(c.ended.ReasonCode).Key()
		if now, there := least[key]; !there || c.ended.ReasonCode < now {
			least[key] = c.ended.ReasonCode
		}
	}
	all := table{}
	for _, c := range n.cases {
		month := ""
		if !c.at.IsZero() {
			month = c.at.UTC().Format("2006-01")
		}
		for _, key := range []string{"currency|", "rule|" + c.rule, "month|" + month, "reason|" + least[policy.CodeOf(c.ended.ReasonCode).Key()]} {
			key += "|" + c.ended.Currency
			tally := all[key]
			c.count(&tally)
			all[key] = tally
		}
	}
	return all
}

func (c *past) count(t *backtest.Tally) {
	amount, _ := c.ended.Amount.Get()
	amount = max(amount, 0)
	add := func(to *backtest.Count) { to.Count, to.Amount = to.Count+1, to.Amount+amount }
	t.Disputes++
	if c.late() {
		add(&t.Late)
	}
	add(map[string]*backtest.Count{"close": &t.Closed, "missed": &t.Missed, "keep": &t.Kept, "review": &t.Reviewed, "ended": &t.Ended, "undated": &t.Undated}[c.fate])
	sent, known := c.ended.SubmissionCount.Get()
	fought := known && sent > 0
	switch {
	case c.byUs:
		fought, known = false, true
	case !known && c.ended.Status == "under_review":
		fought, known = true, true
	case !known:
		fought, known = c.ended.HasEvidence.Get()
	}
	won, lost := c.ended.Status == "won", c.ended.Status == "lost"
	if fought {
		f := fees[c.ended.Currency]
		cost := f.Fought + f.Work
		if won {
			cost -= f.Refunded
		}
		if c.fate == "close" {
			t.FeesSaved += cost
		} else {
			t.FeesSpent += cost
		}
	}
	switch {
	case c.fate != "close" && fought && lost:
		add(&t.Wasted)
	case c.fate != "close":
		return
	case won && fought:
		add(&t.WonFought)
	case won:
		add(&t.WonOtherwise)
	case lost && fought:
		add(&t.Spared)
	}
	if c.fate == "close" && !known {
		t.FightUnknown++
	}
}

var ignoreInner = cmpopts.IgnoreUnexported(backtest.Tally{}, backtest.Day{})

// rounds is how many random histories are compared; more by the environment, a fifth with -short, under the race
// detector, where the goroutines matter and not the arithmetic.
func rounds(t *testing.T, normal int) int {
	if text := os.Getenv("BACKTEST_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return normal / 5
	}
	return normal
}

func TestAgreesWithNaiveReplay(t *testing.T) {
	closed, hit, missed, late, refunded := 0, 0, 0, 0, 0
	for seed := range rounds(t, 1500) {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		d, texts := randomPolicy(rng), randomHistory(rng)
		o := replay.Options{Livemode: true, EvidenceAsRecorded: rng.IntN(3) == 0, Horizon: oneOf(rng, 0, policy.Duration(5*day), policy.Duration(12*day)), Refunded: randomCharge(rng)}
		n := replayNaively(d, texts, o)
		r := run(t, d, texts, backtest.Options{Replay: o, Fees: fees})
		explain := func() string {
			return fmt.Sprintf("seed %d, %+v\n%+v\n%s", seed, o, d.Rules, strings.Join(texts, "\n"))
		}
		if diff := cmp.Diff(n.tally(), tableOf(r), ignoreInner); diff != "" {
			t.Fatalf("naive (-), report (+): %s\n%s", diff, explain())
		}
		if diff := cmp.Diff(n.days(), daysOf(r)); diff != "" {
			t.Fatalf("budget days, naive (-), report (+): %s\n%s", diff, explain())
		}
		if diff := cmp.Diff(n.stops(d), stopsOf(r)); diff != "" {
			t.Fatalf("stops, naive (-), report (+): %s\n%s", diff, explain())
		}
		closed, hit, missed, late = closed+int(r.Totals.Closed), hit+len(r.Days), missed+int(r.Totals.Missed), late+int(r.Totals.Late)
		refunded += stoppedByRefund(r)
	}
	if closed == 0 || hit == 0 || missed == 0 || late == 0 || refunded == 0 {
		t.Errorf("%d closes, %d of them late, %d days hit, %d missed, %d stopped by a refund: the histories are too dull", closed, late, hit, missed, refunded)
	}
}

func stoppedByRefund(r backtest.Report) int {
	n := 0
	for _, g := range r.Guards {
		if g.Guard == policy.GuardRefunded {
			n += int(g.Stopped.Count)
		}
	}
	return n
}

// days are the budgets hit, with what was closed within them.
func (n *naive) days() map[string]backtest.Count {
	all := map[string]backtest.Count{}
	for key := range n.hit {
		all[key] = n.spent[key]
	}
	return all
}

func daysOf(r backtest.Report) map[string]backtest.Count {
	all := map[string]backtest.Count{}
	for _, d := range r.Days {
		all[d.Day+" "+d.Currency] = d.Closed
	}
	return all
}

// stops counts what guards and doubts stopped, for disputes that never tried to close.
func (n *naive) stops(d policy.Document) map[string]int64 {
	all := map[string]int64{}
	for _, c := range n.cases {
		if c.fate != "keep" && c.fate != "review" || !c.wanted.IsZero() {
			continue
		}
		if c.guard != "" {
			all["guard "+string(c.guard)+" "+c.ended.Currency]++
		}
		stopped, held := n.doubts(c, c.instants(d))
		for _, fact := range stopped {
			all["stopped "+fact+" "+c.ended.Currency]++
		}
		for _, fact := range held {
			all["held "+fact+" "+c.ended.Currency]++
		}
	}
	return all
}

// instants are those within the dispute's life at which a condition on time may change.
func (c *past) instants(d policy.Document) []time.Time {
	all := []time.Time{c.ended.Created}
	if due := c.ended.DueBy; !due.IsZero() {
		all = append(all, due.Add(time.Millisecond))
	}
	for i := range d.Rules {
		for _, s := range []*policy.Span{d.Rules[i].If.Age, d.Rules[i].If.TimeLeft} {
			if s == nil {
				continue
			}
			for _, b := range []*policy.Duration{s.AtLeast, s.AtMost} {
				if b != nil {
					for _, around := range []time.Duration{-time.Millisecond, 0, time.Millisecond} {
						all = append(all, c.ended.Created.Add(time.Duration(*b)+around))
						if !c.ended.DueBy.IsZero() {
							all = append(all, c.ended.DueBy.Add(-time.Duration(*b)+around))
						}
					}
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(at time.Time) bool {
		return at.Before(c.ended.Created) || at.After(c.end)
	})
}

func stopsOf(r backtest.Report) map[string]int64 {
	all := map[string]int64{}
	for _, g := range r.Guards {
		all["guard "+string(g.Guard)+" "+g.Currency] = g.Stopped.Count
	}
	for _, d := range r.Doubts {
		if d.Stopped.Count > 0 {
			all["stopped "+d.Fact+" "+d.Currency] = d.Stopped.Count
		}
		if d.Held.Count > 0 {
			all["held "+d.Fact+" "+d.Currency] = d.Held.Count
		}
	}
	return all
}
