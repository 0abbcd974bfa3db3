package simulation

import (
	"math"
	"strconv"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The parts of a seed's chance, by what they decide.
const (
	partWeather = iota
	partDays
	partSize
	partMatters
	partMachines
	partPolicies
	partSweeps
	partList
	partOperators
	partReconcile
	partKey
	partClock
)

// begin draws a world from a seed.
func begin(seed uint64, o Options) *world {
	root := chance(0x51e7).of(seed)
	w := &world{
		root: root, weather: drawWeather(root.of(partWeather), o.Beyond), only: o.only, keepIncidents: o.keepIncidents,
		ledger: memory.New(), terms: closing.DefaultTerms(), byID: map[dispute.ID]*matter{},
		listed: !root.of(partList).oneIn(5), sweeps: map[time.Duration]bool{}, accounts: map[account]*sum{}, story: o.story,
	}
	w.given = w.terms
	if o.terms != nil {
		w.given = *o.terms
	}
	// Histories begin at any hour, so that days end in the middle of things.
	w.now = root.of(partClock).span(0, 24*time.Hour)
	w.calmAt = w.now + root.of(partDays).span(8*time.Hour, 60*time.Hour)
	w.drawMachines(root.of(partMachines))
	w.drawPolicies(root.of(partPolicies))
	w.drawMatters(root.of(partMatters), size(root.of(partSize)))
	w.sweepStep = pick(root.of(partSweeps), []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute})
	w.sweepLag = root.of(partSweeps).of(1).span(0, w.sweepStep)
	if root.of(partSweeps).of(2).oneIn(3) {
		w.sweepLag %= 20 * time.Second // sweeps that begin with the day
	}
	w.scheduleReconcile(root.of(partReconcile))
	w.scheduleOperators(root.of(partOperators))
	w.scheduleKeys(root.of(partKey))
	return w
}

// size is the number of disputes: few mostly, for then faults meet.
func size(c chance) int {
	switch n := c.below(20); {
	case n < 8:
		return 1
	case n < 13:
		return 2
	case n < 18:
		return 3 + c.of(1).below(3)
	case n < 19:
		return 6 + c.of(1).below(8)
	}
	return 14 + c.of(1).below(26)
}

// drawMachines gives each machine a clock that is off by up to half of the difference that is allowed between two.
func (w *world) drawMachines(c chance) {
	half := w.terms.Skew / 2
	offsets := []time.Duration{0, -half, half, -half, half, half / 3}
	if c.oneIn(4) {
		offsets = []time.Duration{0}
	}
	for i := range 5 {
		m := &machine{name: "machine " + strconv.Itoa(i+1), offset: pick(c.of(uint64(i)+1), offsets)}
		w.machines = append(w.machines, m)
		w.scheduleClock(m, c.of(uint64(i)+100))
	}
}

// drawPolicies puts one policy in force, and others later.
func (w *world) drawPolicies(c chance) {
	half := 0
	if c.of(0).oneIn(2) {
		half = volumes / 2
	}
	draw := func(c chance) *rulebook { return rulebookAt(half + c.below(volumes/2)) }
	w.books = []*rulebook{draw(c.of(1))}
	for i := range uint64(4) {
		own := c.of(i + 10)
		at := w.now + own.span(0, w.calmAt-w.now)
		w.at(at, func() {
			if detail, yes := w.strikes(own, policyChanges); yes {
				w.deploy(draw(detail))
			}
		})
	}
}

func (w *world) deploy(b *rulebook) {
	w.books = append(w.books, b)
	w.book, w.bookFrom = len(w.books)-1, w.now
	if w.tells() {
		w.say("deployment", "", "policy "+b.compiled.Hash()+" ("+string(b.document.Mode)+") is in force")
	}
}

// bookFor is the policy that an invocation is deployed with: for some minutes after a change, old and new run side by side.
func (w *world) bookFor(c chance) *rulebook {
	if w.book > 0 && w.now < w.bookFrom+20*time.Minute {
		if _, yes := w.strikes(c, policiesSideBySide); yes {
			return w.books[w.book-1]
		}
	}
	return w.books[w.book]
}

func (w *world) drawMatters(c chance, n int) {
	for i := range n {
		m := &matter{id: dispute.ID("dp_" + strconv.Itoa(i+1)), key: c.of(uint64(i)), remindedAt: math.MaxInt64}
		w.at(w.now+m.key.of(1).span(0, (w.calmAt-w.now)*2/3), func() { w.arise(m) })
	}
}

// arise makes a dispute known to WooshPay, and draws what people will do with it.
func (w *world) arise(m *matter) {
	if _, yes := w.strikes(m.key, disputeArises); !yes {
		return
	}
	w.matters = append(w.matters, m)
	w.byID[m.id] = m
	m.stubborn = m.key.of(2).oneIn(12)
	w.change(m, drawFacts(m, w.time()), "arises")
	w.scheduleHands(m)
	w.scheduleSpells(m)
	w.scheduleWords(m)
}
