package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Close sends the POST if it can leave by the instant that the caller names. A machine may freeze until long after it.
func (port providerPort) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	a, subj := port.a, port.a.w.byID[id]
	called := a.w.now
	a.sent = true
	limit := a.left(ctx, a.w.terms.Request)
	c := a.halfCall()
	a.delay(c)
	_, refused := a.w.happens(c, closeNotSent)
	switch {
	case a.clock().After(leaveBy):
		a.sent = false
		return dispute.Dispute{}, port.logFailure("POST close", errLate)
	case refused || limit <= a.w.now-called:
		a.sent = false
		return dispute.Dispute{}, port.logFailure("POST close", errNoConnection)
	}
	p := &post{claim: a.claim, until: a.w.now + a.w.terms.Request + a.w.terms.Settle}
	a.w.onPost(a, subj, p)
	how := a.drawTreatment(subj, c)
	if a.w.recording() {
		a.log("POST close", "leaves; "+how.String())
	}
	answer := a.w.respond(subj, p, how, c.of(2))
	a.pause(port.wait(how, called+limit, c.of(3)))
	if a.left(ctx, limit) <= 0 || a.w.now >= called+a.w.terms.Request {
		return dispute.Dispute{}, port.logFailure("POST close", errNoAnswer)
	}
	d, err := answer()
	p.setFate(d, err)
	a.recordAnswer(how, err)
	a.w.countAnswer(p, err)
	if err != nil {
		return dispute.Dispute{}, port.logFailure("POST close", err)
	}
	if a.w.recording() {
		a.log("POST close", "answered 200 with "+string(d.Status))
	}
	return d, nil
}

// delay holds the POST back: a slow connection for seconds, a frozen machine for minutes.
func (a *actor) delay(c chance) {
	if late, yes := a.w.happens(c, closeLeavesLate); yes {
		a.pause(late.span(0, a.w.terms.Request))
	}
	if late, yes := a.w.happens(c, freezesBeforeSend); yes {
		a.pause(late.span(time.Second, 10*time.Minute))
	}
}

// wait returns how long the caller waits for the answer, at most until limit.
func (port providerPort) wait(how treatment, limit time.Duration, c chance) time.Duration {
	left := max(limit-port.a.w.now, 0)
	if how.reply == replyNone && !c.oneIn(3) {
		return left
	}
	wait := c.of(1).span(20*time.Millisecond, 900*time.Millisecond)
	if slow, yes := port.a.w.happens(c, networkSlow); yes {
		wait = slow.span(time.Second, 19*time.Second)
	}
	return min(wait, left)
}

// setFate sets what the sender knows about the POST after an answer.
func (p *post) setFate(d dispute.Dispute, err error) {
	switch {
	case err != nil && fault.Of(err) != fault.Ambiguous:
		p.fate = refusedFate
	case err == nil && p.claim != nil && mayFollowClose(p.claim.from, d.Status):
		p.fate = closedFate
	}
}

// recordAnswer notes how long an answer asks its sender to wait, and whether it contradicts what was claimed.
func (a *actor) recordAnswer(how treatment, err error) {
	a.askedToWait, a.answeredAt = fault.RetryAfter(err), a.w.now
	switch {
	case errors.Is(err, dispute.ErrOther):
		a.answeredAbout = "another dispute"
	case err == nil && how.reply == replyOtherMoney:
		a.answeredAbout = "other money"
	}
}
