package dynamo

import "time"

// wireInstant has a fixed width, so that instants sort as text, and loses nothing of a time.Time but its zone.
const wireInstant = "2006-01-02T15:04:05.000000000Z07:00"

// lastInstant is the last one of that width.
var lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)

// formatInstant writes an instant in UTC. One beyond the year 9999 becomes the last of that year.
func formatInstant(t time.Time) string {
	if t.After(lastInstant) {
		t = lastInstant
	}
	return t.UTC().Format(wireInstant)
}

func parseInstant(s string) (time.Time, error) {
	return time.Parse(wireInstant, s)
}
