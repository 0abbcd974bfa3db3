package closing

import (
	"context"
	"slices"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Line is one line of the journal: what a person did, or how a case ended. The line of an act is stored with the act and
// never changed. That of a case follows the case: it is gone if the case opens again.
type Line struct {
	// At is when the person acted or the case ended. The journal is in this order.
	At time.Time
	// What is keep, close, release, pause or resume, and the state of a case that ended: closed, resolved or missing.
	What string
	// Dispute is empty for a pause and a resume.
	Dispute dispute.ID
	// Who acted, and Why; empty for a case that ended.
	Who, Why string
	// Money is what a person agreed to concede, or what a case that ended was about; zero if unknown, and for other acts.
	Money dispute.Money
	// Ended is how a case ended; nil for an act.
	Ended *Ended
}

// Ended is how a case ended.
type Ended struct {
	State  State
	Status dispute.Status
	// ReasonCode is the bank's, as WooshPay shows it.
	ReasonCode string
	Proof      Proof
	// Action, Rule, Guard, Shadow and Operator are those of the last decision; zero if there was none.
	Action   policy.Action
	Rule     string
	Guard    policy.Guard
	Shadow   bool
	Operator string
	// PostedAt is when a POST of ours left that may have done it; zero if none did.
	PostedAt time.Time
	// CreatedAt is when WooshPay opened the dispute; zero if unknown.
	CreatedAt time.Time
	// Contradicted means that WooshPay said something else than our record.
	Contradicted bool
}

// PerhapsOurs reports whether a case that we did not close may have been ended by a close of ours: a POST left, and the
// dispute stands as it does after a close, or WooshPay does not know it.
func (e *Ended) PerhapsOurs() bool {
	if e.State == Closed || e.PostedAt.IsZero() {
		return false
	}
	return e.State == Missing || dispute.WarningNeedsResponse.MayFollowClose(e.Status) // An inquiry may end in all these ways.
}

// Line returns the journal's line of a case that ended; false for one that has not.
func (c Case) Line() (Line, bool) {
	at := c.endedAt()
	if !c.State.Finished() || at.IsZero() {
		return Line{}, false
	}
	money, _ := c.Dispute.Money()
	d := policy.Decision{}
	if c.Decision != nil {
		d = *c.Decision
	}
	return Line{At: at, What: string(c.State), Dispute: c.ID, Money: money, Ended: &Ended{
		State: c.State, Status: c.Dispute.Status, ReasonCode: c.Dispute.ReasonCode, Proof: c.Proof,
		Action: d.Action, Rule: d.Rule, Guard: d.Guard, Shadow: d.Shadow, Operator: d.Operator,
		PostedAt: c.PostedAt, CreatedAt: c.Dispute.Created, Contradicted: slices.Contains(c.Told, ReasonContradiction),
	}}, true
}

// endedAt is EndedAt or, for a case that was finished before that was stored, its newest line of history.
func (c Case) endedAt() time.Time {
	if c.EndedAt.IsZero() && len(c.History) > 0 {
		return c.History[len(c.History)-1].At
	}
	return c.EndedAt
}

// The acts of people.
const (
	ActKeep    = "keep"
	ActClose   = "close"
	ActRelease = "release"
	ActPause   = "pause"
	ActResume  = "resume"
)

// Journal lists what happened, by UTC day. Its answers may be stale by seconds.
type Journal interface {
	// Lines lists at most limit lines of a day, the oldest first, from where the cursor left off. The first cursor is empty,
	// and so is the one after the last page. With ErrUnreadable the page lacks only the lines that UnreadIn finds in the error.
	Lines(ctx context.Context, day Day, limit int, cursor string) (page []Line, next string, err error)
}
