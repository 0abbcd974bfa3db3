// Package closing holds the life of a case, from the first news of a dispute to its end, and the use cases
// that move it: Learn, Work, Sweep, Reconcile and the operator's acts.
//
// Closing concedes money and cannot be undone. State changes are functions of a case, a fact and an instant
// that return the next case; the use cases around them load, look, decide, claim, act and record. The names
// in parentheses (HandsOff, Window, …) are the protocol's rules; docs/protocol.md tells what breaks without each.
package closing

import (
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// State is where a case stands with us.
type State string

// The states. Closed and Resolved are finished.
const (
	// Open cases are kept, wait for a person, or have not been looked at yet.
	Open State = "open"
	// Scheduled cases are to be closed at CloseAt by a live plan.
	Scheduled State = "scheduled"
	// Closing cases are claimed: a POST may be on its way, or its fate is not known yet.
	Closing State = "closing"
	// Closed cases were closed by us; Proof says how that is known.
	Closed State = "closed"
	// Failed cases were refused for good or too often, and wait for a person.
	Failed State = "failed"
	// Resolved cases ended at WooshPay without a close that is known to be ours.
	Resolved State = "resolved"
	// Missing cases are about a dispute that WooshPay has not known for days. News of it opens them again.
	Missing State = "missing"
)

// Finished reports whether nothing is left to do.
func (s State) Finished() bool { return s == Closed || s == Resolved || s == Missing }

// Proof says how a close is known to be ours.
type Proof string

const (
	// Answered means that WooshPay answered our POST with the closed dispute.
	Answered Proof = "answered"
	// Inferred means that our POST's answer is unknown and a later look found the dispute closed: by us, or
	// by another hand in the same moments.
	Inferred Proof = "inferred"
)

// Override is an operator's word. It outranks the rules, not the ceiling, the budget or the guards.
type Override struct {
	// Action is policy.Keep or policy.Close.
	Action   policy.Action
	Who, Why string
	At       time.Time
	// Agreed is what the operator agreed to concede; zero with a keep. A dispute about anything else is not closed
	// on this word.
	Agreed dispute.Money
}

// Spend is what a case holds of a day's budget. The zero Spend is nothing.
type Spend struct {
	Day      Day
	Currency string
	// Amount is in the currency's minor unit.
	Amount int64
}

// Day is a UTC day in the form 2006-01-02; budgets are counted by it.
type Day string

// DayOf returns the UTC day of an instant.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// End returns the instant at which the following day begins; zero for a Day that is none.
func (d Day) End() time.Time {
	start, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return start.AddDate(0, 0, 1)
}

// Entry is one line of a case's history.
type Entry struct {
	At        time.Time
	Who, What string
}

// Case is what we know, decided and did about one dispute. An instant that is zero is not set.
type Case struct {
	ID    dispute.ID
	State State
	// Version is the number of times the case was stored; 0 for a case that never was.
	Version int64

	// Dispute is the newest snapshot, and ObservedAt when WooshPay showed it: no later than that by WooshPay's clock, so that no
	// newer news counts as old.
	Dispute    dispute.Dispute
	ObservedAt time.Time

	// Decision is the last decision on fresh facts; nil before the first.
	Decision *policy.Decision
	// Override is nil unless an operator said keep or close.
	Override *Override

	// DueAt is when the case next wants attention; zero only when finished.
	DueAt time.Time
	// ArmedAt is set when the closer should work the case now.
	ArmedAt time.Time
	// PlannedAt is when the live plan to close was made, and CloseAt from when it may be carried out.
	PlannedAt, CloseAt time.Time
	// RetryAt is from when a close that was refused or not answered may be tried again.
	RetryAt time.Time

	// ClaimID names the claim of a closing case, ClaimUntil the instant at which it lapses. A case that ended while
	// a POST of its claim could still be executed keeps ClaimUntil.
	ClaimID    string
	ClaimUntil time.Time
	// ClosedFrom is the status in which the dispute stood when the case was last claimed.
	ClosedFrom dispute.Status
	// Ambiguous means that the claim's holder recorded that it does not know what its POST did.
	Ambiguous bool
	// Attempts counts claims since the case began or was released.
	Attempts int
	// PostedAt is stored before a POST may leave, and cleared when it is sure that nothing happened.
	PostedAt time.Time
	// Doubt means that the fate of a POST before this claim's is unknown.
	Doubt bool
	Spent Spend
	Proof Proof

	// LastError is the last fault met.
	LastError string
	// FailedLooks counts looks that failed in a row, and FailedSince is when the first of them did.
	FailedLooks int
	FailedSince time.Time
	// UnknownSince is when WooshPay first said that it does not know the dispute; zero once it shows it.
	UnknownSince time.Time
	// Told names the reasons for which a person has been called.
	Told []string
	// Seen holds the newest event ids learnt.
	Seen    []string
	History []Entry
}

// Armed tells whether the closer should work the case now.
func (c Case) Armed() bool { return !c.ArmedAt.IsZero() }

// Lapsed tells whether the case's claim had lapsed at t: from then on no POST of it can leave or execute.
func (c Case) Lapsed(t time.Time) bool { return t.After(c.ClaimUntil) }
