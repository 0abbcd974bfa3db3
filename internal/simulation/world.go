package simulation

import (
	"strconv"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// world is one history being played.
type world struct {
	root chance
	odds odds
	// only, if set, holds the numbers of the incidents that may happen; others do not.
	only          map[uint64]bool
	keepIncidents bool
	incidents     []Incident

	now     time.Duration
	horizon time.Duration
	queue   queue
	digest  uint64

	// coroutines are all coroutines of the history; idle are those without an actor.
	coroutines, idle []*coroutine

	// calm is set when the faults have stopped, at calmAt.
	calm   bool
	calmAt time.Duration

	ledger *memory.Ledger
	// table is the table's mark, by which ledger knows it, and tableBefore the one before. markedAt is when it changed,
	// and restores counts the tables that were restored from a backup.
	table, tableBefore string
	tables             int
	markedAt           time.Duration
	restores           int
	// turnedOnFor is the mark for which a person turned closing on last; empty if nobody has, or the switch was lost.
	turnedOnFor string
	// terms are the protocol's, testedTerms those of the code under test.
	terms       closing.Terms
	testedTerms closing.Terms
	machines    []*machine
	subjects    []*subject
	byID        map[dispute.ID]*subject
	claimIDs    int
	events      int

	rulebooks   []*rulebook
	inForce     int
	inForceFrom time.Duration

	key       int
	hasList   bool
	sweepStep time.Duration
	sweepLag  time.Duration
	sweeps    map[time.Duration]bool

	budgets   map[budgetKey]*budgetCount
	figures   Figures
	violation *Violation
	story     *Story
}

// mark mixes a step into the digest by which two plays of one seed are compared.
func (w *world) mark(who, what uint64) {
	w.digest = uint64(chance(w.digest ^ uint64(w.now)).of(who ^ what<<32))
}

// play runs what is queued until the history is over, a promise is broken, or the horizon is reached.
func (w *world) play(horizon time.Duration, over func() bool) {
	w.horizon = horizon
	for w.violation == nil && !over() {
		next, some := w.queue.next()
		if !some || next > horizon {
			w.now = horizon
			return
		}
		e := w.queue.pop()
		w.now = e.at
		if e.actor == nil {
			e.act()
			continue
		}
		if pause, more := w.advance(e.actor); more {
			w.queue.push(entry{at: w.now + pause, actor: e.actor})
		}
	}
}

// claimID returns an id that no claim had before.
func (w *world) claimID() string {
	w.claimIDs++
	return "claim-" + strconv.Itoa(w.claimIDs)
}
