package simulation

import (
	"math"
	"slices"
)

// odds is how likely each kind of incident is in one history, of 2³². A history draws which kinds it has and how
// often, so that quiet and loud worlds both occur: a world in which everything fails finds little, because
// nothing in it gets far enough.
type odds [incidentKinds]uint32

// The rates of a kind, by how often it may happen: per claim; per POST, delivery or record; per dispute and act of a
// person; per step of every actor.
var (
	mostly   = []float64{0.15, 0.4, 0.8, 0.95}
	often    = []float64{0.04, 0.15, 0.4, 0.8}
	seldom   = []float64{0.02, 0.06, 0.2, 0.5}
	stepwise = []float64{0.002, 0.01, 0.04, 0.12}
)

func (k incidentKind) rates() []float64 {
	switch k {
	case ledgerThrottles, ledgerFails, ledgerStoresAndFails, ledgerStoresAndConflicts,
		machineStops, machineStalls, clockReadStalls, keyRotated, getIsStale, dateMissing, dateWrong, getOther:
		return stepwise
	case peopleClose, peopleWin, peopleRefund, peopleAnswer, peopleReopen, peopleEndUnknown, peopleRefundPlanned,
		operatorKeeps, operatorPauses, networkSlow, getFails, getRefused, chargeFails, chargeStale, eventLost, clockOff,
		chargeDown, looksSlow, disputeUnknown, switchLost, tableMarked:
		return seldom
	case newsDuringClaim, getOutlastsClaim, executesTooLate, clockSteps, dateLies:
		return mostly
	}
	return often
}

// themes are kinds that are worse together than one by one. Half of the histories have one, and little else.
var themes = [][]incidentKind{
	// The fate of a POST is not known, and every actor looks.
	{closeHangs, closeAnswerLost, closeRequestLost, closeBreaksDoneLater, closeHollowDoneLater, newsDuringClaim, getOutlastsClaim, operatorDuringClaim},
	// Holders of claims are slow, and others are at work on the same case.
	{streamRepeats, streamDelays, machineStalls, closeLeavesLate, closePutOff, closeHangs, newsDuringClaim, peopleDuringClaim},
	// Refusals, with earlier POSTs in doubt.
	{closeRefused, closePutOff, closeNotSent, closeBreaks, closeRequestLost, peopleDuringClaim, getFails},
	// The ledger does what it was asked and reports a failure.
	{ledgerStoresAndFails, ledgerStoresAndConflicts, streamRetries, machineStops, sweepDoubled, newsDuringClaim},
	// People at WooshPay.
	{peopleClose, peopleWin, peopleReopen, peopleDuringClaim, eventLate, eventRepeated, listStale, closeAnswerLost},
	// Orders and rules change.
	{operatorKeeps, operatorCloses, operatorReleases, operatorPauses, operatorDuringClaim, policyChanges, policiesSideBySide, clockReadStalls},
	// The switch: another table, a lost item, pauses and resumes.
	{switchLost, tableMarked, marksSideBySide, tableRestored, operatorPauses, operatorCloses, machineStalls, networkSlow, streamRepeats},
	// Charges that are refunded, and cannot be read.
	{chargeFails, chargeStale, chargeDown, peopleRefund, peopleRefundPlanned, operatorCloses, policyChanges},
	// Clocks that differ by minutes, while claims last.
	{clockOff, dateMissing, dateWrong, closeHangs, closeRequestLost, closeLeavesLate, streamRepeats, newsDuringClaim, networkSlow},
	// WooshPay is slow, asks to wait, or forgets.
	{looksSlow, disputeUnknown, closePutOff, closeRefused, getFails, getRefused, newsDuringClaim, operatorCloses},
}

// drawOdds draws which kinds a history has, and how often.
func drawOdds(c chance, beyond bool) odds {
	var w odds
	loudness := 1 + c.of(0).below(9) // tenths of the kinds that occur
	var theme []incidentKind
	if own := c.of(500); own.oneIn(2) {
		theme, loudness = pick(own.of(1), themes), 1
	}
	for k := range incidentKinds {
		own := c.of(uint64(k) + 1)
		rates := k.rates()
		switch themed := slices.Contains(theme, k) && !own.oneIn(4); {
		case k.beyond() && (!beyond || own.oneIn(3)):
			continue
		case !k.beyond() && !themed && own.below(10) >= loudness:
			continue
		case themed:
			rates = rates[1:]
		}
		w[k] = uint32(pick(own.of(1), rates) * math.MaxUint32)
	}
	w[disputeArises] = math.MaxUint32
	return w
}
