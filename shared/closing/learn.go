package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
)

// News is something WooshPay told us about a dispute. It moves no state (LearnPassive).
type News struct {
	Dispute dispute.Dispute
	// At is when WooshPay made the statement; zero if unknown, as in a list that may be stale. News without
	// an instant never replaces a snapshot.
	At time.Time
	// EventID is empty for what no event told.
	EventID string
	// From names the source in the history.
	From string
}

// Learner stores news and arms cases.
type Learner struct {
	Ledger  Ledger
	Watcher Watcher
	Now     func() time.Time
	Pause   Pause
}

// Learn stores news of a dispute and arms its case, and reports whether anything changed. A repeated event
// changes nothing. An error means that the news may not be stored: let it be delivered again.
func (l Learner) Learn(ctx context.Context, n News) (bool, error) {
	for try := range maxLearns {
		if try > 0 {
			if err := l.Pause(ctx, try); err != nil {
				return false, fmt.Errorf("learn of dispute %s: %w: %w", n.Dispute.ID, errBusy, err)
			}
		}
		c, err := loadOrNew(ctx, l.Ledger, n.Dispute.ID)
		if err != nil {
			return false, fmt.Errorf("learn of dispute %s: %w", n.Dispute.ID, err)
		}
		next, changed := c.learn(n, l.Now())
		if !changed {
			return false, nil
		}
		saved, err := l.Ledger.Save(ctx, next, Tally{})
		if err == nil {
			l.Watcher.Note(ctx, Note{Kind: NoteLearned, Case: saved})
			return true, nil
		}
		if !errors.Is(err, ErrConflict) {
			return false, fmt.Errorf("learn of dispute %s: %w", n.Dispute.ID, err)
		}
	}
	return false, fmt.Errorf("learn of dispute %s: %w", n.Dispute.ID, errBusy)
}

// maxLearns is how often the learner tries to store news while others store theirs: enough for twenty events of one
// dispute at once, each of which makes the others try again.
const maxLearns = 20

// loadOrNew returns the stored case, or one that was never stored.
func loadOrNew(ctx context.Context, ledger Ledger, id dispute.ID) (Case, error) {
	c, err := ledger.Load(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Case{ID: id}, nil
	}
	return c, err
}

// learn returns the case with the news stored and armed, and whether anything changed. A repeated event
// changes nothing.
func (c Case) learn(n News, now time.Time) (Case, bool) {
	if c.Version == 0 {
		first := Case{ID: n.Dispute.ID, State: Open, Dispute: n.Dispute, ObservedAt: n.At}
		return first.saw(n.EventID).said(now, n.From, "learned of the dispute").arm(now), true
	}
	if c.hasSeen(n.EventID) {
		return c, false
	}
	surprising := c.surprisedBy(n)
	if n.At.After(c.ObservedAt) {
		c.Dispute, c.ObservedAt = n.Dispute, n.At
	}
	c = c.saw(n.EventID)
	if c.State.Finished() && !surprising {
		return c, n.EventID != ""
	}
	return c.said(now, n.From, "news: "+string(n.Dispute.Status)).arm(now), true
}

// surprisedBy reports whether news about a finished case says that it has not ended as we know. News of the very instant
// of the snapshot counts: an event may be dated in whole seconds, and two of one second say nothing of their order.
func (c Case) surprisedBy(n News) bool {
	if !n.At.IsZero() && n.At.Before(c.ObservedAt) {
		return false
	}
	return c.State.Finished() && !c.endsAs(n.Dispute.Status)
}

// endsAs reports whether a finished case agrees with a status.
func (c Case) endsAs(s dispute.Status) bool {
	switch c.State {
	case Closed:
		return c.ClosedFrom.MayFollowClose(s)
	case Missing:
		return false
	}
	return s.Class() == dispute.Terminal
}
