package closing

import (
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Terms are the durations and limits of the protocol.
type Terms struct {
	// Window is the time from the claim within which the POST may leave.
	Window time.Duration
	// Request is the timeout of one POST; Look that of one look at WooshPay.
	Request, Look time.Duration
	// Settle is how long WooshPay may take to execute a request whose answer was lost: a guess, and the
	// one thing that no look can replace.
	Settle time.Duration
	// Skew is the difference between two clocks that is allowed for: two machines', and a machine's and WooshPay's.
	Skew time.Duration
	// Fresh is the age from which facts no longer justify a claim.
	Fresh time.Duration
	// Refresh is how often an unfinished case is looked at when nothing else is due.
	Refresh time.Duration
	// Reminder is how long before due_by a person is told.
	Reminder time.Duration
	// Blind is for how long every look may fail before a person is told.
	Blind time.Duration
	// Unknown is for how long WooshPay may say that it does not know a dispute before its case ends as missing.
	Unknown time.Duration
	// Reserve is the part of an invocation that is held back for recording.
	Reserve time.Duration
	// Attempts is the number of claims after which a case waits for a person.
	Attempts int
}

// DefaultTerms returns the protocol's values. A claim lapses 120 s after it was made.
func DefaultTerms() Terms {
	return Terms{
		Window:   10 * time.Second,
		Request:  20 * time.Second,
		Look:     10 * time.Second,
		Settle:   60 * time.Second,
		Skew:     30 * time.Second,
		Fresh:    15 * time.Second,
		Refresh:  24 * time.Hour,
		Reminder: 24 * time.Hour,
		Blind:    24 * time.Hour,
		Unknown:  72 * time.Hour,
		Reserve:  10 * time.Second,
		Attempts: 8,
	}
}

// claimLength is the time after which no POST of a claim can leave or execute, by anybody's clock (SkewInClaim).
func (t Terms) claimLength() time.Duration { return t.Window + t.Request + t.Settle + t.Skew }

// NeedsForClose is the time that a claim must find left in its invocation: the window, the POST, the look
// after it and the reserve.
func (t Terms) NeedsForClose() time.Duration { return t.Window + t.Request + 2*t.Look + t.Reserve }

const (
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
)

// backOff returns the pause before the n-th repetition, n from 1: a minute, doubled each time, six hours at
// the most, and never less than what the other side asked for, up to a day.
func backOff(n int, asked time.Duration) time.Duration {
	pause := lastRetry
	if n < 10 {
		pause = min(lastRetry, firstRetry<<max(n-1, 0))
	}
	return max(pause, min(asked, 24*time.Hour))
}

// arm returns the case armed, and due at once (ArmSetsDue). One that was due already stays due since then: how
// long it has waited shows whether anybody works. Storing it raises the version (ArmBumps), so that whoever works on the
// case as it was finds out.
func (c Case) arm(now time.Time) Case {
	c.ArmedAt = now
	if c.DueAt.IsZero() || c.DueAt.After(now) {
		c.DueAt = now
	}
	return c
}

// rest returns the case deferred until at, disarmed, and never beyond the deadline's reminder (DueCap). If the case was
// armed anew meanwhile, the save fails by its version instead (KeepNewArm).
func (c Case) rest(at, now time.Time, t Terms) Case {
	c.ArmedAt = time.Time{}
	if r, ok := c.reminder(t); ok && r.After(now) && at.After(r) {
		at = r
	}
	c.DueAt = at
	return c
}

// reminder returns when a person must be told that the deadline nears; false without a deadline.
func (c Case) reminder(t Terms) (time.Time, bool) {
	if c.Dispute.DueBy.IsZero() {
		return time.Time{}, false
	}
	return c.Dispute.DueBy.Add(-t.Reminder), true
}

// The reasons for which a person is called, each once per case.
const (
	ReasonReview        = "review"
	ReasonFailed        = "failed"
	ReasonDeadline      = "deadline"
	ReasonContradiction = "contradiction"
	ReasonLate          = "late"           // the close comes only after the deadline, by its plan or because it was put off
	ReasonStatus        = "unknown status" // WooshPay says a status that this code does not know
	ReasonLooks         = "looks fail"     // every look has failed for Terms.Blind
	ReasonMissing       = "missing"        // WooshPay has not known the dispute for Terms.Unknown
)

// remind calls a person when the deadline's reminder has come and the case will not end by itself.
func (c Case) remind(now time.Time, t Terms) Case {
	r, ok := c.reminder(t)
	if !ok || now.Before(r) || c.Dispute.Status.Class() != dispute.Closable || !c.wantsPerson() {
		return c
	}
	return c.tell(ReasonDeadline)
}

func (c Case) wantsPerson() bool {
	undecided := c.Decision == nil || c.FailedLooks > 0
	return undecided || c.State == Failed || c.State == Closing || c.inReview()
}

// inReview reports whether the rules asked for a person, and not in shadow only.
func (c Case) inReview() bool {
	return c.Decision != nil && c.Decision.Action == policy.Review && !c.Decision.Shadow
}
