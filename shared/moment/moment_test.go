package moment_test

import (
	"testing"
	"time"

	"disputecloser/shared/moment"
)

func TestAnInstantHasItsZoneAndDistance(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for want, at := range map[string]time.Time{
		"2026-03-02 15:20 UTC (in 3 h 20 min)": now.Add(3*time.Hour + 20*time.Minute),
		"2026-02-28 08:00 UTC (2 d 4 h ago)":   now.Add(-52 * time.Hour),
		"2026-03-02 12:00 UTC (now)":           now.Add(999 * time.Millisecond),
		"2026-03-02 12:00 UTC (in 5 s)":        now.Add(5 * time.Second).In(time.FixedZone("east", 8*3600)),
	} {
		if got := moment.From(at, now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
