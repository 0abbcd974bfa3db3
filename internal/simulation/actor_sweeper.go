package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// scheduleSweep schedules a sweep for when a case has come due, unless one is scheduled already. Sweeps that would
// find nothing do not run.
func (w *world) scheduleSweep(due time.Duration) {
	at := (max(due, w.now) - w.sweepLag + w.sweepStep).Truncate(w.sweepStep) + w.sweepLag
	if w.sweeps[at] {
		return
	}
	w.sweeps[at] = true
	w.queue.push(entry{at: at, routine: true, act: func() { w.sweep(at) }})
}

func (w *world) sweep(at time.Duration) {
	delete(w.sweeps, at)
	due := false
	for _, subj := range w.subjects {
		due = due || subj.stored != nil && !subj.stored.DueAt.IsZero() && !subj.stored.DueAt.After(w.time())
	}
	if !due {
		return
	}
	w.scheduleSweep(w.now + time.Millisecond) // this one may fail
	c := w.root.of(uint64(at)).of(partSweeps)
	w.sweepOnce(c, 0)
	if detail, yes := w.happens(c, sweepDoubled); yes {
		w.sweepOnce(c.of(1), detail.span(0, 200*time.Millisecond))
	}
}

func (w *world) sweepOnce(c chance, after time.Duration) {
	a := w.actorOn(c, sweeper, "")
	w.launch(after, a, func(a *actor) {
		s := closing.Sweeper{Ledger: ledgerPort{a}, DueIndex: duePort{a}, Watcher: watcherPort{a}, Terms: w.testedTerms, Now: a.now}
		_, err := s.Sweep(invocation{a})
		if w.recording() && err != nil {
			a.log("sweep", outcome(err))
		}
	})
}
