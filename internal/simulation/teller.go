package simulation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// teller is WooshPay as one actor reaches it for looks.
type teller struct{ a *actor }

var _ closing.Provider = teller{}

var (
	errNoAnswer     = errors.New("timeout awaiting response headers")
	errUnavailable  = errors.New("WooshPay answered 503")
	errUnauthorised = fault.Mark(fault.Retryable, errors.New("WooshPay answered 401"))
	errNoSuch       = fault.Mark(fault.Permanent, errors.New("WooshPay answered 404"))
	errLate         = fault.Mark(fault.Retryable, errors.New("the time to leave has passed"))
	errNoConnection = fault.Mark(fault.Retryable, errors.New("connection refused"))
	errSlowDown     = slowDown(90 * time.Second)
	errOther        = fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %q", dispute.ErrOther, "dp_other"))

	// inPassing is what a read may meet that says nothing of what is read.
	inPassing = []error{
		errNoAnswer, errUnavailable, errNoConnection, errSlowDown, slowDown(20 * time.Minute), slowDown(9 * time.Hour),
		errors.New("WooshPay answered 500"), fault.Mark(fault.Retryable, errors.New("WooshPay answered 403")), errUnauthorised,
		errors.New("unreadable answer: <html>"),
	}
	// forGood is what a read of a charge meets where WooshPay does not tell of charges.
	forGood = []error{errNoSuch, fault.Mark(fault.Permanent, errors.New("WooshPay answered 405"))}
)

// slowDown is an answer that asks to be left alone for a while.
func slowDown(d time.Duration) error {
	return &fault.Error{Class: fault.Retryable, RetryAfter: d, Err: fmt.Errorf("WooshPay answered 429, wait %s", d)}
}

// Get shows the dispute as it stands when the request arrives, and the instant by WooshPay's clock.
func (t teller) Get(ctx context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	a, m := t.a, t.a.w.byID[id]
	a.view = view{calledAt: a.w.now}
	a.w.seesLook(a, m)
	c := a.linger()
	t.crawl(m)
	if err := t.lookFault(ctx, m, c); err != nil {
		a.pause(c.of(1).span(10*time.Millisecond, 300*time.Millisecond))
		return dispute.Dispute{}, t.dated(c, err), t.blind("look", err)
	}
	shown, at := m.facts(), a.w.now
	if stale, yes := a.w.strikes(c, getIsStale); yes && len(m.past) > 1 {
		v := m.past[stale.below(len(m.past))]
		shown, at = v.facts, v.from
	}
	a.linger()
	a.outlast(m, c)
	if a.left(ctx, time.Hour) <= 0 {
		a.view.err = errNoAnswer
		return dispute.Dispute{}, time.Time{}, t.blind("look", errNoAnswer)
	}
	a.view.facts, a.view.shownAt, a.view.datedAt, a.view.answeredAt = shown, at, a.w.now, a.w.now
	if a.w.tells() {
		a.says("look", "shows "+string(shown.status))
	}
	return shown.dispute(), a.date(c), nil
}

// crawl lets the time of a slow answer pass: one that comes just before the caller would give up.
func (t teller) crawl(m *matter) {
	if t.a.w.now < m.slowUntil {
		t.a.pause(slowAnswer)
	}
}

// slowAnswer is how long a slow read takes. Two of them make facts too old to claim on (15 s).
const slowAnswer = 8 * time.Second

// dated is the date of an answer that is an error; what got no answer has none.
func (t teller) dated(c chance, err error) time.Time {
	t.a.view.err, t.a.view.answeredAt = err, t.a.w.now
	if !answers(err) {
		return time.Time{}
	}
	return t.a.date(c)
}

// answers reports whether the error of a look is an answer of WooshPay.
func answers(err error) bool {
	return !errors.Is(err, errNoAnswer) && !errors.Is(err, errNoConnection)
}

// outlast lets a look's answer come just after the dispute's claim has lapsed by the actor's clock.
func (a *actor) outlast(m *matter, c chance) {
	if m.stored == nil || m.stored.State != closing.Closing || a.claim != nil {
		return
	}
	rest := m.stored.ClaimUntil.Sub(a.clock())
	if rest <= 0 {
		return
	}
	if detail, yes := a.w.strikes(c, getOutlastsClaim); yes {
		a.pause(rest + detail.span(time.Millisecond, 2*time.Second))
	}
}

// blind says what a call met instead of an answer.
func (t teller) blind(what string, err error) error {
	if t.a.w.tells() {
		t.a.says(what, err.Error())
	}
	return err
}

// lookFault is what goes wrong with a look.
func (t teller) lookFault(ctx context.Context, m *matter, c chance) error {
	a := t.a
	if a.left(ctx, time.Hour) <= 0 {
		return errNoAnswer
	}
	if !a.authorised() {
		return errUnauthorised
	}
	if detail, yes := a.w.strikes(c, getFails); yes {
		return pick(detail, inPassing)
	}
	if _, yes := a.w.strikes(c, getOther); yes {
		return errOther
	}
	if _, yes := a.w.strikes(c, getRefused); yes || a.w.now < m.hiddenUntil {
		return errNoSuch
	}
	return nil
}

// authorised tells whether the actor's machine has the key that is valid now. If not, it reads the key again,
// for the next call.
func (a *actor) authorised() bool {
	if a.machine.key == a.w.key {
		return true
	}
	a.machine.key = a.w.key
	return false
}

// GetCharge shows whether the dispute's charge is refunded, if WooshPay tells. Where it fails in passing, the look as a
// whole has failed: the dispute was not seen.
func (t teller) GetCharge(ctx context.Context, id string) (dispute.Charge, error) {
	a := t.a
	c := a.linger()
	m := a.w.byID[a.about]
	t.crawl(m)
	if err := t.chargeFault(ctx, m, c); err != nil {
		if fault.Of(err) != fault.Permanent {
			a.view.facts, a.view.err = nil, fmt.Errorf("%w: %w", errCharge, err)
		}
		a.view.answeredAt = a.w.now
		return dispute.Charge{}, t.blind("charge", err)
	}
	shown := m.facts()
	if stale, yes := a.w.strikes(c, chargeStale); yes {
		shown = m.past[stale.below(len(m.past))].facts
	}
	a.linger()
	a.view.charge, a.view.answeredAt = shown.refunded, a.w.now
	if a.w.tells() {
		a.says("charge", "shows "+shown.refunded.String())
	}
	return chargeOn(id, shown.refunded)
}

// errCharge marks the error of a look whose charge could not be read.
var errCharge = errors.New("the charge was not read")

// chargeFault is what goes wrong with the read of a charge.
func (t teller) chargeFault(ctx context.Context, m *matter, c chance) error {
	a := t.a
	switch {
	case a.left(ctx, time.Hour) <= 0:
		return errNoAnswer
	case !a.authorised():
		return errUnauthorised
	case a.w.now < m.muteUntil:
		return pick(c.of(2), inPassing)
	}
	if detail, yes := a.w.strikes(c, chargeFails); yes {
		return pick(detail, inPassing)
	}
	if m.facts().unread {
		return pick(m.key.of(4), forGood)
	}
	return nil
}

// chargeOn is a charge as the project's own decoder reads it off the wire.
func chargeOn(id string, refunded truth) (dispute.Charge, error) {
	switch refunded {
	case yes:
		return dispute.ParseCharge([]byte(`{"id":"` + id + `","refunded":true}`))
	case no:
		return dispute.ParseCharge([]byte(`{"id":"` + id + `","refunded":false,"amount_refunded":0}`))
	}
	return dispute.ParseCharge([]byte(`{"id":"` + id + `"}`))
}

// scheduleKeys draws when the key is rolled.
func (w *world) scheduleKeys(c chance) {
	for i := range uint64(4) {
		own := c.of(i)
		w.at(own.of(1).span(w.now, w.calmAt), func() {
			if _, yes := w.strikes(own, keyRotated); yes {
				w.key++
			}
		})
	}
}
