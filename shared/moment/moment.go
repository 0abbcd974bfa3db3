// Package moment writes instants and lengths of time for a person.
package moment

import (
	"fmt"
	"time"
)

// Text is an instant for a person: date, time and zone, to the minute.
func Text(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// From is an instant with its distance from now, such as "2026-03-02 12:00 UTC (in 23 h)". The day has its date, because a
// mail is read later.
func From(t, now time.Time) string { return Text(t) + " (" + Distance(t, now) + ")" }

// Day is the length of a UTC day.
const Day = 24 * time.Hour

// Named is an instant for a person whose day goes by its name if it is next to now's, such as "tomorrow 10:27 UTC".
func Named(t, now time.Time) string {
	clock := t.UTC().Format("15:04 UTC")
	switch t.UTC().Truncate(Day).Sub(now.UTC().Truncate(Day)) {
	case 0:
		return "today " + clock
	case Day:
		return "tomorrow " + clock
	case -Day:
		return "yesterday " + clock
	}
	return Text(t)
}

// Distance is how far an instant is from now, such as "in 3 h 20 min" or "12 d ago".
func Distance(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d >= time.Second:
		return "in " + Length(d)
	case d <= -time.Second:
		return Length(-d) + " ago"
	default:
		return "now"
	}
}

// units are those of lengths of time, by the letter of flags and the symbol of texts.
var units = []struct {
	letter, symbol string
	length         int64 // seconds
}{{"d", "d", 86400}, {"h", "h", 3600}, {"m", "min", 60}, {"s", "s", 1}}

// fine is how many of a unit make the next smaller one not worth saying.
const fine = 10

// Length is a length of time for a person: in its largest unit, and in the next one below 10 of that, such as "1 d 12 h".
func Length(d time.Duration) string {
	i, n, rest := largest(d)
	text := fmt.Sprintf("%d %s", n, units[i].symbol)
	if n < fine && rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, units[i+1].symbol)
	}
	return text
}

// Span is a length of time as flags take it, in its two largest units, such as 1d12h.
func Span(d time.Duration) string {
	i, n, rest := largest(d)
	text := fmt.Sprintf("%d%s", n, units[i].letter)
	if rest > 0 {
		text += fmt.Sprintf("%d%s", rest, units[i+1].letter)
	}
	return text
}

// largest returns the place of the largest unit of which a length has a whole one, how many of it, and how many of the next
// unit the rest has. Below a second it is none of the smallest.
func largest(d time.Duration) (i int, n, rest int64) {
	seconds := int64(d / time.Second)
	last := len(units) - 1
	for i = range last {
		if seconds >= units[i].length {
			return i, seconds / units[i].length, seconds % units[i].length / units[i+1].length
		}
	}
	return last, max(seconds, 0), 0
}
