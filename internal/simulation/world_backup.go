package simulation

import (
	"time"

	"disputecloser/internal/memory"
)

// A table restored from a backup. Whoever restores stops the functions, waits until no close is under way, and deploys them
// on the new table. What happened since the backup is not in it: news, orders, pauses and closes.

// backup is the table at an instant, with what the watchers followed of it.
type backup struct {
	ledger      *memory.Ledger
	budgets     map[budgetKey]budgetCount
	subjects    map[*subject]followed
	turnedOnFor string
}

// restoreTries is how often, a minute apart, a person looks whether nothing is in flight.
const restoreTries = 300

// backUp draws a backup and when it is restored. Without WooshPay's list nobody would find the cases that are not in it.
func (w *world) backUp(c chance) {
	detail, yes := w.happens(c, tableRestored)
	if !yes || !w.hasList {
		return
	}
	b := &backup{ledger: w.ledger.Copied(), budgets: map[budgetKey]budgetCount{}, subjects: map[*subject]followed{}, turnedOnFor: w.turnedOnFor}
	for key, count := range w.budgets {
		b.budgets[key] = *count
	}
	for _, subj := range w.subjects {
		b.subjects[subj] = subj.copied()
	}
	w.at(w.now+detail.span(10*time.Minute, 20*time.Hour), func() { w.restore(b, detail.of(1), restoreTries) })
}

// restore replaces the table by its backup once nothing is in flight. Until the faults stop it may be too late for that.
func (w *world) restore(b *backup, c chance, tries int) {
	if w.calm || w.now >= w.calmAt || tries == 0 {
		return
	}
	if w.inFlight() {
		w.at(w.now+time.Minute, func() { w.restore(b, c, tries-1) })
		return
	}
	for _, subj := range w.subjects {
		was, known := b.subjects[subj]
		if !known {
			was = unfollowed()
		}
		if subj.executed > 0 && (was.stored == nil || !was.stored.State.Finished()) {
			w.figures.saw(sawForgottenClose)
		}
		subj.followed = was
		for _, p := range subj.posts {
			p.over = true
		}
	}
	w.budgets = map[budgetKey]*budgetCount{}
	for key, count := range b.budgets {
		w.budgets[key] = &count
	}
	w.ledger, w.turnedOnFor = b.ledger, b.turnedOnFor
	w.changeMark()
	w.tableBefore = w.table // no function of before knows this table
	w.restores++
	w.figures.saw(sawRestored)
	w.turnOnAfter(c)
	w.scheduleSweep(w.now)
	if w.recording() {
		w.log("table", "", "is restored from a backup; its mark is "+w.table)
	}
}

// inFlight reports whether a function runs, or WooshPay may still execute a close.
func (w *world) inFlight() bool {
	if len(w.idle) < len(w.coroutines) {
		return true
	}
	for _, subj := range w.subjects {
		for _, p := range subj.posts {
			if p.fate == unknownFate && p.until >= w.now {
				return true
			}
		}
	}
	return false
}
