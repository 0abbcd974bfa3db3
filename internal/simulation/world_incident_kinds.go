package simulation

// incidentKind is one kind of fault or of ordinary event.
type incidentKind uint8

// The kinds, by where they happen.
const (
	disputeArises incidentKind = iota

	ledgerThrottles
	ledgerFails
	ledgerStoresAndFails
	ledgerStoresAndConflicts
	indexIsStale
	indexFails

	streamLoses
	streamRepeats
	streamDelays
	streamRetries

	eventLost
	eventRepeated
	eventLate
	eventWeeksLate
	eventUndated

	machineStops
	machineStalls
	clockReadStalls
	networkSlow
	deadlineShort
	sweepDoubled
	clockOff

	getFails
	getRefused
	getOutlastsClaim
	getOther
	dateMissing
	dateWrong
	chargeFails
	chargeStale
	chargeDown
	looksSlow
	disputeUnknown
	listFails
	listStale
	keyRotated

	closeLeavesLate
	freezesBeforeSend
	closeNotSent
	closeRefused
	closeRefusedYetDone
	closePutOff
	closePutOffYetDone
	closeBreaks
	closeBreaksYetDone
	closeBreaksDoneLater
	closeRequestLost
	closeAnswerLost
	closeHangs
	closeHollow
	closeHollowDoneLater
	closeOtherMoney
	closeOtherDispute

	peopleClose
	peopleWin
	peopleRefund
	peopleAnswer
	peopleTouch
	peopleReprice
	peopleDefer
	peopleEndUnknown
	peopleReopen
	peopleRefundPlanned
	peopleDuringClaim
	newsDuringClaim

	operatorKeeps
	operatorCloses
	operatorReleases
	operatorPauses
	operatorDuringClaim

	policyChanges
	policiesSideBySide

	switchLost
	tableMarked
	marksSideBySide
	tableRestored

	executesTooLate
	clockSteps
	dateLies
	getIsStale

	incidentKinds
)

var incidentNames = [incidentKinds]string{
	disputeArises: "dispute arises",

	ledgerThrottles: "ledger throttles", ledgerFails: "ledger fails before it acts",
	ledgerStoresAndFails:     "ledger stores and its answer is lost",
	ledgerStoresAndConflicts: "ledger stores and answers conflict",
	indexIsStale:             "due index is stale", indexFails: "due index fails",

	streamLoses: "stream loses a record", streamRepeats: "stream repeats a record",
	streamDelays: "stream delays a record", streamRetries: "stream retries failed work",

	eventLost: "event never comes", eventRepeated: "event comes twice", eventLate: "event comes late",
	eventWeeksLate: "event comes weeks late", eventUndated: "event has no date",

	machineStops: "machine stops for ever", machineStalls: "machine stalls", clockReadStalls: "machine stalls at a clock read",
	networkSlow: "network is slow", deadlineShort: "invocation has a deadline", sweepDoubled: "two sweeps at once",
	clockOff: "a machine's clock is minutes off",

	getFails: "look fails", getRefused: "look is refused", getOutlastsClaim: "look outlasts the claim",
	getOther: "look is answered about another dispute", dateMissing: "answer has no date", dateWrong: "WooshPay's clock is minutes off",
	chargeFails: "charge cannot be read", chargeStale: "charge is stale", chargeDown: "charge cannot be read for hours",
	looksSlow: "looks take long for hours", disputeUnknown: "WooshPay does not know the dispute for hours",
	listFails: "list fails", listStale: "list is stale", keyRotated: "key is rotated",

	closeLeavesLate: "close: leaves late", freezesBeforeSend: "close: the machine freezes before it leaves",
	closeNotSent: "close: no connection", closeRefused: "close: refused for good", closeRefusedYetDone: "close: refused for good, yet done",
	closePutOff: "close: refused for now", closePutOffYetDone: "close: refused for now, yet done",
	closeBreaks: "close: 5xx", closeBreaksYetDone: "close: 5xx, yet done", closeBreaksDoneLater: "close: 5xx, done later",
	closeRequestLost: "close: request lost", closeAnswerLost: "close: answer lost", closeHangs: "close: hangs, done later",
	closeHollow: "close: 200 without closing", closeHollowDoneLater: "close: 200 without closing, done later",
	closeOtherMoney: "close: answered about other money", closeOtherDispute: "close: answered about another dispute",

	peopleClose: "a person closes", peopleWin: "a dispute is won", peopleRefund: "a charge is refunded",
	peopleAnswer: "a person submits evidence", peopleTouch: "a dispute is touched", peopleReprice: "the amount changes", peopleDefer: "the deadline moves",
	peopleEndUnknown: "a dispute ends with an unknown status", peopleReopen: "a dispute opens again",
	peopleRefundPlanned: "a charge is refunded after the plan",
	peopleDuringClaim:   "a person acts during a claim", newsDuringClaim: "news during a claim",

	operatorKeeps: "operator keeps", operatorCloses: "operator closes", operatorReleases: "operator releases",
	operatorPauses: "operator pauses", operatorDuringClaim: "operator acts during a claim",

	policyChanges: "policy changes", policiesSideBySide: "old and new policy side by side",

	switchLost: "the switch is lost", tableMarked: "the table gets another mark",
	tableRestored:   "the table is restored from a backup",
	marksSideBySide: "functions with the old and the new mark side by side",

	executesTooLate: "no promise: done after the settle time", clockSteps: "no promise: a clock steps by minutes while it is used",
	dateLies:   "no promise: a clock is minutes off and WooshPay does not show it",
	getIsStale: "no promise: a look is stale",
}

func (k incidentKind) String() string { return incidentNames[k] }

// beyond reports whether no design can promise anything against the kind without WooshPay's help.
func (k incidentKind) beyond() bool { return k >= executesTooLate }
