package simulation

import (
	"errors"
	"time"

	"disputecloser/shared/fault"
)

// manner is how WooshPay treats a close.
type manner struct {
	kind kind
	// done says when it is executed: never, at once, or later but within the settle time.
	done done
	// told says what is answered.
	told told
}

type done uint8

const (
	neverDone done = iota
	doneAtOnce
	doneLater
)

type told uint8

const (
	toldTruth told = iota
	toldForGood
	toldUnknown
	toldForNow
	toldTrouble
	toldNothing
	toldHollow
	toldOtherMoney
	toldOtherDispute
)

// obeys is the manner in which a close is executed and answered.
var obeys = manner{done: doneAtOnce, told: toldTruth}

func (m manner) String() string {
	if m == obeys {
		return "WooshPay obeys"
	}
	return m.kind.String()
}

// manners are tried in order; WooshPay obeys a close that none of them strikes.
var manners = []manner{
	{closeRefused, neverDone, toldForGood},
	{closeRefusedYetDone, doneAtOnce, toldForGood},
	{closePutOff, neverDone, toldForNow},
	{closePutOffYetDone, doneAtOnce, toldForNow},
	{closeBreaks, neverDone, toldTrouble},
	{closeBreaksYetDone, doneAtOnce, toldTrouble},
	{closeBreaksDoneLater, doneLater, toldTrouble},
	{closeRequestLost, neverDone, toldNothing},
	{closeAnswerLost, doneAtOnce, toldNothing},
	{closeHangs, doneLater, toldNothing},
	{closeHollow, neverDone, toldHollow},
	{closeHollowDoneLater, doneLater, toldHollow},
	{closeOtherMoney, doneAtOnce, toldOtherMoney},
	{closeOtherDispute, doneAtOnce, toldOtherDispute},
}

var (
	errForGood = []error{
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 400")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 402")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 404")),
		fault.Mark(fault.Permanent, errors.New("WooshPay answered 422")),
	}
	errForNow = []error{
		errUnauthorised, errSlowDown, slowDown(20 * time.Minute), slowDown(9 * time.Hour),
		fault.Mark(fault.Retryable, errors.New("WooshPay answered 403")),
		fault.Mark(fault.Retryable, errors.New("WooshPay answered 409")),
	}
	errTrouble = []error{errUnavailable, errors.New("WooshPay answered 500"), errors.New("unexpected EOF")}
)
