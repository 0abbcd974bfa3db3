package view

import (
	"time"

	"disputecloser/shared/moment"
)

// Moment is an instant for a person: date, time and zone, to the minute.
func Moment(t time.Time) string { return moment.Text(t) }

// MomentFrom is a moment with its distance from now, such as "2026-03-02 12:00 UTC (in 3h20m)".
func MomentFrom(t, now time.Time) string { return moment.From(t, now) }
