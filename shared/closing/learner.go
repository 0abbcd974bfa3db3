package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
)

// Learner stores news and arms cases.
type Learner struct {
	Ledger  Ledger
	Watcher Watcher
	Now     func() time.Time
	Pause   Pause
}

// maxLearns is how often the learner tries to store news while others store theirs: enough for twenty events of one
// dispute at once, each of which makes the others try again.
const maxLearns = 20

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
			l.Watcher.Note(ctx, Note{Kind: NoteLearnt, Case: saved})
			return true, nil
		}
		if !errors.Is(err, ErrConflict) {
			return false, fmt.Errorf("learn of dispute %s: %w", n.Dispute.ID, err)
		}
	}
	return false, fmt.Errorf("learn of dispute %s: %w", n.Dispute.ID, errBusy)
}

// loadOrNew returns the stored case, or one that was never stored.
func loadOrNew(ctx context.Context, ledger Ledger, id dispute.ID) (Case, error) {
	c, err := ledger.Load(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Case{ID: id}, nil
	}
	return c, err
}
