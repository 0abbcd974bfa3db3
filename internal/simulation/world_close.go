package simulation

import (
	"errors"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// treatment is how WooshPay treats a close.
type treatment struct {
	kind incidentKind
	// execution is when the close is executed: never, at once, or later but within the settle time.
	execution execution
	// reply is what is answered.
	reply reply
}

type execution uint8

const (
	neverExecuted execution = iota
	executedAtOnce
	executedLater
)

type reply uint8

const (
	replyTrue reply = iota
	replyPermanent
	replyNotFound
	replyRetryable
	replyServerError
	replyNone
	replyHollow
	replyOtherMoney
	replyOtherDispute
)

// obeys is the treatment in which a close is executed and answered.
var obeys = treatment{execution: executedAtOnce, reply: replyTrue}

func (t treatment) String() string {
	if t == obeys {
		return "WooshPay obeys"
	}
	return t.kind.String()
}

// treatments are drawn in this order. WooshPay obeys a close if none of them happens.
var treatments = []treatment{
	{closeRefused, neverExecuted, replyPermanent},
	{closeRefusedYetDone, executedAtOnce, replyPermanent},
	{closePutOff, neverExecuted, replyRetryable},
	{closePutOffYetDone, executedAtOnce, replyRetryable},
	{closeBreaks, neverExecuted, replyServerError},
	{closeBreaksYetDone, executedAtOnce, replyServerError},
	{closeBreaksDoneLater, executedLater, replyServerError},
	{closeRequestLost, neverExecuted, replyNone},
	{closeAnswerLost, executedAtOnce, replyNone},
	{closeHangs, executedLater, replyNone},
	{closeHollow, neverExecuted, replyHollow},
	{closeHollowDoneLater, executedLater, replyHollow},
	{closeOtherMoney, executedAtOnce, replyOtherMoney},
	{closeOtherDispute, executedAtOnce, replyOtherDispute},
}

var (
	permanentErrors = []error{
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 400")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 402")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 404")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 422")),
	}
	retryableErrors = []error{
		errUnauthorised, errSlowDown, slowDown(20 * time.Minute), slowDown(9 * time.Hour),
		fault.Mark(fault.Retryable, errors.New("WooshPay answered 403")),
		fault.Mark(fault.Retryable, errors.New("WooshPay answered 409")),
	}
	serverErrors = []error{errUnavailable, errors.New("WooshPay answered 500"), errors.New("unexpected EOF")}
)

func (a *actor) drawTreatment(subj *subject, c chance) treatment {
	if !a.authorised() {
		return treatment{keyRotated, neverExecuted, replyRetryable}
	}
	if a.w.now < subj.hiddenUntil {
		return treatment{disputeUnknown, neverExecuted, replyNotFound}
	}
	if subj.refusesCloses {
		return treatment{closeRefused, neverExecuted, replyPermanent}
	}
	for _, how := range treatments {
		if _, yes := a.w.happens(c, how.kind); yes {
			return how
		}
	}
	return obeys
}

// respond schedules the execution of a POST, and returns a function that gives the answer to its sender.
func (w *world) respond(subj *subject, p *post, how treatment, c chance) (answer func() (dispute.Dispute, error)) {
	var refusal error
	execute := func() { refusal = w.execute(subj, p, c.of(1)) }
	switch how.execution {
	case executedAtOnce:
		w.at(w.now+c.of(2).span(time.Millisecond, 15*time.Millisecond), execute)
	case executedLater:
		w.at(w.executionTime(p, c.of(3)), execute)
	case neverExecuted:
	}
	return func() (dispute.Dispute, error) {
		switch how.reply {
		case replyNotFound:
			return dispute.Dispute{}, errNoSuch
		case replyPermanent:
			return dispute.Dispute{}, pick(c.of(4), permanentErrors)
		case replyRetryable:
			return dispute.Dispute{}, pick(c.of(4), retryableErrors)
		case replyServerError:
			return dispute.Dispute{}, pick(c.of(4), serverErrors)
		case replyNone:
			return dispute.Dispute{}, errNoAnswer
		case replyHollow:
			return hollow(subj.facts(), c.of(5)).dispute(), nil
		case replyOtherMoney:
			return otherMoney(subj.facts(), c.of(5)).dispute(), refusal
		case replyOtherDispute:
			return dispute.Dispute{}, errOtherDispute
		}
		return subj.facts().dispute(), refusal
	}
}

// executionTime returns when a POST is executed that its sender has given up: often at the very end of the settle time.
func (w *world) executionTime(p *post, c chance) time.Duration {
	if detail, yes := w.happens(c, executesTooLate); yes {
		return p.until + detail.span(time.Second, time.Hour)
	}
	if c.oneIn(2) {
		return p.until - c.of(1).span(0, 2*time.Second)
	}
	return c.of(1).span(w.now, p.until)
}

// hollow is an answer to a close that was not executed: the dispute as it stood, or without its status.
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

// execute closes the dispute for a POST. If the dispute cannot be closed, the answer is a refusal or the dispute as it
// stands: it is unknown which of the two WooshPay gives.
func (w *world) execute(subj *subject, p *post, c chance) (refusal error) {
	f := subj.facts()
	if !closable(f.status) {
		return pick(c, []error{nil, permanentErrors[0], permanentErrors[2], retryableErrors[3], serverErrors[0]})
	}
	w.onExecution(subj, p)
	next := f.with()
	next.status = closedFrom(f.status, c.of(1))
	w.change(subj, next, "executes our close")
	return nil
}

// closedFrom returns the status of a dispute after a close. An inquiry may end in either of two statuses.
func closedFrom(s dispute.Status, c chance) dispute.Status {
	if s == dispute.WarningNeedsResponse && c.oneIn(2) {
		return dispute.WarningClosed
	}
	return dispute.Lost
}
