package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// journaled is a ledger in memory with a journal of what is stored in it.
type journaled struct {
	*memory.Ledger
	now func() time.Time

	mu    sync.Mutex
	lines []closing.Line
	noted map[closing.Entry]bool
	// queries counts the calls of Lines by day; fails is what they return.
	queries map[closing.Day]int
	fails   error
}

func newJournaled(l *memory.Ledger, now func() time.Time) *journaled {
	return &journaled{Ledger: l, now: now, queries: map[closing.Day]int{}, noted: map[closing.Entry]bool{}}
}

// Save notes the end of a case, and what a person did: the last line of its history that is new.
func (j *journaled) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	saved, err := j.Ledger.Save(ctx, c, t)
	if err != nil {
		return saved, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if last := len(c.History) - 1; last >= 0 && c.History[last].Who == ada && !j.noted[c.History[last]] {
		j.noted[c.History[last]] = true
		what, why, _ := strings.Cut(c.History[last].What, ": ")
		l := closing.Line{At: c.History[last].At, What: what, Dispute: c.ID, Who: ada, Why: why}
		if what == closing.ActClose {
			l.Money, _ = c.Dispute.Money()
		}
		j.lines = append(j.lines, l)
	}
	at := j.now()
	j.lines = slices.DeleteFunc(j.lines, func(l closing.Line) bool {
		is := l.Ended != nil && l.Dispute == c.ID
		if is && l.Ended.State == c.State {
			at = l.At // It had ended before.
		}
		return is
	})
	if c.State.Finished() {
		j.lines = append(j.lines, endOf(c, at))
	}
	return saved, nil
}

// endOf is the journal's line about a case that ended.
func endOf(c closing.Case, at time.Time) closing.Line {
	money, _ := c.Dispute.Money()
	e := &closing.Ended{
		State: c.State, Status: c.Dispute.Status, ReasonCode: c.Dispute.ReasonCode, Proof: c.Proof, PostedAt: c.PostedAt,
		CreatedAt: c.Dispute.Created, Contradicted: slices.Contains(c.Told, closing.ReasonContradiction),
	}
	if d := c.Decision; d != nil {
		e.Action, e.Rule, e.Guard, e.Shadow, e.Operator = d.Action, d.Rule, d.Guard, d.Shadow, d.Operator
	}
	return closing.Line{At: at, What: string(c.State), Dispute: c.ID, Money: money, Ended: e}
}

func (j *journaled) SetControl(ctx context.Context, c closing.Control) error {
	if err := j.Ledger.SetControl(ctx, c); err != nil {
		return err
	}
	what := closing.ActResume
	if c.Paused {
		what = closing.ActPause
	}
	j.add(closing.Line{At: c.At, What: what, Who: c.Who, Why: c.Why})
	return nil
}

func (j *journaled) add(lines ...closing.Line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, lines...)
}

// Lines implements closing.Journal.
func (j *journaled) Lines(_ context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.queries[day]++
	page, next, err := pageOf(j.lines, day, limit, cursor)
	return page, next, cmp.Or(err, j.fails)
}

// pageOf returns a page of the lines of a day. The cursor says how many were listed before.
func pageOf(lines []closing.Line, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	of := slices.DeleteFunc(slices.Clone(lines), func(l closing.Line) bool { return closing.DayOf(l.At) != day })
	slices.SortStableFunc(of, func(a, b closing.Line) int { return a.At.Compare(b.At) })
	from := 0
	if cursor != "" {
		if _, err := fmt.Sscanf(cursor, "after %d", &from); err != nil {
			return nil, "", fmt.Errorf("cursor %q: %w", cursor, err)
		}
	}
	to, next := min(from+limit, len(of)), ""
	if to < len(of) {
		next = fmt.Sprint("after ", to)
	}
	return of[from:to], next, nil
}

// Lines implements closing.Journal.
func (d *desk) Lines(_ context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	if d.reads != nil {
		return nil, "", d.reads
	}
	return pageOf(d.lines, day, limit, cursor)
}

// endings are lines of cases that ended one after another at equal distances, by different rules and in two currencies.
func endings(n int, first, last time.Time) []closing.Line {
	states := []closing.State{closing.Closed, closing.Closed, closing.Resolved, closing.Resolved, closing.Missing}
	var lines []closing.Line
	for i := range n {
		e := closing.Ended{State: states[i%len(states)], Status: dispute.Lost, Rule: fmt.Sprint("rule ", i%3), Action: "close", ReasonCode: "10.4"}
		if e.State == closing.Closed {
			e.Proof = closing.Answered
		}
		lines = append(lines, closing.Line{
			At: first.Add(last.Sub(first) / time.Duration(n) * time.Duration(i)), What: string(e.State), Dispute: dispute.ID(fmt.Sprint("dp_", i)),
			Money: dispute.Money{Amount: int64(1000 + i%7), Currency: []string{"usd", "eur"}[i%2]}, Ended: &e,
		})
	}
	return lines
}

// evilLines are lines of the journal about cases, and one of an act, in which whatever is a text is evil.
func evilLines(cases []closing.Case) []closing.Line {
	at := time.Now().Add(-time.Minute)
	lines := []closing.Line{{At: at, What: hostiletest.Evil, Who: hostiletest.Evil, Why: hostiletest.Evil, Dispute: hostiletest.Evil,
		Money: dispute.Money{Amount: 1, Currency: hostiletest.Evil}}}
	for _, c := range cases {
		l := endOf(c, at)
		if c.State.Finished() {
			l.Ended.Operator = ""
			lines = append(lines, l)
		}
	}
	return lines
}
