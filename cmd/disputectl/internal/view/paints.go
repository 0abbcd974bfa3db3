package view

import (
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/moment"
)

// Paints colour what is urgent and what needs attention. Nil ones colour nothing.
type Paints struct {
	Alarm, Warn func(text string) string
}

// How near a deadline is that is coloured as urgent, and as one that needs attention.
const (
	urgent = moment.Day
	near   = 3 * moment.Day
)

// Deadline colours a deadline by how near it is; nil for one that is not near, or unknown.
func (p Paints) Deadline(t, now time.Time) func(string) string {
	switch left := t.Sub(now); {
	case t.IsZero() || left > near:
		return nil
	case left > urgent:
		return p.Warn
	}
	return p.Alarm
}

func (p Paints) state(s closing.State) func(string) string {
	switch s {
	case closing.Failed:
		return p.Alarm
	case closing.Closing, closing.Scheduled:
		return p.Warn
	}
	return nil
}

// urgency colours a case that waits for a person: as urgent if it failed, or if its deadline is near.
func (p Paints) urgency(r Row, now time.Time) func(string) string {
	switch {
	case len(r.Person) == 0:
		return nil
	case r.State == closing.Failed, slices.Contains(r.Person, closing.ReasonDeadline), !r.Deadline.IsZero() && r.Deadline.Sub(now) <= urgent:
		return p.Alarm
	}
	return p.Warn
}
