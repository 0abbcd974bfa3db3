package backtest

import (
	"math"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/dispute"
)

// Count is a number of disputes and the sum of their amounts in minor units; unknown amounts count as nothing.
type Count struct {
	Count  int64 `json:"count"`
	Amount int64 `json:"amount"`
}

func (c *Count) add(amount int64) {
	c.Count++
	c.Amount = plus(c.Amount, amount)
}

func (c *Count) join(other Count) {
	c.Count += other.Count
	c.Amount = plus(c.Amount, other.Amount)
}

// Tally is what became of disputes of one currency. Closed, Missed, Kept, Reviewed, Ended and Undated cover each dispute
// once.
type Tally struct {
	Disputes int64 `json:"disputes"`
	// Closed is what is conceded. Late is the part of it that is closed after due_by, because of its clock or of the budget.
	Closed Count `json:"closed"`
	Late   Count `json:"closed_late"`
	// Missed were to be closed, but reached the horizon first.
	Missed   Count `json:"missed"`
	Kept     Count `json:"kept"`
	Reviewed Count `json:"reviewed"`
	// Ended are disputes that had ended when the closer learned of them; Undated have no instant of creation. Neither is
	// decided.
	Ended   Count `json:"ended"`
	Undated Count `json:"undated"`

	// WonFought were closed, although they were really fought and won. WonOtherwise were won without a known fight.
	WonFought    Count `json:"closed_but_won_when_fought"`
	WonOtherwise Count `json:"closed_but_won_otherwise"`
	// Spared were closed, and were really fought and lost: the closes would have saved these fights.
	Spared Count `json:"closed_and_lost_when_fought"`
	// Wasted were not closed, and were really fought and lost: more closes would have saved these fights.
	Wasted Count `json:"not_closed_and_lost_when_fought"`

	// FeesSaved is what fighting the closed disputes cost, FeesSpent what fighting the others cost, in minor units.
	FeesSaved int64 `json:"fees_saved"`
	FeesSpent int64 `json:"fees_spent"`
	// FightUnknown counts closed disputes for which it is unknown whether they were fought; they have no fees.
	FightUnknown int64 `json:"closed_fight_unknown"`

	closed, others fights
}

// fights counts disputes that were fought by how they ended.
type fights struct{ won, lost, pending int64 }

// outcome is how a dispute really ended.
type outcome struct {
	end    history.End
	fought fought
}

type fought uint8

const (
	foughtUnknown fought = iota
	notFought
	wasFought
)

func outcomeOf(r *history.Record) outcome {
	o := outcome{end: r.End()}
	switch f := r.Fought(); {
	case dispute.Is(f, true):
		o.fought = wasFought
	case dispute.Is(f, false):
		o.fought = notFought
	}
	return o
}

// entry is one dispute as the tallies count it.
type entry struct {
	fate replay.Fate
	// late is set for a close after the deadline.
	late bool
	// ms is when its fate fell, in milliseconds since the Unix epoch; 0 if it has no instant.
	ms               int64
	rule             int16
	currency, reason int32
	amount           int64
	outcome          outcome
}

func (t *Tally) add(e *entry) {
	t.Disputes++
	switch e.fate {
	case replay.Closes:
		t.Closed.add(e.amount)
		if e.late {
			t.Late.add(e.amount)
		}
		t.closedEntry(e)
		return
	case replay.Missed:
		t.Missed.add(e.amount)
	case replay.Kept:
		t.Kept.add(e.amount)
	case replay.Reviewed:
		t.Reviewed.add(e.amount)
	case replay.Ended:
		t.Ended.add(e.amount)
	case replay.Undated:
		t.Undated.add(e.amount)
	}
	if e.outcome.fought == wasFought {
		t.others.add(e.outcome.end)
		if e.outcome.end == history.Lost {
			t.Wasted.add(e.amount)
		}
	}
}

func (t *Tally) closedEntry(e *entry) {
	switch e.outcome.fought {
	case wasFought:
		t.closed.add(e.outcome.end)
	case foughtUnknown:
		t.FightUnknown++
	case notFought:
	}
	switch {
	case e.outcome.end == history.Won && e.outcome.fought == wasFought:
		t.WonFought.add(e.amount)
	case e.outcome.end == history.Won:
		t.WonOtherwise.add(e.amount)
	case e.outcome.end == history.Lost && e.outcome.fought == wasFought:
		t.Spared.add(e.amount)
	}
}

func (f *fights) add(end history.End) {
	switch end {
	case history.Won:
		f.won++
	case history.Lost:
		f.lost++
	case history.Pending:
		f.pending++
	}
}

func (t *Tally) join(o *Tally) {
	t.Disputes += o.Disputes
	for _, c := range []struct{ to, from *Count }{
		{&t.Closed, &o.Closed}, {&t.Late, &o.Late}, {&t.Missed, &o.Missed}, {&t.Kept, &o.Kept}, {&t.Reviewed, &o.Reviewed},
		{&t.Ended, &o.Ended}, {&t.Undated, &o.Undated}, {&t.WonFought, &o.WonFought}, {&t.WonOtherwise, &o.WonOtherwise},
		{&t.Spared, &o.Spared}, {&t.Wasted, &o.Wasted},
	} {
		c.to.join(*c.from)
	}
	t.FightUnknown += o.FightUnknown
	t.closed.join(o.closed)
	t.others.join(o.others)
}

func (f *fights) join(o fights) {
	f.won += o.won
	f.lost += o.lost
	f.pending += o.pending
}

// price sets the fees.
func (t *Tally) price(f Fees) {
	t.FeesSaved, t.FeesSpent = t.closed.cost(f), t.others.cost(f)
}

func (f fights) cost(fees Fees) int64 {
	each := plus(fees.Fought, fees.Work)
	back := times(f.won, fees.Refunded)
	return plus(times(f.won+f.lost+f.pending, each), -back)
}

// plus and times return the nearest int64 instead of overflowing.
func plus(a, b int64) int64 {
	switch sum := a + b; {
	case b > 0 && sum < a:
		return math.MaxInt64
	case b < 0 && sum > a:
		return math.MinInt64
	default:
		return sum
	}
}

func times(n, each int64) int64 {
	if n != 0 && each > math.MaxInt64/n {
		return math.MaxInt64
	}
	return n * each
}

// by says what disputes are grouped by.
type by uint8

const (
	byCurrency by = iota
	byRule
	byMonth
	byReason
)

// group is one group of disputes of one currency. A month is counted from the year 0, and is -1 if unknown.
type group struct {
	by       by
	id       int32
	currency int32
}

type groups map[group]*Tally

func (g groups) add(e *entry) {
	for _, key := range [...]group{
		{byCurrency, 0, e.currency}, {byRule, int32(e.rule), e.currency},
		{byMonth, monthOf(e.ms), e.currency}, {byReason, e.reason, e.currency},
	} {
		g.of(key).add(e)
	}
}

func (g groups) of(key group) *Tally {
	t := g[key]
	if t == nil {
		t = new(Tally)
		g[key] = t
	}
	return t
}

func (g groups) join(other groups) {
	for key, t := range other {
		g.of(key).join(t)
	}
}

func monthOf(ms int64) int32 {
	if ms == 0 {
		return -1
	}
	year, month, _ := time.UnixMilli(ms).UTC().Date()
	return int32(year*12) + int32(month) - 1 // The year 9999 is the last.
}
