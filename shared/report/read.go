package report

import (
	"cmp"
	"context"
	"errors"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/walk"
)

// Ledger is what a report is read from.
type Ledger interface {
	walk.Unfinished
	closing.Journal
}

// Scope is what a report is about.
type Scope struct {
	// Days are consecutive UTC days, at least one.
	Days []closing.Day
	At   time.Time
	// Ahead is how far ahead deadlines are listed.
	Ahead time.Duration
	// MostCases and MostLines bound what is read; zero means no bound.
	MostCases, MostLines int
}

// Read reads a report. With an error that wraps closing.ErrUnreadable the report is good: it counts everything but what the
// error names. The unfinished cases are read first: one that ends meanwhile is then found in the journal.
func Read(ctx context.Context, l Ledger, s Scope) (*Report, error) {
	r := New(s.Days[0], s.Days[len(s.Days)-1], s.At, s.Ahead)
	cutCases, unreadCases := walk.Cases(ctx, l, s.MostCases, func(c closing.Case) error {
		r.AddCase(c)
		return nil
	})
	if unreadCases != nil && !errors.Is(unreadCases, closing.ErrUnreadable) {
		return nil, unreadCases
	}
	cutLines, unreadLines := walk.Lines(ctx, l, s.Days, s.MostLines, r.AddLine)
	if unreadLines != nil && !errors.Is(unreadLines, closing.ErrUnreadable) {
		return nil, unreadLines
	}
	for _, err := range []error{unreadCases, unreadLines} {
		for _, u := range closing.UnreadIn(err) {
			r.AddUnread(u.ID)
		}
	}
	r.Finish()
	r.Cut, r.Waits.Cut = cutLines, cutCases
	return r, cmp.Or(unreadCases, unreadLines)
}
