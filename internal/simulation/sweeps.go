package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// scheduleSweep has a sweep look when a case has come due, if none is to look then already. Sweeps that would
// find nothing are left out.
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
	for _, m := range w.matters {
		due = due || m.stored != nil && !m.stored.DueAt.IsZero() && !m.stored.DueAt.After(w.time())
	}
	if !due {
		return
	}
	w.scheduleSweep(w.now + time.Millisecond) // this one may fail
	c := w.root.of(uint64(at)).of(partSweeps)
	w.sweepOnce(c, 0)
	if detail, yes := w.strikes(c, sweepDoubled); yes {
		w.sweepOnce(c.of(1), detail.span(0, 200*time.Millisecond))
	}
}

func (w *world) sweepOnce(c chance, after time.Duration) {
	a := w.actorOn(c, sweeper, "")
	w.launch(after, a, func(a *actor) {
		s := closing.Sweeper{Ledger: shelf{a}, Agenda: agenda{a}, Watcher: bell{a}, Terms: w.given, Now: a.now}
		_, err := s.Sweep(invocation{a})
		if w.tells() && err != nil {
			a.says("sweep", outcome(err))
		}
	})
}
