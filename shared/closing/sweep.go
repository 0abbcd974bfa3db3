package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
)

// Sweeper arms whatever is due.
type Sweeper struct {
	Ledger   Ledger
	DueIndex DueIndex
	Watcher  Watcher
	Terms    Terms
	Now      func() time.Time
}

// Swept is what a sweep did.
type Swept struct {
	// Due counts the cases that the index showed, Armed those that were armed, and Unread those that could not be read.
	Due, Armed, Unread int
	// Oldest is for how long the case that waited longest had been due.
	Oldest time.Duration
	// Cut means that time ran out before the last page; the next sweep goes on.
	Cut bool
}

const (
	sweepPage = 100
	maxSweep  = 100_000
)

// Sweep arms the due cases, armed already or not (SweepRearms): the stream's record of an earlier arm may
// have been lost. It goes on past cases that cannot be armed and returns their errors together. A case that cannot be
// read is counted and noted, and is not an error.
func (s *Sweeper) Sweep(ctx context.Context) (Swept, error) {
	var (
		done   Swept
		met    = runErrors{watcher: s.Watcher}
		cursor string
		start  = s.Now()
	)
	for more := true; more && done.Due < maxSweep; more = cursor != "" {
		page, next, err := s.DueIndex.Due(ctx, start, sweepPage, cursor)
		if err != nil {
			met.add(ctx, "", fmt.Errorf("list due cases: %w", err))
			break
		}
		if !s.armAll(ctx, page, start, &done, &met) {
			break
		}
		cursor = next
	}
	done.Unread = met.unread
	return done, met.err()
}

// armAll arms the cases of a page, and reports whether it got to its end and may go on.
func (s *Sweeper) armAll(ctx context.Context, page []Due, start time.Time, done *Swept, met *runErrors) bool {
	for _, due := range page {
		if done.Cut = OutOfTime(ctx, s.Now(), s.Terms.Reserve); done.Cut {
			return false
		}
		met.add(ctx, due.ID, s.arm(ctx, due, start, done))
		if met.tooMany() {
			return false
		}
	}
	return true
}

// arm arms one case if it is due still, and was not armed since the sweep began.
func (s *Sweeper) arm(ctx context.Context, due Due, start time.Time, done *Swept) error {
	done.Due++
	c, err := s.Ledger.Load(ctx, due.ID)
	if err != nil {
		return fmt.Errorf("arm case %s: %w", due.ID, err)
	}
	if c.DueAt.IsZero() || c.DueAt.After(start) || c.Armed() && !c.ArmedAt.Before(start) {
		return nil
	}
	age := start.Sub(c.DueAt)
	saved, err := s.Ledger.Save(ctx, c.arm(s.Now()), Tally{})
	switch {
	case errors.Is(err, ErrConflict):
		return nil // Somebody works on it at this moment; if it is due afterwards, the next sweep sees it.
	case err != nil:
		return fmt.Errorf("arm case %s: %w", due.ID, err)
	}
	done.Armed++
	done.Oldest = max(done.Oldest, age)
	s.Watcher.Note(ctx, Note{Kind: NoteArmed, Case: saved, Age: age})
	return nil
}

const (
	// maxUnread is the number of unreadable cases that a run names; it counts the others.
	maxUnread = 20
	// maxOutages is the number of errors after which a run ends: what it calls is down, and more calls only add
	// to that.
	maxOutages = 10
)

// runErrors are what a run over many cases met. A case that cannot be read is one for a person; it keeps the run from
// nothing else, and it is not an error of the run.
type runErrors struct {
	watcher Watcher
	outages []error
	unread  int
}

// add takes in an error about a case; the id is empty if it is about no single case, and a nil error counts for nothing.
func (t *runErrors) add(ctx context.Context, id dispute.ID, err error) {
	switch {
	case err == nil:
	case !errors.Is(err, ErrUnreadable):
		t.outages = append(t.outages, err)
	default:
		if t.unread++; t.unread <= maxUnread {
			t.watcher.Note(ctx, Note{Kind: NoteUnreadable, Case: Case{ID: id}, Err: err})
		}
	}
}

// tooMany reports whether the run should end.
func (t *runErrors) tooMany() bool { return len(t.outages) >= maxOutages }

// err returns the errors together; nil if there were none.
func (t *runErrors) err() error { return errors.Join(t.outages...) }
