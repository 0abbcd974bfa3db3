package simulation

import (
	"time"

	"disputecloser/shared/dispute"
)

// What people and banks do at WooshPay, at any time.

// change gives the dispute new facts from now on, and announces them.
func (w *world) change(subj *subject, next *facts, what string) {
	subj.past = append(subj.past, version{w.now, next})
	subj.changed = w.now
	if w.recording() {
		w.log("WooshPay", subj.id, what+"; stands at "+string(next.status))
	}
	w.announce(subj, next)
}

// schedulePeople draws what people and banks do to a dispute at WooshPay.
func (w *world) schedulePeople(subj *subject) {
	for k := peopleClose; k <= peopleReopen; k++ {
		own := subj.key.of(uint64(k) + 200)
		w.at(own.span(w.now, w.calmAt), func() {
			if detail, yes := w.happens(own, k); yes {
				w.actAtWooshPay(subj, k, detail)
			}
		})
	}
}

// actAtWooshPay lets a person or a bank do one thing to a dispute, if its status allows it.
func (w *world) actAtWooshPay(subj *subject, k incidentKind, c chance) {
	f := subj.facts()
	next := f.with()
	switch {
	case k == peopleTouch:
		next.plan = pick(c, []string{"basic", "gold"})
		next.millis = c.of(1).oneIn(2)
	case k == peopleReprice && f.amount > 0:
		next.amount = pick(c, []int64{f.amount - 1, f.amount, f.amount + 1, f.amount + 1000})
		next.currency = pick(c.of(1), []string{f.currency, f.currency, "usd", "eur"})
	case k == peopleDefer:
		next.dueBy = pick(c, []time.Time{{}, w.time().Add(6 * time.Hour), w.time().Add(40 * time.Hour), w.time().Add(200 * time.Hour)}).Truncate(time.Second)
	case k == peopleEndUnknown && !terminal(f.status):
		next.status = "prevented"
	case k == peopleReopen && f.status == "prevented":
		next.status = dispute.NeedsResponse
	case k == peopleReopen && subj.executed == 0 && (f.status == dispute.Won || f.status == dispute.WarningClosed):
		next.status = dispute.NeedsResponse
	case k == peopleReopen && f.status == dispute.UnderReview:
		next.status = dispute.NeedsResponse // the bank asks for more
	case k == peopleReopen && f.status == dispute.Lost:
		next.status = dispute.Won // the bank reverses itself
	case k == peopleRefund && f.charge:
		next.refunded, next.shows = yes, yes
		if c.oneIn(2) && !terminal(f.status) {
			next.status = dispute.ChargeRefunded
		}
	case !closable(f.status):
		return
	case k == peopleClose:
		next.status = closedFrom(f.status, c)
	case k == peopleWin:
		next.status = dispute.Won
	case k == peopleAnswer:
		next.status, next.hasEvidence, next.submissions = dispute.UnderReview, yes, max(f.submissions, 0)+1
	default:
		return
	}
	w.change(subj, next, k.String())
}

// actDuringClaim schedules acts of people and operators soon after a claim, the worst moment for them.
func (w *world) actDuringClaim(subj *subject, c chance) {
	if detail, yes := w.happens(c, peopleDuringClaim); yes {
		k := pick(detail, []incidentKind{peopleClose, peopleClose, peopleWin, peopleWin, peopleRefund, peopleAnswer, peopleReprice, peopleReprice})
		soon := pick(detail.of(3), []time.Duration{500 * time.Millisecond, 5 * time.Second, 130 * time.Second})
		at := w.now + detail.of(1).span(0, soon)
		w.at(at, func() { w.actAtWooshPay(subj, k, detail.of(2)) })
		if again := detail.of(4); k == peopleWin && again.oneIn(2) {
			w.at(at+again.of(1).span(0, claimLength), func() { w.actAtWooshPay(subj, peopleReopen, again.of(2)) })
		}
	}
	w.sendNewsDuringClaim(subj, c.of(1), 0)
	if detail, yes := w.happens(c, operatorDuringClaim); yes {
		k := pick(detail, []incidentKind{operatorKeeps, operatorCloses, operatorReleases})
		w.giveOrder(subj, k, detail.of(1), detail.of(2).span(0, 150*time.Second))
	}
}

// sendNewsDuringClaim schedules news during a claim that was made some time ago.
func (w *world) sendNewsDuringClaim(subj *subject, c chance, ago time.Duration) {
	for i := range uint64(3) {
		if detail, yes := w.happens(c.of(i), newsDuringClaim); yes {
			w.at(w.now-ago+duringClaim(detail), func() { w.actAtWooshPay(subj, peopleTouch, detail.of(1)) })
		}
	}
}

// duringClaim returns a moment while a claim's POST may still be executed, more often late than early, or just when
// the claim lapses by some machine's clock.
func duringClaim(c chance) time.Duration {
	switch c.below(4) {
	case 0:
		return c.of(1).span(0, 85*time.Second)
	case 1:
		return claimLength + pick(c.of(2), []time.Duration{-30 * time.Second, -15 * time.Second, 0, 15 * time.Second}) - c.of(3).span(0, 10*time.Second)
	}
	return c.of(4).span(50*time.Second, 92*time.Second)
}

// scheduleOutages draws when WooshPay does not know the dispute for a while, does not show its charge, or is slow. An
// outage may outlast the faults: what it hides is seen after it.
func (w *world) scheduleOutages(subj *subject) {
	for _, outage := range []struct {
		kind  incidentKind
		until *time.Duration
	}{{disputeUnknown, &subj.hiddenUntil}, {chargeDown, &subj.chargeHiddenUntil}, {looksSlow, &subj.slowUntil}} {
		own := subj.key.of(uint64(outage.kind) + 400)
		w.at(own.span(w.now, w.calmAt), func() {
			detail, yes := w.happens(own, outage.kind)
			if !yes {
				return
			}
			*outage.until = w.now + pick(detail, outageLengths)
			w.at(*outage.until, func() {}) // histories wait for its end
			if w.recording() {
				w.log("WooshPay", subj.id, outage.kind.String()+", until "+stamp(*outage.until))
			}
		})
	}
}

// outageLengths lie around the limits for failing looks (a day) and for an unknown dispute (three days).
var outageLengths = []time.Duration{10 * time.Minute, 3 * time.Hour, 30 * time.Hour, 80 * time.Hour, 130 * time.Hour}

// lastDisturbed returns when something last happened to the dispute that takes time to be seen.
func (subj *subject) lastDisturbed() time.Duration {
	return max(subj.changed, subj.hiddenUntil, subj.chargeHiddenUntil, subj.slowUntil)
}

// scheduleRefundOfPlan draws a refund of the charge while a plan waits for its time.
func (w *world) scheduleRefundOfPlan(subj *subject, closeAt time.Duration) {
	c := subj.key.of(uint64(len(subj.claims)) + 600)
	if detail, yes := w.happens(c, peopleRefundPlanned); yes {
		w.at(detail.span(w.now, max(w.now, closeAt)), func() { w.actAtWooshPay(subj, peopleRefund, detail.of(1)) })
	}
}

// claimLength is how long a claim lasts (protocol.md).
const claimLength = 120 * time.Second
