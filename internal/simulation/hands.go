package simulation

import (
	"time"

	"disputecloser/shared/dispute"
)

// What people and banks do at WooshPay, at any time.

// change makes the dispute another one from now on, and announces it.
func (w *world) change(m *matter, next *facts, what string) {
	m.past = append(m.past, version{w.now, next})
	m.changed = w.now
	if w.tells() {
		w.say("WooshPay", m.id, what+"; stands at "+string(next.status))
	}
	w.announce(m, next)
}

// scheduleHands draws what becomes of a dispute at WooshPay.
func (w *world) scheduleHands(m *matter) {
	for k := handsClose; k <= handsReopen; k++ {
		own := m.key.of(uint64(k) + 200)
		w.at(own.span(w.now, w.calmAt), func() {
			if detail, yes := w.strikes(own, k); yes {
				w.handle(m, k, detail)
			}
		})
	}
}

// handle lets a hand do one thing to a dispute, if it can be done as it stands.
func (w *world) handle(m *matter, k kind, c chance) {
	f := m.facts()
	next := f.with()
	switch {
	case k == handsTouch:
		next.plan = pick(c, []string{"basic", "gold"})
		next.millis = c.of(1).oneIn(2)
	case k == handsReprice && f.amount > 0:
		next.amount = pick(c, []int64{f.amount - 1, f.amount, f.amount + 1, f.amount + 1000})
		next.currency = pick(c.of(1), []string{f.currency, f.currency, "usd", "eur"})
	case k == handsDefer:
		next.dueBy = pick(c, []time.Time{{}, w.time().Add(6 * time.Hour), w.time().Add(40 * time.Hour), w.time().Add(200 * time.Hour)}).Truncate(time.Second)
	case k == handsStatus && !terminal(f.status):
		next.status = "prevented"
	case k == handsReopen && f.status == "prevented":
		next.status = dispute.NeedsResponse
	case k == handsReopen && m.executed == 0 && (f.status == dispute.Won || f.status == dispute.WarningClosed):
		next.status = dispute.NeedsResponse
	case k == handsReopen && f.status == dispute.UnderReview:
		next.status = dispute.NeedsResponse // the bank asks for more
	case k == handsReopen && f.status == dispute.Lost:
		next.status = dispute.Won // the bank reverses itself
	case k == handsRefund && f.charge:
		next.refunded, next.shows = yes, yes
		if c.oneIn(2) && !terminal(f.status) {
			next.status = dispute.ChargeRefunded
		}
	case !closable(f.status):
		return
	case k == handsClose:
		next.status = closedFrom(f.status, c)
	case k == handsWin:
		next.status = dispute.Won
	case k == handsAnswer:
		next.status, next.hasEvidence, next.submissions = dispute.UnderReview, yes, max(f.submissions, 0)+1
	default:
		return
	}
	w.change(m, next, k.String())
}

// closedFrom is what a close makes of a dispute that stands at a closable status: an inquiry ends either way.
func closedFrom(s dispute.Status, c chance) dispute.Status {
	if s == dispute.WarningNeedsResponse && c.oneIn(2) {
		return dispute.WarningClosed
	}
	return dispute.Lost
}

// disturb has people act while a claim is young: there is no worse moment.
func (w *world) disturb(m *matter, c chance) {
	if detail, yes := w.strikes(c, handsDuringClaim); yes {
		k := pick(detail, []kind{handsClose, handsClose, handsWin, handsWin, handsRefund, handsAnswer, handsReprice, handsReprice})
		soon := pick(detail.of(3), []time.Duration{500 * time.Millisecond, 5 * time.Second, 130 * time.Second})
		at := w.now + detail.of(1).span(0, soon)
		w.at(at, func() { w.handle(m, k, detail.of(2)) })
		if again := detail.of(4); k == handsWin && again.oneIn(2) {
			w.at(at+again.of(1).span(0, claimLength), func() { w.handle(m, handsReopen, again.of(2)) })
		}
	}
	w.tease(m, c.of(1), 0)
	if detail, yes := w.strikes(c, operatorDuringClaim); yes {
		k := pick(detail, []kind{operatorKeeps, operatorCloses, operatorReleases})
		w.speak(m, k, detail.of(1), detail.of(2).span(0, 150*time.Second))
	}
}

// tease has news come while a claim lasts that was made some time ago.
func (w *world) tease(m *matter, c chance, ago time.Duration) {
	for i := range uint64(3) {
		if detail, yes := w.strikes(c.of(i), newsDuringClaim); yes {
			w.at(w.now-ago+duringClaim(detail), func() { w.handle(m, handsTouch, detail.of(1)) })
		}
	}
}

// duringClaim is a moment while a claim's POST may still be executed, at its end rather than its beginning, or
// just when the claim lapses by somebody's clock.
func duringClaim(c chance) time.Duration {
	switch c.below(4) {
	case 0:
		return c.of(1).span(0, 85*time.Second)
	case 1:
		return claimLength + pick(c.of(2), []time.Duration{-30 * time.Second, -15 * time.Second, 0, 15 * time.Second}) - c.of(3).span(0, 10*time.Second)
	}
	return c.of(4).span(50*time.Second, 92*time.Second)
}

// scheduleSpells draws when WooshPay does not know the dispute for a while, does not show its charge, or is slow. A spell
// may outlast the faults: what it keeps from being seen is seen after it.
func (w *world) scheduleSpells(m *matter) {
	for _, spell := range []struct {
		kind  kind
		until *time.Duration
	}{{disputeUnknown, &m.hiddenUntil}, {chargeDown, &m.muteUntil}, {looksSlow, &m.slowUntil}} {
		own := m.key.of(uint64(spell.kind) + 400)
		w.at(own.span(w.now, w.calmAt), func() {
			detail, yes := w.strikes(own, spell.kind)
			if !yes {
				return
			}
			*spell.until = w.now + pick(detail, spells)
			w.queue.push(entry{at: *spell.until, act: func() {}}) // histories wait for its end
			if w.tells() {
				w.say("WooshPay", m.id, spell.kind.String()+", until "+stamp(*spell.until))
			}
		})
	}
}

// spells lie around what is patience with looks that fail (a day) and with a dispute that is unknown (three days).
var spells = []time.Duration{10 * time.Minute, 3 * time.Hour, 30 * time.Hour, 80 * time.Hour, 130 * time.Hour}

// disturbed is when something last happened to the dispute that takes time to be seen.
func (m *matter) disturbed() time.Duration {
	return max(m.changed, m.hiddenUntil, m.muteUntil, m.slowUntil)
}

// refundPlanned has the charge refunded while a plan waits for its time.
func (w *world) refundPlanned(m *matter, closeAt time.Duration) {
	c := m.key.of(uint64(len(m.claims)) + 600)
	if detail, yes := w.strikes(c, handsRefundPlanned); yes {
		w.at(detail.span(w.now, max(w.now, closeAt)), func() { w.handle(m, handsRefund, detail.of(1)) })
	}
}
