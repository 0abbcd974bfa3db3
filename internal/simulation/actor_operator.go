package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// scheduleOrders draws the orders that operators give on a case.
func (w *world) scheduleOrders(subj *subject) {
	for i, k := range []incidentKind{operatorKeeps, operatorCloses, operatorReleases, operatorCloses, operatorReleases} {
		own := subj.key.of(uint64(i) + 300)
		w.at(nearMidnight(own.span(w.now, w.calmAt), own.of(4)), func() {
			if detail, yes := w.happens(own, k); yes {
				w.giveOrder(subj, k, detail, 0)
			}
		})
	}
}

// nearMidnight moves some instants close to midnight, where two machines may disagree about the day.
func nearMidnight(at time.Duration, c chance) time.Duration {
	const day = 24 * time.Hour
	if !c.oneIn(4) {
		return at
	}
	return at.Round(day) + c.of(1).span(-40*time.Second, 30*time.Second)
}

// giveOrder starts an operator who gives an order on a case.
func (w *world) giveOrder(subj *subject, k incidentKind, c chance, after time.Duration) {
	a := w.actorOn(c, operator, subj.id)
	w.launch(after, a, func(a *actor) {
		o := a.operator()
		var err error
		switch k {
		case operatorKeeps:
			_, err = o.Keep(invocation{a}, closing.Order{ID: subj.id, Why: "a good customer"})
		case operatorCloses:
			err = a.orderClose(o, subj)
		default:
			_, err = o.Release(invocation{a}, closing.Order{ID: subj.id, Why: "back to the rules"})
		}
		w.countRefusedRelease(k, err)
		if w.recording() {
			a.log(k.String(), outcome(err))
		}
	})
}

// orderClose orders a close of the amount that the table shows. The table may show another amount when the order is stored.
func (a *actor) orderClose(o closing.Operator, subj *subject) error {
	shown, err := o.Ledger.Load(invocation{a}, subj.id)
	if err != nil {
		return err
	}
	agreed, _ := shown.Dispute.Money()
	_, err = o.Close(invocation{a}, closing.Order{ID: subj.id, Why: "not worth it", Shown: shown.Version}, agreed)
	return err
}

func (a *actor) operator() closing.Operator {
	return closing.Operator{Ledger: ledgerPort{a}, Acts: ledgerPort{a}, Now: a.now, Who: pick(a.key.of(8), []string{"ada", "bo"})}
}

// scheduleOperators draws when closing is paused, and resumes it each time. It resumes closing again after the faults
// have stopped, because a pause may still be under way.
func (w *world) scheduleOperators(c chance) {
	for i := range uint64(3) {
		own := c.of(i)
		w.at(own.of(1).span(w.now, w.calmAt), func() {
			if detail, yes := w.happens(own, operatorPauses); yes {
				w.setSwitch(detail.of(1), closing.Paused)
				w.at(w.now+detail.span(time.Minute, 6*time.Hour), func() { w.setSwitch(detail.of(2), closing.On) })
			}
		})
	}
	for i, after := range []time.Duration{time.Second, longestStall + time.Hour} {
		w.at(w.calmAt+after, func() { w.setSwitch(c.of(uint64(i)+9), closing.On) })
	}
}

// setSwitch starts an operator who pauses or resumes.
func (w *world) setSwitch(c chance, position closing.Switch) {
	w.launch(0, w.actorOn(c, operator, ""), func(a *actor) {
		var err error
		if position == closing.Paused {
			err = a.operator().Pause(invocation{a}, "a doubt")
		} else {
			err = a.operator().Resume(invocation{a}, "settled")
		}
		if w.recording() {
			a.log(map[bool]string{true: "pause", false: "resume"}[position == closing.Paused]+" of "+a.mark, outcome(err))
		}
	})
}
