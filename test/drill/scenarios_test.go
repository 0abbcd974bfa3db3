//go:build parts

package drill

import (
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
)

// scenario is something that a function does, from its event to its answer.
type scenario struct {
	function function
	doing    string
	// amounts are tried in turn; they decide what becomes of the dispute.
	amounts []int64
	// begin opens a dispute and brings it to where the function is started, and returns what starts it.
	begin func(w *world, d sandbox.Dispute) trigger
	// hinder befalls the undisturbed run as well.
	hinder hook
}

// trigger is what starts a function.
type trigger struct {
	event []byte
	// outcome is told what became of it: whether it was answered, and whether its stream delivers the record of a
	// process that died again (or never, as after its last attempt).
	outcome func(a answer, answered, again bool)
}

var (
	learning = scenario{webhook, "learning a dispute", []int64{closedNow, kept}, announcement, nil}
	closes   = scenario{closer, "closing", []int64{closedNow}, armedCase, nil}
	arming   = scenario{sweep, "arming", []int64{closedNow, kept}, dueCase, nil}

	scenarios = []scenario{
		learning,
		{closer, "planning", []int64{closedLater}, armedCase, nil},
		{closer, "keeping", []int64{kept}, armedCase, nil},
		closes,
		{closer, "closing, charge not read", []int64{closedNow}, unreadCharge, nil},
		{closer, "closing, charge cut off", []int64{closedNow}, armedCase, cutAt(chargeStep, after)},
		{closer, "closing, answer lost", []int64{closedNow}, armedCase, cutAt(closeStep, after)},
		{closer, "closing, request lost", []int64{closedNow}, armedCase, cutAt(closeStep, before)},
		{closer, "closing again", []int64{closedNow}, lapsedClaim, nil},
		arming,
		{reconcile, "learning a dispute", []int64{closedNow, kept}, unannounced, nil},
	}
)

// announcement is a dispute of which WooshPay tells us.
func announcement(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	w.open(d, false)
	now, _ := w.due(announced)
	return trigger{w.request(now[0].Event.Body), func(a answer, answered, _ bool) {
		w.tried(now[0], answered && w.acknowledged(a))
	}}
}

// armedCase is a case that the stream shows to the closer.
func armedCase(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	w.open(d, false)
	w.deliver(announced)
	return w.shown(w.load(d.ID))
}

// unreadCharge is an armed case whose charge cannot be read the first time.
func unreadCharge(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	start := armedCase(w, d)
	if err := w.sandbox.Break(sandbox.Fault{Kind: sandbox.AnswerStatus, Status: 503, Path: "/v1/charges/*"}); err != nil {
		w.t.Fatal(err)
	}
	return start
}

// shown is the stream's record of a case.
func (w *world) shown(c closing.Case) trigger {
	w.t.Helper()
	record := w.record(c)
	w.fed = c.Version
	return trigger{record, func(_ answer, answered, again bool) {
		if !answered && again {
			w.survivor(closer).answers(w.t, record, nil)
		}
	}}
}

// lapsedClaim is a case whose first close never reached WooshPay, armed anew when its claim has lapsed.
func lapsedClaim(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	first := armedCase(w, d)
	w.survivor(closer).answers(w.t, first.event, cutAt(closeStep, before))
	c := w.load(d.ID)
	if c.State != closing.Closing || !c.Ambiguous {
		w.t.Fatalf("the close whose request was lost left the case %s, ambiguous %v", c.State, c.Ambiguous)
	}
	w.clock.passUntil(w.t, c.ClaimUntil.Add(time.Second))
	w.survivor(sweep).answers(w.t, w.schedule(), nil)
	return w.shown(w.load(d.ID))
}

// dueCase is a case that is due, and whose stream's record was lost.
func dueCase(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	c := armedCase(w, d)
	return trigger{w.schedule(), func(a answer, answered, again bool) {
		if again { // The record was late.
			c.outcome(a, false, true)
		}
	}}
}

// unannounced is a dispute of which nobody told us.
func unannounced(w *world, d sandbox.Dispute) trigger {
	w.t.Helper()
	w.open(d, true)
	return trigger{w.schedule(), func(answer, bool, bool) {}}
}
