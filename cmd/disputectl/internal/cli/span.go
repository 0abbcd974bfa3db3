package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
)

// Span is a duration as flags and tables write it, such as 3d, 1d12h or 90m; zero means none.
type Span time.Duration

// maxDays bounds a span so that it fits a time.Duration.
const maxDays = 100_000

var errSpan = errors.New("write it like 3d, 1d12h or 90m")

// Set implements pflag.Value.
func (s *Span) Set(text string) error {
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "0", text
	}
	n, err := strconv.Atoi(days)
	var d time.Duration
	if err == nil && (rest != "" || !hasDays) {
		d, err = time.ParseDuration(rest)
	}
	if err != nil || n < 0 || n > maxDays || d < 0 {
		return errSpan
	}
	*s = Span(time.Duration(n)*24*time.Hour + d)
	return nil
}

// String implements pflag.Value.
func (s *Span) String() string {
	if *s == 0 {
		return ""
	}
	return view.Span(time.Duration(*s))
}

// Type implements pflag.Value.
func (s *Span) Type() string { return "span" }
