// Package moment writes instants and lengths of time for a person.
package moment

import (
	"fmt"
	"time"
)

// Text is an instant for a person: date, time and zone, to the minute.
func Text(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// From is an instant with its distance from now, such as "2026-03-02 12:00 UTC (in 3h20m)".
func From(t, now time.Time) string { return Text(t) + " (" + Distance(t, now) + ")" }

// Distance is how far an instant is from now, such as "in 3h20m" or "2d4h ago".
func Distance(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d >= time.Second:
		return "in " + Span(d)
	case d <= -time.Second:
		return Span(-d) + " ago"
	default:
		return "now"
	}
}

// Span is a length of time in its two largest units: days, hours, minutes, seconds.
func Span(d time.Duration) string {
	seconds := int64(d / time.Second)
	units := []struct {
		letter string
		length int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	for i, unit := range units {
		if seconds < unit.length {
			continue
		}
		text := fmt.Sprintf("%d%s", seconds/unit.length, unit.letter)
		if rest := seconds % unit.length; i+1 < len(units) && rest/units[i+1].length > 0 {
			text += fmt.Sprintf("%d%s", rest/units[i+1].length, units[i+1].letter)
		}
		return text
	}
	return "0s"
}
