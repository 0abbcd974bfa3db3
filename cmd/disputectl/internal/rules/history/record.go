package history

import (
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Record is one past dispute, as it stood when it was recorded: usually at its end.
type Record struct {
	// Byte is where the record begins in its file, counted from 0: the file's order.
	Byte int64
	ID   dispute.ID
	// Facts are those of the record. Age and TimeLeft are unknown, because they depend on an instant. Refunded is true if the
	// dispute came with a charge that says so, and otherwise unknown: only a fresh read of the charge permits a close.
	Facts policy.Facts
	// NamesCharge reports whether the dispute names a charge that the closer could read.
	NamesCharge bool
	// CreatedMs and DueMs are milliseconds since the Unix epoch, 0 if unknown.
	CreatedMs, DueMs int64
	// State is the exported case's; empty for a dispute that came without its case.
	State string
}

// End is how a dispute ended, as far as the record shows.
type End uint8

const (
	// Pending covers disputes that have not ended, or that ended neither for nor against the merchant.
	Pending End = iota
	// Won means that the merchant kept the money.
	Won
	// Lost means that the merchant lost the money, with or without a fight.
	Lost
)

// closedByUs is the state of an exported case that this system closed.
const closedByUs = "closed"

// End returns how the dispute ended.
func (r *Record) End() End {
	switch dispute.Status(r.Facts.Status) {
	case dispute.Won:
		return Won
	case dispute.Lost:
		return Lost
	}
	return Pending
}

// Fought reports whether evidence was submitted: by the number of submissions, or where that is unknown, by
// has_evidence or by the bank's reviewing it. A dispute that this system closed was not fought.
func (r *Record) Fought() dispute.Maybe[bool] {
	if r.State == closedByUs {
		return dispute.Known(false)
	}
	if n, known := r.Facts.SubmissionCount.Get(); known {
		return dispute.Known(n > 0)
	}
	if dispute.Status(r.Facts.Status).Class() == dispute.Waiting {
		return dispute.Known(true)
	}
	return r.Facts.HasEvidence
}
