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

// providerPort is WooshPay as one actor reaches it: looks here, the close in actor_provider_close.go.
type providerPort struct{ a *actor }

var _ closing.Provider = providerPort{}

var (
	errNoAnswer     = errors.New("timeout awaiting response headers")
	errUnavailable  = errors.New("WooshPay answered 503")
	errUnauthorised = fault.Mark(fault.Retryable, errors.New("WooshPay answered 401"))
	errNoSuch       = fault.Mark(fault.Permanent, errors.New("WooshPay answered 404"))
	errLate         = fault.Mark(fault.Retryable, errors.New("the time to leave has passed"))
	errNoConnection = fault.Mark(fault.Retryable, errors.New("connection refused"))
	errSlowDown     = slowDown(90 * time.Second)
	errOtherDispute = fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %q", dispute.ErrOther, "dp_other"))

	// passingErrors are temporary errors of a read. They say nothing about the dispute or its charge.
	passingErrors = []error{
		errNoAnswer, errUnavailable, errNoConnection, errSlowDown, slowDown(20 * time.Minute), slowDown(9 * time.Hour),
		errors.New("WooshPay answered 500"), fault.Mark(fault.Retryable, errors.New("WooshPay answered 403")), errUnauthorised,
		errors.New("unreadable answer: <html>"),
	}
	// noChargeErrors are the answers to a read of a charge that WooshPay does not show.
	noChargeErrors = []error{errNoSuch, fault.Mark(fault.Permanent, errors.New("WooshPay answered 405"))}
)

// slowDown is an answer that asks the caller to wait.
func slowDown(d time.Duration) error {
	return &fault.Error{Class: fault.Retryable, RetryAfter: d, Err: fmt.Errorf("WooshPay answered 429, wait %s", d)}
}

// Get returns the dispute as it stands when the request arrives, and the instant by WooshPay's clock.
func (port providerPort) Get(ctx context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	a, subj := port.a, port.a.w.byID[id]
	a.look = look{calledAt: a.w.now}
	a.w.countLook(a, subj)
	c := a.halfCall()
	port.waitIfSlow(subj)
	if err := port.lookFault(ctx, subj, c); err != nil {
		a.pause(c.of(1).span(10*time.Millisecond, 300*time.Millisecond))
		return dispute.Dispute{}, port.failedLook(c, err), port.logFailure("look", err)
	}
	shown, at := subj.facts(), a.w.now
	if stale, yes := a.w.happens(c, getIsStale); yes && len(subj.past) > 1 {
		v := subj.past[stale.below(len(subj.past))]
		shown, at = v.facts, v.from
	}
	a.halfCall()
	a.outlastClaim(subj, c)
	if a.left(ctx, time.Hour) <= 0 {
		a.look.err = errNoAnswer
		return dispute.Dispute{}, time.Time{}, port.logFailure("look", errNoAnswer)
	}
	a.look.facts, a.look.shownAt, a.look.datedAt, a.look.answeredAt = shown, at, a.w.now, a.w.now
	if a.w.recording() {
		a.log("look", "shows "+string(shown.status))
	}
	return shown.dispute(), a.date(c), nil
}

// waitIfSlow lets the time of a slow answer pass. The answer comes just before the caller would give up.
func (port providerPort) waitIfSlow(subj *subject) {
	if port.a.w.now < subj.slowUntil {
		port.a.pause(slowAnswer)
	}
}

// slowAnswer is how long a slow read takes. Two of them make facts too old to claim on (15 s).
const slowAnswer = 8 * time.Second

// failedLook notes that a look failed, and returns the date of the answer; zero if there was no answer.
func (port providerPort) failedLook(c chance, err error) time.Time {
	port.a.look.err, port.a.look.answeredAt = err, port.a.w.now
	if !answers(err) {
		return time.Time{}
	}
	return port.a.date(c)
}

// answers reports whether the error of a look is an answer of WooshPay.
func answers(err error) bool {
	return !errors.Is(err, errNoAnswer) && !errors.Is(err, errNoConnection)
}

// outlastClaim delays a look's answer until just after the dispute's claim has lapsed by the actor's clock.
func (a *actor) outlastClaim(subj *subject, c chance) {
	if subj.stored == nil || subj.stored.State != closing.Closing || a.claim != nil {
		return
	}
	rest := subj.stored.ClaimUntil.Sub(a.clock())
	if rest <= 0 {
		return
	}
	if detail, yes := a.w.happens(c, getOutlastsClaim); yes {
		a.pause(rest + detail.span(time.Millisecond, 2*time.Second))
	}
}

// logFailure writes the error of a call into the story, and returns it.
func (port providerPort) logFailure(what string, err error) error {
	if port.a.w.recording() {
		port.a.log(what, err.Error())
	}
	return err
}

// lookFault returns what goes wrong with a look; nil if nothing does.
func (port providerPort) lookFault(ctx context.Context, subj *subject, c chance) error {
	a := port.a
	if a.left(ctx, time.Hour) <= 0 {
		return errNoAnswer
	}
	if !a.authorised() {
		return errUnauthorised
	}
	if detail, yes := a.w.happens(c, getFails); yes {
		return pick(detail, passingErrors)
	}
	if _, yes := a.w.happens(c, getOther); yes {
		return errOtherDispute
	}
	if _, yes := a.w.happens(c, getRefused); yes || a.w.now < subj.hiddenUntil {
		return errNoSuch
	}
	return nil
}

// GetCharge returns whether the dispute's charge is refunded, if WooshPay shows it. A temporary error here fails the look as
// a whole: the dispute counts as not seen.
func (port providerPort) GetCharge(ctx context.Context, id string) (dispute.Charge, error) {
	a := port.a
	c := a.halfCall()
	subj := a.w.byID[a.about]
	port.waitIfSlow(subj)
	if err := port.chargeFault(ctx, subj, c); err != nil {
		if fault.Of(err) != fault.Permanent {
			a.look.facts, a.look.err = nil, fmt.Errorf("%w: %w", errCharge, err)
		}
		a.look.answeredAt = a.w.now
		return dispute.Charge{}, port.logFailure("charge", err)
	}
	shown := subj.facts()
	if stale, yes := a.w.happens(c, chargeStale); yes {
		shown = subj.past[stale.below(len(subj.past))].facts
	}
	a.halfCall()
	a.look.charge, a.look.answeredAt = shown.refunded, a.w.now
	if a.w.recording() {
		a.log("charge", "shows "+shown.refunded.String())
	}
	return chargeOn(id, shown.refunded)
}

// errCharge marks the error of a look whose charge could not be read.
var errCharge = errors.New("the charge was not read")

// chargeFault returns what goes wrong with the read of a charge; nil if nothing does.
func (port providerPort) chargeFault(ctx context.Context, subj *subject, c chance) error {
	a := port.a
	switch {
	case a.left(ctx, time.Hour) <= 0:
		return errNoAnswer
	case !a.authorised():
		return errUnauthorised
	case a.w.now < subj.chargeHiddenUntil:
		return pick(c.of(2), passingErrors)
	}
	if detail, yes := a.w.happens(c, chargeFails); yes {
		return pick(detail, passingErrors)
	}
	if subj.facts().unread {
		return pick(subj.key.of(4), noChargeErrors)
	}
	return nil
}

// chargeOn returns a charge as the project's own decoder reads it from the wire.
func chargeOn(id string, refunded truth) (dispute.Charge, error) {
	switch refunded {
	case yes:
		return dispute.ParseCharge([]byte(`{"id":"` + id + `","refunded":true}`))
	case no:
		return dispute.ParseCharge([]byte(`{"id":"` + id + `","refunded":false,"amount_refunded":0}`))
	}
	return dispute.ParseCharge([]byte(`{"id":"` + id + `"}`))
}
