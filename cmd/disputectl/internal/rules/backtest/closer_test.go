package backtest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
)

// live is the real closer at work on a history, with a clock that jumps from one due case to the next.
type live struct {
	t      *testing.T
	now    time.Time
	claims int
	ledger *memory.Ledger
	closer closing.Closer
	charge dispute.Maybe[bool]
	cases  map[dispute.ID]*past
	closed map[dispute.ID]time.Time
}

func newLive(t *testing.T, d policy.Document, texts []string, o replay.Options) *live {
	d.Mode = policy.Live
	pol, err := policy.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	l := &live{t: t, charge: o.Refunded.Fact(), ledger: memory.New(), cases: map[dispute.ID]*past{}, closed: map[dispute.ID]time.Time{}}
	ledgertest.TurnOn(t, l.ledger)
	for i, text := range texts {
		c := newPast(i, text, o)
		l.cases[c.ended.ID] = c
	}
	l.closer = closing.Closer{
		Ledger: l.ledger, Provider: l, Watcher: l, Terms: closing.DefaultTerms(), Now: l.clock,
		Judge: closing.Judge{Policy: pol, Livemode: o.Livemode},
		NewID: func() string { l.claims++; return fmt.Sprint("claim ", l.claims) },
	}
	return l
}

func (l *live) clock() time.Time { return l.now }

// Note remembers when a case first found a budget spent.
func (l *live) Note(_ context.Context, n closing.Note) {
	if c := l.cases[n.Case.ID]; n.Kind == closing.NoteBudget && c.wanted.IsZero() {
		c.wanted = l.now
	}
}

// Get shows the dispute as it stands.
func (l *live) Get(_ context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	return l.cases[id].standing(l.now), time.Time{}, nil
}

// GetCharge shows a charge as the backtest assumes it.
func (l *live) GetCharge(_ context.Context, id string) (dispute.Charge, error) {
	return dispute.Charge{ID: id, Refunded: l.charge}, nil
}

// Close concedes the dispute.
func (l *live) Close(_ context.Context, id dispute.ID, _ time.Time) (dispute.Dispute, error) {
	if _, twice := l.closed[id]; twice {
		l.t.Fatalf("%s was closed twice", id)
	}
	l.closed[id] = l.now
	d := l.cases[id].standing(l.now)
	d.Status = dispute.Lost
	return d, nil
}

// run plays the history, and says of each dispute what became of it, when, and by which rule.
func (l *live) run() map[dispute.ID]string {
	fates := map[dispute.ID]string{}
	var open []*past
	for id, c := range l.cases {
		if fates[id] = c.fate; c.fate == "" {
			open = append(open, c)
		}
	}
	for len(open) > 0 {
		l.now = slices.MinFunc(open, func(a, b *past) int { return a.next.Compare(b.next) }).next
		slices.SortFunc(open, func(a, b *past) int {
			return cmp.Or(a.next.Compare(b.next), l.since(a).Compare(l.since(b)), cmp.Compare(a.place, b.place))
		})
		open = slices.DeleteFunc(open, func(c *past) bool {
			if !c.next.Equal(l.now) {
				return false
			}
			fates[c.ended.ID] = l.work(c)
			return fates[c.ended.ID] != ""
		})
	}
	return fates
}

func (l *live) since(c *past) time.Time {
	if c.wanted.IsZero() {
		return c.next
	}
	return c.wanted
}

// work lets the closer work on a case that is due, and returns its fate if it has one.
func (l *live) work(c *past) string {
	id, ctx := c.ended.ID, context.Background()
	stored, err := l.ledger.Load(ctx, id)
	switch {
	case errors.Is(err, closing.ErrNotFound):
		learner := closing.Learner{Ledger: l.ledger, Watcher: l, Now: l.clock, Pause: pause.Before}
		_, err = learner.Learn(ctx, closing.News{Dispute: c.standing(l.now), At: l.now, EventID: "evt_" + string(id), From: "test"})
	case l.now.After(c.end):
		return fateOf(stored)
	default:
		sweeper := closing.Sweeper{Ledger: l.ledger, DueIndex: l.ledger, Watcher: l, Terms: closing.DefaultTerms(), Now: l.clock}
		_, err = sweeper.Sweep(ctx)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.closer.Work(ctx, id); err != nil {
		l.t.Fatal(err)
	}
	if stored, err = l.ledger.Load(ctx, id); err != nil {
		l.t.Fatal(err)
	}
	if stored.State.Finished() {
		return fateOf(stored)
	}
	c.next = stored.DueAt
	return ""
}

func fateOf(c closing.Case) string {
	switch c.State {
	case closing.Closed:
		return "close by " + c.Decision.Rule
	case closing.Scheduled:
		return "missed by " + c.Decision.Rule
	default:
		return string(c.Decision.Action) + " by " + c.Decision.Rule
	}
}

// The closer itself, on its own cases, comes to the fates that a backtest foretells.
func TestAgreesWithTheCloser(t *testing.T) {
	closes, late, refunded := 0, 0, 0
	for seed := range rounds(t, 300) {
		rng := rand.New(rand.NewPCG(uint64(seed), 2))
		d, texts := randomPolicy(rng), randomHistory(rng)
		o := replay.Options{Livemode: true, Horizon: policy.Duration(12 * day), Refunded: randomCharge(rng)}
		l := newLive(t, d, texts, o)
		want := map[string]int64{}
		for id, fate := range l.run() {
			want[fate]++
			if at, ok := l.closed[id]; ok && strings.HasPrefix(fate, "close") {
				want["closed on "+at.UTC().Format("2006-01")]++
				closes++
				if due := l.cases[id].ended.DueBy; !due.IsZero() && at.After(due) {
					want["late"]++
					late++
				}
			}
		}
		got := map[string]int64{}
		r := run(t, d, texts, backtest.Options{Replay: o})
		refunded += stoppedByRefund(r)
		for _, row := range r.Rules {
			got["close by "+row.Name] += row.Closed.Count
			got["late"] += row.Late.Count
			got["missed by "+row.Name] += row.Missed.Count
			got["keep by "+row.Name] += row.Kept.Count
			got["review by "+row.Name] += row.Reviewed.Count
			got["ended"] += row.Ended.Count
			got["undated"] += row.Undated.Count
		}
		for _, row := range r.Months {
			got["closed on "+row.Name] += row.Closed.Count
		}
		for key, n := range got {
			if n != want[key] {
				t.Fatalf("seed %d: the report says %d for %q, the closer %d\n%+v\n%s", seed, n, key, want[key], d.Rules, strings.Join(texts, "\n"))
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Fatalf("seed %d: the report does not know of %v", seed, want)
		}
	}
	if closes == 0 || late == 0 || refunded == 0 {
		t.Errorf("%d closed, %d of them late, %d stopped by a refund: the histories are too dull", closes, late, refunded)
	}
}

// A day is a number to a backtest and a text to the closer; it begins at the same instant.
func TestDaysBeginAsTheClosers(t *testing.T) {
	for _, text := range []string{"2026-03-02T00:00:00Z", "2026-03-02T12:00:00Z", "2026-12-31T23:59:59.999Z", "2024-02-29T01:00:00+02:00"} {
		now := at(text)
		if got, want := time.UnixMilli(replay.NextDay(now.UnixMilli())), closing.DayOf(now).End(); !got.Equal(want) {
			t.Errorf("after %s: %s, the closer's day ends %s", text, got.UTC(), want)
		}
	}
}
