package simulation

// situation is one in which a rule of the protocol matters. Counting them shows that histories reach it.
type situation uint8

const (
	sawCloseAt situation = iota
	sawFreshClaimID
	sawSkewInClaim
	sawLearnPassive
	sawArmSetsDue
	sawArmBumps
	sawSweepRearms
	sawReleaseGuard
	sawHandsOff
	sawOnlyLost
	sawAttrDoubt
	sawWonReturns
	sawKeepClaim
	sawSettle
	sawSettleAtLook
	sawGraceLive
	sawDueCap
	sawKeepNewArm
	sawSpendOnce
	sawLookFresh
	sawWindow
	sawOKAmbiguous
	sawReturnCertain
	sawClearPosted
	sawTxnReturn
	sawUnknownRefund
	sawExpanded
	sawRefundedPlanned
	sawUnavailable
	sawChargeFailed
	sawStaleStored
	sawClocksDiffer
	sawRetryAfter
	sawMissing
	sawFound
	sawToldLooks
	sawToldStatus
	sawToldLate
	sawToldContradiction
	sawOrderOnFailed
	sawOff
	sawOffElsewhere
	sawRestored
	sawForgottenClose
	sawRefusedYetDone
	sawPersonStored
	sawPersonCalled
	sawNote

	situations
)

var situationNames = [situations]string{
	sawCloseAt:           "CloseAt: a planned case was worked before its time",
	sawFreshClaimID:      "FreshClaimID: a record met a claim that was not its own any more",
	sawSkewInClaim:       "SkewInClaim: a claim had lapsed only by a clock that is ahead",
	sawLearnPassive:      "LearnPassive: news said that an unfinished case had ended",
	sawArmSetsDue:        "ArmSetsDue: the stream lost the record of an arm",
	sawArmBumps:          "ArmBumps: a store met a newer version",
	sawSweepRearms:       "SweepRearms: a sweep armed an armed case",
	sawReleaseGuard:      "ReleaseGuard: a release met a close under way",
	sawHandsOff:          "HandsOff: a closer met another's claim",
	sawOnlyLost:          "OnlyLost: a claimed case ended otherwise than by a close",
	sawAttrDoubt:         "AttrDoubt: a case ended, perhaps by our close",
	sawWonReturns:        "WonReturns: a case that ended otherwise returned its spend",
	sawKeepClaim:         "KeepClaim: a case opened again before its claim had lapsed",
	sawSettle:            "Settle: an ambiguous case was looked at before its claim had lapsed",
	sawSettleAtLook:      "SettleAtLook: a claim lapsed while a look was under way",
	sawGraceLive:         "GraceLive: a close decided in shadow became live",
	sawDueCap:            "DueCap: a case was scheduled for its deadline's reminder",
	sawKeepNewArm:        "KeepNewArm: a record kept an arm that came meanwhile",
	sawSpendOnce:         "SpendOnce: a claim found its spend held already",
	sawLookFresh:         "LookFresh: a claim was tried on old facts",
	sawWindow:            "Window: a claim's window had passed before the POST",
	sawOKAmbiguous:       "OKAmbiguous: a 200 did not show the dispute closed",
	sawReturnCertain:     "ReturnCertain: a refusal with an earlier POST in doubt",
	sawClearPosted:       "ClearPosted: a refusal that left nothing in doubt",
	sawTxnReturn:         "TxnReturn: a spend was returned",
	sawUnknownRefund:     "an unknown refund stopped a close",
	sawExpanded:          "a refund that only the dispute shows stopped a close",
	sawRefundedPlanned:   "a refund stopped a close that was planned",
	sawUnavailable:       "a claim without knowing of a refund, where WooshPay does not show it",
	sawChargeFailed:      "a look failed by its charge",
	sawStaleStored:       "a look that was too old to claim on was stored as failed",
	sawClocksDiffer:      "a claim was not made because clocks differ",
	sawRetryAfter:        "a closer waited for as long as WooshPay asked",
	sawMissing:           "a case ended as missing",
	sawFound:             "a missing case opened again",
	sawToldLooks:         "a person was told that looks fail",
	sawToldStatus:        "a person was told of an unknown status",
	sawToldLate:          "a person was told of a plan after the deadline",
	sawToldContradiction: "a person was told of a contradiction",
	sawOrderOnFailed:     "an operator gave an order on a failed case",
	sawOff:               "a claim was refused because nobody had turned closing on",
	sawOffElsewhere:      "a claim was refused because closing was on for another table",
	sawRestored:          "the table was restored from its backup",
	sawForgottenClose:    "a restored table did not know of a close of ours",
	sawRefusedYetDone:    "beyond promise: a close was executed although it was refused",
	sawPersonStored:      "beyond promise: a case was stored that says a person was told",
	sawPersonCalled:      "beyond promise: a note to a person was sent; what the line above counts more was lost after the store",
	sawNote:              "notes",
}

func (s situation) String() string { return situationNames[s] }
