package view

import (
	"time"

	"disputecloser/shared/moment"
)

// Moment is an instant for a person: date, time and zone, to the minute.
func Moment(t time.Time) string { return moment.Text(t) }

// MomentFrom is a moment with its distance from now, such as "tomorrow 10:27 UTC (in 23 h)". The days next to now's go by
// their names.
func MomentFrom(t, now time.Time) string {
	return moment.Named(t, now) + " (" + moment.Distance(t, now) + ")"
}
