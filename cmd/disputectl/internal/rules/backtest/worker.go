package backtest

import (
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/policy"
)

// candidate is a dispute that would be closed, if the day's budget allowed.
type candidate struct {
	// atMs is when it first tries, dueMs its deadline, 0 if it has none, and endMs its last instant, all in milliseconds
	// since the Unix epoch.
	atMs, dueMs, endMs int64
	amount             int64
	// place is where the file has it.
	place  int64
	reason int32
	// walk is its place, from 1, among its worker's walks; 0 if its verdict no longer changes.
	walk    int32
	rule    int16
	worker  uint8
	outcome outcome
	waited  bool
}

// pile holds candidates in blocks, so that it grows without being copied.
type pile struct{ blocks [][]candidate }

const blockLen = 4096

func (p *pile) add(c candidate) {
	n := len(p.blocks)
	if n == 0 || len(p.blocks[n-1]) == blockLen {
		p.blocks = append(p.blocks, make([]candidate, 0, blockLen))
		n++
	}
	p.blocks[n-1] = append(p.blocks[n-1], c)
}

func (p *pile) len() int {
	n := 0
	for _, b := range p.blocks {
		n += len(b)
	}
	return n
}

// stop is what stopped closes of one currency: a guard, or else the unknown fact of a bit.
type stop struct {
	guard    policy.Guard
	fact     int32
	currency int32
}

// stopped is how many closes something stopped, and how many disputes were held for a person or kept by doubt.
type stopped struct{ stopped, held Count }

// worker replays disputes.
type worker struct {
	number   int
	replayer *replay.Replayer
	known    known
	groups   groups
	piles    map[int32]*pile
	walks    []replay.Walk
	stops    map[stop]*stopped
	modes    replay.Modes
	// first and last are the earliest and the latest creation in milliseconds since the Unix epoch.
	first, last int64
}

func newWorker(number int, e *replay.Engine, n *names) *worker {
	return &worker{
		number: number, replayer: e.New(), known: n.known(),
		groups: groups{}, piles: map[int32]*pile{}, stops: map[stop]*stopped{},
	}
}

// Visit replays one dispute.
func (w *worker) Visit(r *history.Record) {
	w.modes.Add(r.Facts.Livemode)
	path := w.replayer.Replay(r)
	amount, _ := r.Facts.Amount.Get()
	e := entry{
		fate: path.Fate, ms: path.Ms(), rule: int16(path.Rule), // A replay has no more rules.
		currency: w.known.currency(r.Facts.Currency), reason: w.known.reason(r.Facts.ReasonCode),
		amount: max(amount, 0), outcome: outcomeOf(r),
	}
	if path.Fate != replay.Undated {
		w.seen(r.CreatedMs)
	}
	if path.Fate == replay.Closes {
		w.candidate(&e, &path.Walk, r.Byte)
		return
	}
	w.groups.add(&e)
	w.stop(&path, &e)
}

func (w *worker) seen(ms int64) {
	if w.first == 0 || ms < w.first {
		w.first = ms
	}
	w.last = max(w.last, ms)
}

func (w *worker) candidate(e *entry, walk *replay.Walk, place int64) {
	c := candidate{
		atMs: walk.AtMs, dueMs: walk.DueMs, endMs: walk.EndMs, amount: e.amount, place: place,
		reason: e.reason, rule: e.rule, worker: uint8(w.number), outcome: e.outcome, // See maxWorkers.
	}
	if walk.Changes() {
		w.walks = append(w.walks, walk.Kept())
		c.walk = int32(len(w.walks)) // A file has fewer disputes than that.
	}
	p := w.piles[e.currency]
	if p == nil {
		p = new(pile)
		w.piles[e.currency] = p
	}
	p.add(c)
}

// stop counts what stopped a close.
func (w *worker) stop(p *replay.Path, e *entry) {
	if p.Guard != "" {
		w.stopOf(stop{guard: p.Guard, currency: e.currency}).stopped.add(e.amount)
	}
	if p.Doubts == (replay.Doubts{}) {
		return
	}
	p.Doubts.Stopped.Bits(func(bit int) {
		w.stopOf(stop{fact: int32(bit), currency: e.currency}).stopped.add(e.amount) // One of 64.
	})
	p.Doubts.Held.Bits(func(bit int) {
		w.stopOf(stop{fact: int32(bit), currency: e.currency}).held.add(e.amount) // One of 64.
	})
}

func (w *worker) stopOf(key stop) *stopped {
	s := w.stops[key]
	if s == nil {
		s = new(stopped)
		w.stops[key] = s
	}
	return s
}
