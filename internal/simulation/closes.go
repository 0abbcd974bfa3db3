package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Close sends the POST, if it can leave by the instant that the caller names; a machine may freeze until long after it.
func (t teller) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	a, m := t.a, t.a.w.byID[id]
	called := a.w.now
	a.sent = true
	limit := a.left(ctx, a.w.terms.Request)
	c := a.linger()
	a.delay(c)
	_, refused := a.w.strikes(c, closeNotSent)
	switch {
	case a.clock().After(leaveBy):
		a.sent = false
		return dispute.Dispute{}, t.blind("POST close", errLate)
	case refused || limit <= a.w.now-called:
		a.sent = false
		return dispute.Dispute{}, t.blind("POST close", errNoConnection)
	}
	p := &post{claim: a.claim, until: a.w.now + a.w.terms.Request + a.w.terms.Settle}
	a.w.seesPost(a, m, p)
	how := a.manner(m, c)
	if a.w.tells() {
		a.says("POST close", "leaves; "+how.String())
	}
	answer := a.w.treat(m, p, how, c.of(2))
	a.pause(t.wait(how, called+limit, c.of(3)))
	if a.left(ctx, limit) <= 0 || a.w.now >= called+a.w.terms.Request {
		return dispute.Dispute{}, t.blind("POST close", errNoAnswer)
	}
	d, err := answer()
	p.learns(d, err)
	a.hears(how, err)
	a.w.noticesAnswer(p, err)
	if err != nil {
		return dispute.Dispute{}, t.blind("POST close", err)
	}
	if a.w.tells() {
		a.says("POST close", "answered 200 with "+string(d.Status))
	}
	return d, nil
}

// delay keeps the POST from leaving: a slow connection for seconds, a frozen machine for minutes.
func (a *actor) delay(c chance) {
	if late, yes := a.w.strikes(c, closeLeavesLate); yes {
		a.pause(late.span(0, a.w.terms.Request))
	}
	if late, yes := a.w.strikes(c, freezesBeforeSend); yes {
		a.pause(late.span(time.Second, 10*time.Minute))
	}
}

// wait is how long the caller waits for the answer, until a limit at the most.
func (t teller) wait(how manner, limit time.Duration, c chance) time.Duration {
	left := max(limit-t.a.w.now, 0)
	if how.told == toldNothing && !c.oneIn(3) {
		return left
	}
	wait := c.of(1).span(20*time.Millisecond, 900*time.Millisecond)
	if slow, yes := t.a.w.strikes(c, networkSlow); yes {
		wait = slow.span(time.Second, 19*time.Second)
	}
	return min(wait, left)
}

func (a *actor) manner(m *matter, c chance) manner {
	if !a.authorised() {
		return manner{keyRotated, neverDone, toldForNow}
	}
	if a.w.now < m.hiddenUntil {
		return manner{disputeUnknown, neverDone, toldUnknown}
	}
	if m.stubborn {
		return manner{closeRefused, neverDone, toldForGood}
	}
	for _, how := range manners {
		if _, yes := a.w.strikes(c, how.kind); yes {
			return how
		}
	}
	return obeys
}

// treat executes a POST in its manner, and returns the answer that is ready for its caller.
func (w *world) treat(m *matter, p *post, how manner, c chance) (answer func() (dispute.Dispute, error)) {
	var refusal error
	execute := func() { refusal = w.execute(m, p, c.of(1)) }
	switch how.done {
	case doneAtOnce:
		w.at(w.now+c.of(2).span(time.Millisecond, 15*time.Millisecond), execute)
	case doneLater:
		w.at(w.later(p, c.of(3)), execute)
	case neverDone:
	}
	return func() (dispute.Dispute, error) {
		switch how.told {
		case toldUnknown:
			return dispute.Dispute{}, errNoSuch
		case toldForGood:
			return dispute.Dispute{}, pick(c.of(4), errForGood)
		case toldForNow:
			return dispute.Dispute{}, pick(c.of(4), errForNow)
		case toldTrouble:
			return dispute.Dispute{}, pick(c.of(4), errTrouble)
		case toldNothing:
			return dispute.Dispute{}, errNoAnswer
		case toldHollow:
			return hollow(m.facts(), c.of(5)).dispute(), nil
		case toldOtherMoney:
			return otherMoney(m.facts(), c.of(5)).dispute(), refusal
		case toldOtherDispute:
			return dispute.Dispute{}, errOther
		}
		return m.facts().dispute(), refusal
	}
}

// later is when a POST is executed that its sender has given up: at the very end, often, of what is allowed for.
func (w *world) later(p *post, c chance) time.Duration {
	if detail, yes := w.strikes(c, executesTooLate); yes {
		return p.until + detail.span(time.Second, time.Hour)
	}
	if c.oneIn(2) {
		return p.until - c.of(1).span(0, 2*time.Second)
	}
	return c.of(1).span(w.now, p.until)
}

// hollow is an answer to a close that was not carried out: the dispute as it stood, or without its status.
func hollow(f *facts, c chance) *facts {
	if !c.oneIn(4) {
		return f
	}
	next := f.with()
	next.status = ""
	return next
}

// otherMoney is an answer to a close that is about other money than the dispute.
func otherMoney(f *facts, c chance) *facts {
	next := f.with()
	if c.oneIn(2) {
		next.amount = max(f.amount, 0) + 100
		return next
	}
	next.currency = pick(c.of(1), []string{"gbp", "jpy"})
	return next
}

// execute closes the dispute for a POST. A dispute that cannot be closed is refused, or answered as it stands:
// which of them WooshPay does is unknown.
func (w *world) execute(m *matter, p *post, c chance) (refusal error) {
	f := m.facts()
	if !closable(f.status) {
		return pick(c, []error{nil, errForGood[0], errForGood[2], errForNow[3], errTrouble[0]})
	}
	w.seesExecution(m, p)
	next := f.with()
	next.status = closedFrom(f.status, c.of(1))
	w.change(m, next, "executes our close")
	return nil
}

// learns is what the sender knows after an answer.
func (p *post) learns(d dispute.Dispute, err error) {
	switch {
	case err != nil && fault.Of(err) != fault.Ambiguous:
		p.fate = refusedFate
	case err == nil && p.claim != nil && mayFollowClose(p.claim.from, d.Status):
		p.fate = closedFate
	}
}

// hears notes what an answer asks of its sender, and whether it contradicts what was claimed.
func (a *actor) hears(how manner, err error) {
	a.asked, a.answeredAt = fault.RetryAfter(err), a.w.now
	switch {
	case errors.Is(err, dispute.ErrOther):
		a.otherwise = "another dispute"
	case err == nil && how.told == toldOtherMoney:
		a.otherwise = "other money"
	}
}
