package simulation

import (
	"context"
	"errors"
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
	errSlowDown     = &fault.Error{Class: fault.Retryable, RetryAfter: 90 * time.Second, Err: errors.New("WooshPay answered 429")}
)

// Get shows the dispute as it stands when the request arrives, and the true time.
func (t teller) Get(ctx context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	a, m := t.a, t.a.w.byID[id]
	a.view = view{calledAt: a.w.now}
	a.w.seesLook(a, m)
	c := a.linger()
	if err := t.lookFault(ctx, c); err != nil {
		a.pause(c.of(1).span(10*time.Millisecond, 300*time.Millisecond))
		return dispute.Dispute{}, time.Time{}, t.blind("look", err)
	}
	shown, at := m.facts(), a.w.now
	if stale, yes := a.w.strikes(c, getIsStale); yes && len(m.past) > 1 {
		v := m.past[stale.below(len(m.past))]
		shown, at = v.facts, v.from
	}
	a.linger()
	a.outlast(m, c)
	if a.left(ctx, time.Hour) <= 0 {
		return dispute.Dispute{}, time.Time{}, t.blind("look", errNoAnswer)
	}
	a.view.facts, a.view.shownAt, a.view.answeredAt = shown, at, a.w.now
	if a.w.tells() {
		a.says("look", "shows "+string(shown.status))
	}
	return shown.dispute(), a.w.time().Truncate(time.Second), nil
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
func (t teller) lookFault(ctx context.Context, c chance) error {
	a := t.a
	if a.left(ctx, time.Hour) <= 0 {
		return errNoAnswer
	}
	if !a.authorised() {
		return errUnauthorised
	}
	if detail, yes := a.w.strikes(c, getFails); yes {
		return pick(detail, []error{errNoAnswer, errUnavailable, errNoConnection, errSlowDown})
	}
	if _, yes := a.w.strikes(c, getRefused); yes {
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

// GetCharge shows whether the dispute's charge is refunded, if WooshPay tells.
func (t teller) GetCharge(ctx context.Context, id string) (dispute.Charge, error) {
	a := t.a
	c := a.linger()
	_, fails := a.w.strikes(c, chargeFails)
	if fails || a.left(ctx, time.Hour) <= 0 || !a.authorised() {
		return dispute.Charge{}, errUnavailable
	}
	refunded := nobody
	if f := a.view.facts; f != nil {
		refunded = a.w.byID[f.id].facts().refunded
	}
	a.linger()
	a.view.refunded, a.view.answeredAt = refunded, a.w.now
	return chargeOn(id, refunded)
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
