package cli

import (
	"testing"
	"time"
)

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "3d": 72 * time.Hour, "1d12h": 36 * time.Hour, "0s": 0, "1d1h30m": 25*time.Hour + 30*time.Minute,
	} {
		var s Span
		if err := s.Set(text); err != nil || time.Duration(s) != want {
			t.Errorf("%s: %v, %v", text, time.Duration(s), err)
		}
	}
	for _, text := range []string{"", "d", "3", "-1h", "-1d", "1d-1h", "1.5d", "999999d", "1h1d", "tomorrow"} {
		if err := new(Span).Set(text); err == nil {
			t.Errorf("%q is a span", text)
		}
	}
}
