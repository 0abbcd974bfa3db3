package ledgertest_test

import (
	"context"
	"errors"

	"disputecloser/internal/ledgertest"
	"disputecloser/shared/closing"
)

// lineless stores acts as any other change.
type lineless struct{ ledgertest.Store }

func (l lineless) Act(ctx context.Context, c closing.Case, _ closing.Line) (closing.Case, error) {
	return l.Save(ctx, c, closing.Tally{})
}

// lineFirst writes the line before it knows whether it can store the act.
type lineFirst struct{ ledgertest.Store }

func (l lineFirst) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	writeLine(ctx, l.Store, line)
	return l.Save(ctx, c, closing.Tally{})
}

// writeLine writes a line beside a case of no importance.
func writeLine(ctx context.Context, s ledgertest.Store, line closing.Line) {
	aside := closing.Case{ID: "dp_aside"}
	if stored, err := s.Load(ctx, aside.ID); err == nil {
		aside = stored
	}
	_, _ = s.Act(ctx, aside, line)
}

// notedRefusal leaves a line of a resume that was refused.
type notedRefusal struct{ ledgertest.Store }

func (l notedRefusal) SetControl(ctx context.Context, c closing.Control) error {
	err := l.Store.SetControl(ctx, c)
	if errors.Is(err, closing.ErrConflict) {
		late := c.Line()
		late.At = late.At.Add(1)
		writeLine(ctx, l.Store, late)
	}
	return err
}

// journals changes or hides the lines that are listed.
type journals struct {
	ledgertest.Store
	change func(closing.Line) (closing.Line, bool)
}

func (l journals) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	page, next, err := l.Store.Lines(ctx, day, limit, cursor)
	var shown []closing.Line
	for _, line := range page {
		if line, show := l.change(line); show {
			shown = append(shown, line)
		}
	}
	return shown, next, err
}

// remembering goes on showing a case that has opened again.
type remembering struct {
	ledgertest.Store
	ends []closing.Line
}

func (l *remembering) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	page, next, err := l.Store.Lines(ctx, day, limit, cursor)
	for _, line := range page {
		if line.Ended != nil && l.ends == nil {
			l.ends = append(l.ends, line)
		}
	}
	if len(page) == 0 && next == "" {
		return l.ends, "", err
	}
	return page, next, err
}

// today shows the last day that has lines, whatever day was asked for.
type today struct{ ledgertest.Store }

func (l today) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	after := closing.DayOf(day.End())
	if page, next, err := l.Store.Lines(ctx, after, limit, cursor); len(page) > 0 {
		return page, next, err
	}
	return l.Store.Lines(ctx, day, limit, cursor)
}
