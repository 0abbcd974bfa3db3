package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// scheduleReconcile schedules a daily reconciliation.
func (w *world) scheduleReconcile(c chance) {
	w.queue.push(entry{at: w.now + c.of(0).span(0, 24*time.Hour), routine: true, act: func() { w.reconcile(c.of(1)) }})
}

func (w *world) reconcile(c chance) {
	w.queue.push(entry{at: w.now + 24*time.Hour, routine: true, act: func() { w.reconcile(c.of(1)) }})
	a := w.actorOn(c, reconciler, "")
	w.launch(0, a, func(a *actor) {
		r := closing.Reconciler{
			Ledger: ledgerPort{a}, Store: ledgerPort{a}, List: listPort{a}, Watcher: watcherPort{a}, Terms: w.testedTerms, Now: a.now, Pause: a.retryPause,
			Span: 90 * 24 * time.Hour,
		}
		_, err := r.Reconcile(invocation{a})
		if w.recording() && err != nil {
			a.log("reconcile", outcome(err))
		}
	})
}
