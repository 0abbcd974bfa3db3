package closing

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

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

	// ClaimID names the claim of a closing case, ClaimUntil the instant at which it lapses. A case that was resolved while
	// a POST of its claim could still be executed keeps ClaimUntil, also when it opens again.
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

	// EndedAt is when the case ended as it stands; zero unless it is finished, and for what was finished before this field was.
	EndedAt time.Time

	// LastError is the last fault met.
	LastError string
	// FailedLooks counts looks that failed in a row, and FailedSince is when the first of them did.
	FailedLooks int
	FailedSince time.Time
	// UnknownSince is when WooshPay first said that it does not know the dispute; zero once it shows it.
	UnknownSince time.Time
	// Told names the reasons for which a person has been called.
	Told []string
	// Seen holds the newest event ids learned.
	Seen    []string
	History []Entry
}

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

// Override is an operator's order. It outranks the rules, not the ceiling, the budget or the guards.
type Override struct {
	// Action is policy.Keep or policy.Close.
	Action   policy.Action
	Who, Why string
	At       time.Time
	// Agreed is what the operator agreed to concede; zero with a keep. A dispute about anything else is not closed
	// by this order.
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

// End returns the instant at which the following day begins; zero for a Day that is not one.
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
	// Act marks what a person said or what we did at WooshPay. Such a line is never dropped.
	Act bool
}

// Armed reports whether the closer should work the case now.
func (c Case) Armed() bool { return !c.ArmedAt.IsZero() }

// Lapsed reports whether the case's claim had lapsed at t: from then on no POST of it can leave or execute.
func (c Case) Lapsed(t time.Time) bool { return t.After(c.ClaimUntil) }

// has says whether a field of a stored case is set in a state.
type has int

const (
	never has = iota
	maybe
	always
)

// fields says which fields may be set in which state, in the order of a case's life. What is not listed, such as the
// decision, the override and the history, may be set in any; Invalid has the rules between fields.
//
//	plan: PlannedAt and CloseAt       claim: ClaimID            until: ClaimUntil
//	posted: PostedAt and Spent        proof: Proof              due: DueAt    ended: EndedAt
//
// A finished case is due only while it is armed by news that contradicts it, or while WooshPay cannot be asked about that.
var fields = map[State]struct{ plan, claim, until, posted, proof, due, ended has }{
	Open:      {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: always, ended: never},
	Scheduled: {plan: always, claim: never, until: maybe, posted: maybe, proof: never, due: always, ended: never},
	Closing:   {plan: always, claim: always, until: always, posted: always, proof: never, due: always, ended: never},
	Closed:    {plan: never, claim: never, until: never, posted: always, proof: always, due: maybe, ended: always},
	Failed:    {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: always, ended: never},
	Resolved:  {plan: never, claim: never, until: maybe, posted: maybe, proof: never, due: maybe, ended: always},
	Missing:   {plan: never, claim: never, until: never, posted: maybe, proof: never, due: maybe, ended: always},
}

// Invalid returns what no stored case may look like, by the table of fields; nil if nothing is wrong. The tests, the
// contract suite and the simulation hold every case to it that is stored.
func (c Case) Invalid() error {
	f, known := fields[c.State]
	if !known {
		return fmt.Errorf("case %s: no such state: %q", c.ID, c.State)
	}
	var errs []error
	check := func(field string, want has, set bool) {
		switch {
		case want == always && !set:
			errs = append(errs, fmt.Errorf("%s is missing", field))
		case want == never && set:
			errs = append(errs, fmt.Errorf("%s must not be set", field))
		}
	}
	check("planned_at", f.plan, !c.PlannedAt.IsZero())
	check("close_at", f.plan, !c.CloseAt.IsZero())
	check("claim_id", f.claim, c.ClaimID != "")
	check("claim_until", f.until, !c.ClaimUntil.IsZero())
	check("posted_at", f.posted, !c.PostedAt.IsZero())
	check("spent", f.posted, c.Spent != Spend{})
	check("proof", f.proof, c.Proof != "")
	check("due_at", f.due, !c.DueAt.IsZero())
	check("ended_at", f.ended, !c.EndedAt.IsZero())
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c.ID == "", "it has no id"},
		{c.Ambiguous && c.State != Closing, "it is ambiguous without a claim"},
		{c.Armed() && c.DueAt.IsZero(), "it is armed and not due"},
		{c.State.Finished() && !c.DueAt.IsZero() && !c.Armed() && c.FailedLooks == 0, "it is finished and due"},
		{(c.FailedLooks > 0) != !c.FailedSince.IsZero(), "failed_looks and failed_since disagree"},
		{c.State == Missing && c.UnknownSince.IsZero(), "it is missing, and unknown_since is not set"},
		{c.State == Closed && !slices.Contains([]Proof{Answered, Inferred}, c.Proof), "its proof is neither answered nor inferred"},
	} {
		if rule.broken {
			errs = append(errs, errors.New(rule.text))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("case %s, %s: %w", c.ID, c.State, errors.Join(errs...))
}

const (
	// maxHistory is how many lines of news and decisions are kept; acts are kept beside them.
	maxHistory = 60
	// maxActs is how many acts a case may hold before people's are refused: an item has 400 KB, and every act is kept.
	maxActs  = 200
	maxTold  = 60
	maxSeen  = 100
	maxError = 300
)

// said returns the case with one more line of news or decisions in its history. When there are too many, the oldest goes.
func (c Case) said(at time.Time, who, what string) Case {
	c.History = append(slices.Clone(c.History), Entry{At: at, Who: who, What: what})
	if len(c.History)-c.acts() > maxHistory {
		oldest := slices.IndexFunc(c.History, func(e Entry) bool { return !e.Act })
		c.History = slices.Delete(c.History, oldest, oldest+1)
	}
	return c
}

// did returns the case with one more line of history about an act: what a person said, or what we did at WooshPay.
func (c Case) did(at time.Time, who, what string) Case {
	c.History = append(slices.Clone(c.History), Entry{At: at, Who: who, What: what, Act: true})
	return c
}

// acts counts the lines of history that are never dropped.
func (c Case) acts() int {
	n := 0
	for _, e := range c.History {
		if e.Act {
			n++
		}
	}
	return n
}

// saw returns the case with an event's id remembered.
func (c Case) saw(eventID string) Case {
	if eventID != "" {
		c.Seen = pushed(c.Seen, eventID, maxSeen)
	}
	return c
}

func (c Case) hasSeen(eventID string) bool { return eventID != "" && slices.Contains(c.Seen, eventID) }

// erred returns the case with the last error's text, cut to a limit.
func (c Case) erred(err error) Case {
	c.LastError = ""
	if err != nil {
		c.LastError = err.Error()[:min(len(err.Error()), maxError)]
	}
	return c
}

// tell returns the case with a person called for a reason, each reason once.
func (c Case) tell(reason string) Case {
	if !slices.Contains(c.Told, reason) {
		c.Told = pushed(c.Told, reason, maxTold)
	}
	return c
}

// untold returns the case with a reason forgotten, so that a person is called again if it comes back.
func (c Case) untold(reason string) Case {
	if i := slices.Index(c.Told, reason); i >= 0 {
		c.Told = slices.Delete(slices.Clone(c.Told), i, i+1)
	}
	return c
}

// toldSince returns the reasons for which a person was called since the earlier case.
func (c Case) toldSince(earlier Case) []string {
	var added []string
	for _, reason := range c.Told {
		if !slices.Contains(earlier.Told, reason) {
			added = append(added, reason)
		}
	}
	return added
}

// pushed appends to a copy, so that cases never share what they append to, and keeps the newest limit items.
func pushed[T any](list []T, item T, limit int) []T {
	list = append(slices.Clone(list), item)
	return list[max(0, len(list)-limit):]
}
