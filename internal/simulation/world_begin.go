package simulation

import (
	"strconv"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The parts of a seed's chance, by what they decide.
const (
	partOdds = iota
	partDays
	partSize
	partSubjects
	partMachines
	partPolicies
	partSweeps
	partList
	partOperators
	partReconcile
	partKey
	partClock
	partSwitch
)

// begin draws a world from a seed, and schedules what happens in it.
func begin(seed uint64, o Options) *world {
	root := chance(0x51e7).of(seed)
	w := &world{
		root: root, odds: drawOdds(root.of(partOdds), o.Beyond), only: o.only, keepIncidents: o.keepIncidents,
		ledger: memory.New(), terms: closing.DefaultTerms(), byID: map[dispute.ID]*subject{},
		hasList: !root.of(partList).oneIn(5), sweeps: map[time.Duration]bool{}, budgets: map[budgetKey]*budgetCount{}, story: o.story,
	}
	w.testedTerms = w.terms
	if o.terms != nil {
		w.testedTerms = *o.terms
	}
	// Histories begin at any hour, so that days end in the middle of things.
	w.now = root.of(partClock).span(0, 24*time.Hour)
	w.calmAt = w.now + root.of(partDays).span(8*time.Hour, 60*time.Hour)
	w.drawMachines(root.of(partMachines))
	w.drawPolicies(root.of(partPolicies))
	w.drawSubjects(root.of(partSubjects), size(root.of(partSize)))
	w.sweepStep = pick(root.of(partSweeps), []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute})
	w.sweepLag = root.of(partSweeps).of(1).span(0, w.sweepStep)
	if root.of(partSweeps).of(2).oneIn(3) {
		w.sweepLag %= 20 * time.Second // sweeps that begin with the day
	}
	w.scheduleReconcile(root.of(partReconcile))
	w.beginSwitch(root.of(partSwitch))
	w.scheduleOperators(root.of(partOperators))
	w.scheduleKeys(root.of(partKey))
	return w
}

// size returns the number of disputes: mostly few, so that faults meet.
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
	w.rulebooks = []*rulebook{draw(c.of(1))}
	for i := range uint64(4) {
		own := c.of(i + 10)
		at := w.now + own.span(0, w.calmAt-w.now)
		w.at(at, func() {
			if detail, yes := w.happens(own, policyChanges); yes {
				w.deploy(draw(detail))
			}
		})
	}
}

func (w *world) deploy(b *rulebook) {
	w.rulebooks = append(w.rulebooks, b)
	w.inForce, w.inForceFrom = len(w.rulebooks)-1, w.now
	if w.recording() {
		w.log("deployment", "", "policy "+b.compiled.Hash()+" ("+string(b.document.Mode)+") is in force")
	}
}

// rulebookFor returns the policy that an invocation is deployed with. For some minutes after a change, old and new run
// side by side.
func (w *world) rulebookFor(c chance) *rulebook {
	if w.inForce > 0 && w.now < w.inForceFrom+20*time.Minute {
		if _, yes := w.happens(c, policiesSideBySide); yes {
			return w.rulebooks[w.inForce-1]
		}
	}
	return w.rulebooks[w.inForce]
}

func (w *world) drawSubjects(c chance, n int) {
	for i := range n {
		subj := &subject{id: dispute.ID("dp_" + strconv.Itoa(i+1)), key: c.of(uint64(i)), followed: unfollowed()}
		w.at(w.now+subj.key.of(1).span(0, (w.calmAt-w.now)*2/3), func() { w.arise(subj) })
	}
}

// arise creates a dispute at WooshPay, and draws what people will do with it.
func (w *world) arise(subj *subject) {
	if _, yes := w.happens(subj.key, disputeArises); !yes {
		return
	}
	w.subjects = append(w.subjects, subj)
	w.byID[subj.id] = subj
	subj.refusesCloses = subj.key.of(2).oneIn(12)
	w.change(subj, drawFacts(subj, w.time()), "arises")
	w.schedulePeople(subj)
	w.scheduleOutages(subj)
	w.scheduleOrders(subj)
}
