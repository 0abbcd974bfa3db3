package view

import "time"

// Moment is an instant for a person: date, time and zone, to the minute.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// MomentFrom is a moment with its distance from now, such as "tomorrow 10:27 UTC (in 23 h)". The days next to now's go by
// their names.
func MomentFrom(t, now time.Time) string { return named(t, now) + " (" + Distance(t, now) + ")" }

const day = 24 * time.Hour

func named(t, now time.Time) string {
	clock := t.UTC().Format("15:04 UTC")
	switch t.UTC().Truncate(day).Sub(now.UTC().Truncate(day)) {
	case 0:
		return "today " + clock
	case day:
		return "tomorrow " + clock
	case -day:
		return "yesterday " + clock
	}
	return Moment(t)
}
