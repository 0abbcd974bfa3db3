package backtest

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"slices"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/shared/policy"
)

// settler spends one currency's budget, UTC day by UTC day.
type settler struct {
	engine  *replay.Engine
	walks   [][]replay.Walk // by worker
	number  int32
	name    string
	limit   policy.Budget
	groups  groups
	pile    []candidate // in the order in which they first try
	next    int         // the first of the pile that has not tried yet
	waiting []int32     // places in the pile: these try again when the next day begins
	again   tries       // those that try again at another time
	day     Day
	days    []Day // whose budget was hit
	putOff  Count
	tooLate Count // of those deferred
	longest int64 // days that a close waited
}

func newSettler(e *replay.Engine, number int32, piles []*pile, workers []*worker) *settler {
	s := &settler{engine: e, number: number, name: workers[0].known.names.currency[number], groups: groups{}}
	s.limit, _ = e.Policy().Budget(s.name)
	for _, w := range workers {
		s.walks = append(s.walks, w.walks)
	}
	n := 0
	for _, p := range piles {
		n += p.len()
	}
	s.pile = make([]candidate, 0, n)
	for _, p := range piles {
		for i, block := range p.blocks {
			s.pile = append(s.pile, block...)
			p.blocks[i] = nil
		}
	}
	return s
}

// run lets every candidate try until it is closed, kept or too late. It stops when the context ends.
func (s *settler) run(ctx context.Context) {
	slices.SortFunc(s.pile, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.atMs, b.atMs), cmp.Compare(a.place, b.place))
	})
	for day := s.firstDay(); day != noDay && ctx.Err() == nil; day = s.firstDay() {
		s.day = Day{number: day, Currency: s.name}
		s.wake(day * replay.DayMs)
		for {
			place, ms, ok := s.pop(day)
			if !ok {
				break
			}
			s.try(place, ms)
		}
		if s.day.Refused > 0 {
			s.days = append(s.days, s.day)
		}
	}
}

const noDay = math.MaxInt64

// firstDay returns the next day on which something tries, as its number since the Unix epoch.
func (s *settler) firstDay() int64 {
	day := int64(noDay)
	if len(s.waiting) > 0 {
		day = s.day.number + 1
	}
	if s.next < len(s.pile) {
		day = min(day, s.pile[s.next].atMs/replay.DayMs)
	}
	if len(s.again) > 0 {
		day = min(day, s.again[0].ms/replay.DayMs)
	}
	return day
}

// wake tries the candidates that waited for this day, and those whose time is its first instant.
func (s *settler) wake(ms int64) {
	for len(s.again) > 0 && s.again[0].ms == ms {
		s.waiting = append(s.waiting, heap.Pop(&s.again).(try).place)
	}
	slices.Sort(s.waiting)
	woken := s.waiting
	s.waiting = s.waiting[:0]
	for _, place := range woken {
		s.try(place, ms) // It appends at most the place that it takes.
	}
}

// pop returns the next that tries within the day.
func (s *settler) pop(day int64) (place int32, ms int64, ok bool) {
	fresh := s.next < len(s.pile) && s.pile[s.next].atMs/replay.DayMs == day
	if len(s.again) > 0 && s.again[0].ms/replay.DayMs == day && (!fresh || s.again[0].ms <= s.pile[s.next].atMs) {
		t := heap.Pop(&s.again).(try)
		return t.place, t.ms, true
	}
	if !fresh {
		return 0, 0, false
	}
	s.next++
	return int32(s.next - 1), s.pile[s.next-1].atMs, true // A file has fewer disputes than that.
}

// try closes a candidate if the day's budget allows it, and otherwise defers it.
func (s *settler) try(place int32, ms int64) {
	c := &s.pile[place]
	if ms > c.endMs {
		s.done(c, replay.Missed, c.endMs)
		return
	}
	if s.day.Closed.Count < s.limit.Closes && c.amount <= s.limit.Amount-s.day.Closed.Amount {
		s.day.Closed.add(c.amount)
		s.longest = max(s.longest, ms/replay.DayMs-c.atMs/replay.DayMs)
		s.done(c, replay.Closes, ms)
		return
	}
	s.day.Refused++
	if !c.waited {
		c.waited = true
		s.putOff.add(c.amount)
	}
	if c.walk == 0 {
		s.waiting = append(s.waiting, place)
		return
	}
	s.walkOn(place, c, ms)
}

// walkOn defers a candidate whose verdict may change.
func (s *settler) walkOn(place int32, c *candidate, ms int64) {
	walk := &s.walks[c.worker][c.walk-1]
	tries := s.engine.Refused(walk)
	c.rule = int16(walk.Rule()) // A replay has no more rules.
	switch {
	case !tries:
		at := walk.CreatedMs
		fate := walk.Fate(false)
		if fate == replay.Missed {
			at = c.endMs
		}
		s.done(c, fate, at)
	case walk.AtMs == replay.NextDay(ms):
		s.waiting = append(s.waiting, place)
	default:
		heap.Push(&s.again, try{ms: walk.AtMs, place: place})
	}
}

// done counts what became of a candidate.
func (s *settler) done(c *candidate, fate replay.Fate, ms int64) {
	if fate != replay.Closes && c.waited {
		s.tooLate.add(c.amount)
	}
	late := fate == replay.Closes && c.dueMs != 0 && ms > c.dueMs
	s.groups.add(&entry{fate: fate, late: late, ms: ms, rule: c.rule, currency: s.number, reason: c.reason, amount: c.amount, outcome: c.outcome})
}

// try is a candidate that tries at an instant.
type try struct {
	ms    int64
	place int32
}

// tries is a heap: the earliest first, and at the same instant the one that first tried earlier.
type tries []try

func (t tries) Len() int { return len(t) }
func (t tries) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(t[i].ms, t[j].ms), cmp.Compare(t[i].place, t[j].place)) < 0
}
func (t tries) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

// Push is heap.Interface's.
func (t *tries) Push(x any) { *t = append(*t, x.(try)) }

// Pop is heap.Interface's.
func (t *tries) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}
