package simulation

import (
	"context"
	"strconv"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// catalogue is WooshPay's list as one actor reaches it.
type catalogue struct{ a *actor }

var _ closing.Catalogue = catalogue{}

const listPage = 3

// List shows disputes three at a time, as they stand or as they stood earlier.
func (l catalogue) List(_ context.Context, _ time.Time, cursor string) (closing.Page, error) {
	a := l.a
	if !a.w.listed {
		return closing.Page{}, closing.ErrListUnavailable
	}
	c := a.linger()
	if _, yes := a.w.strikes(c, listFails); yes || !a.authorised() {
		return closing.Page{}, errUnavailable
	}
	from, _ := strconv.Atoi(cursor)
	var page closing.Page
	for i := from; i < min(from+listPage, len(a.w.matters)); i++ {
		if a.w.now < a.w.matters[i].hiddenUntil {
			continue
		}
		page.Disputes = append(page.Disputes, l.entry(a.w.matters[i], c.of(uint64(i))).dispute())
	}
	page.More = dispute.Known(from+listPage < len(a.w.matters))
	page.Next = strconv.Itoa(from + listPage)
	a.linger()
	return page, nil
}

func (l catalogue) entry(m *matter, c chance) *facts {
	if stale, yes := l.a.w.strikes(c, listStale); yes {
		return m.past[stale.below(len(m.past))].facts
	}
	m.told = true
	return m.facts()
}

// scheduleReconcile reconciles daily.
func (w *world) scheduleReconcile(c chance) {
	w.queue.push(entry{at: w.now + c.of(0).span(0, 24*time.Hour), routine: true, act: func() { w.reconcile(c.of(1)) }})
}

func (w *world) reconcile(c chance) {
	w.queue.push(entry{at: w.now + 24*time.Hour, routine: true, act: func() { w.reconcile(c.of(1)) }})
	a := w.actorOn(c, reconciler, "")
	w.launch(0, a, func(a *actor) {
		r := closing.Reconciler{
			Ledger: shelf{a}, Books: shelf{a}, Catalogue: catalogue{a}, Watcher: bell{a}, Terms: w.given, Now: a.now, Pause: a.waits,
			Span: 90 * 24 * time.Hour,
		}
		_, err := r.Reconcile(invocation{a})
		if w.tells() && err != nil {
			a.says("reconcile", outcome(err))
		}
	})
}
