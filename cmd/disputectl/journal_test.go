package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// journaled is a ledger in memory whose journal holds further lines.
type journaled struct {
	*memory.Ledger
	lines []closing.Line
	// queries counts the calls of Lines by day; fails is what they return.
	queries map[closing.Day]int
	fails   error
}

func newJournaled() *journaled {
	return &journaled{Ledger: memory.New(), queries: map[closing.Day]int{}}
}

func (j *journaled) add(lines ...closing.Line) { j.lines = append(j.lines, lines...) }

// Lines implements closing.Journal.
func (j *journaled) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	j.queries[day]++
	own, _, err := j.Ledger.Lines(ctx, day, math.MaxInt, "")
	if err != nil {
		return nil, "", err
	}
	page, next, err := pageOf(slices.Concat(own, j.lines), day, limit, cursor)
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
		c.EndedAt = at
		if l, ended := c.Line(); ended {
			l.Ended.Operator = ""
			lines = append(lines, l)
		}
	}
	return lines
}
