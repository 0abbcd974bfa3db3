package policydiff

import (
	"cmp"
	"math"
	"slices"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// side is the part of a path that is compared.
type side struct {
	fate  replay.Fate
	rule  int
	late  bool
	guard policy.Guard
}

func sideOf(p *replay.Path) side {
	return side{fate: p.Fate, rule: p.Rule, late: p.Fate == replay.Closes && p.Walk.Late(), guard: p.Guard}
}

// moved is what a worker saw of a kind of change.
type moved struct {
	counts, regrets map[string]*Count
	examples        []example
}

func newMoved() *moved { return &moved{counts: map[string]*Count{}, regrets: map[string]*Count{}} }

// example is a dispute, roughly its amount in US dollars, and its place in the file.
type example struct {
	Example
	dollars      float64
	place        int64
	oldMs, newMs int64
}

// worker compares disputes.
type worker struct {
	older, newer         *replay.Replayer
	oldFates, newFates   *labels
	disputes             int64
	modes                replay.Modes
	moves                map[kind]*moved
	oldCloses, newCloses map[string]*Count
}

func newWorker(older, newer *replay.Engine) *worker {
	return &worker{
		older: older.New(), newer: newer.New(), oldFates: newLabels(older), newFates: newLabels(newer),
		moves: map[kind]*moved{}, oldCloses: map[string]*Count{}, newCloses: map[string]*Count{},
	}
}

// kind is a kind of change.
type kind struct{ before, after Fate }

// Visit compares what the two policies do with one dispute.
func (w *worker) Visit(r *history.Record) {
	w.disputes++
	w.modes.Add(r.Facts.Livemode)
	before, after := w.older.Replay(r), w.newer.Replay(r)
	amount, known := r.Facts.Amount.Get()
	code := r.Facts.Currency
	if before.Fate == replay.Closes {
		count(w.oldCloses, code, amount)
	}
	if after.Fate == replay.Closes {
		count(w.newCloses, code, amount)
	}
	key := kind{w.oldFates.of(sideOf(&before)), w.newFates.of(sideOf(&after))}
	oldMs, newMs := closeMs(&before), closeMs(&after)
	if key.before == key.after && oldMs == newMs {
		return
	}
	m := w.moves[key]
	if m == nil {
		m = newMoved()
		w.moves[key] = m
	}
	count(m.counts, code, amount)
	e := example{Example: Example{ID: string(r.ID), Currency: code}, place: r.Byte, oldMs: oldMs, newMs: newMs}
	if e.Won = r.End() == history.Won && dispute.Is(r.Fought(), true); e.Won {
		count(m.regrets, code, amount)
	}
	if known {
		e.Amount, e.dollars = &amount, dollars(amount, code)
	}
	m.keep(e)
}

// dollars is roughly what an amount is worth; of an unknown currency, nothing is known.
func dollars(amount int64, code string) float64 {
	c, known := currency.Lookup(code)
	if !known {
		return 0
	}
	return c.Dollars(amount)
}

// keep adds an example if it is among the largest.
func (m *moved) keep(e example) {
	at, _ := slices.BinarySearchFunc(m.examples, e, larger)
	if at < MaxExamples {
		m.examples = slices.Insert(m.examples, at, e)
		m.examples = m.examples[:min(len(m.examples), MaxExamples)]
	}
}

// larger puts the largest first, and the file's order among equals.
func larger(a, b example) int {
	return cmp.Or(cmp.Compare(b.dollars, a.dollars), cmp.Compare(a.place, b.place))
}

// closeMs is when a path first tries to close, 0 if it does not.
func closeMs(p *replay.Path) int64 {
	if p.Fate != replay.Closes {
		return 0
	}
	return p.Walk.AtMs
}

func count(counts map[string]*Count, currency string, amount int64) {
	c := counts[currency]
	if c == nil {
		c = &Count{Currency: currency}
		counts[currency] = c
	}
	c.Count++
	c.Amount = plus(c.Amount, max(amount, 0))
}

// plus adds amounts that are not negative, and stays at the end of int64.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// labels gives sides their words, and remembers them.
type labels struct {
	engine *replay.Engine
	known  map[side]Fate
}

func newLabels(e *replay.Engine) *labels { return &labels{engine: e, known: map[side]Fate{}} }

func (l *labels) of(s side) Fate {
	f, ok := l.known[s]
	if !ok {
		f = Fate{Action: s.fate, Rule: l.engine.RuleName(s.rule), Late: s.late, Guard: s.guard}
		if s.fate == replay.Closes || s.fate == replay.Missed {
			f.Clock = clockText(&l.engine.Document().Rules[s.rule])
		}
		l.known[s] = f
	}
	return f
}

// join adds what another worker saw.
func (m *moved) join(other *moved) {
	joinCounts(m.counts, other.counts)
	joinCounts(m.regrets, other.regrets)
	for _, e := range other.examples {
		m.keep(e)
	}
}

func joinCounts(into, from map[string]*Count) {
	for currency, c := range from {
		have := into[currency]
		if have == nil {
			have = &Count{Currency: currency}
			into[currency] = have
		}
		have.Count += c.Count
		have.Amount = plus(have.Amount, c.Amount)
	}
}
