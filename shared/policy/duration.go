package policy

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a time span in the policy file's form: whole hours, minutes and seconds, such as 24h or 1h30m.
type Duration time.Duration

// ErrDuration is returned for text that is not a duration of the policy file.
var ErrDuration = errors.New("not a duration of whole hours, minutes and seconds such as 24h or 1h30m")

// ParseDuration reads whole h, m and s in that order, each at most once, with a minus sign before a time
// that has passed. It returns ErrDuration for anything else, and for more than an int64 of nanoseconds.
func ParseDuration(text string) (Duration, error) {
	rest, negative := strings.CutPrefix(text, "-")
	if rest == "" {
		return 0, ErrDuration
	}
	var total int64
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		digits, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := parseDigits(digits)
		if err != nil || n > (math.MaxInt64-total)/int64(unit.length) {
			return 0, ErrDuration
		}
		total, rest = total+n*int64(unit.length), after
	}
	if rest != "" {
		return 0, ErrDuration
	}
	if negative {
		total = -total
	}
	return Duration(total), nil
}

func parseDigits(text string) (int64, error) {
	if strings.Trim(text, "0123456789") != "" {
		return 0, ErrDuration
	}
	return strconv.ParseInt(text, 10, 64)
}

// String returns the shortest text that ParseDuration reads back; parts of a second are dropped.
func (d Duration) String() string {
	seconds := int64(d) / int64(time.Second)
	if seconds == 0 {
		return "0h"
	}
	var b strings.Builder
	if seconds < 0 {
		b.WriteByte('-')
		seconds = -seconds
	}
	for _, part := range []struct {
		n    int64
		unit byte
	}{{seconds / 3600, 'h'}, {seconds / 60 % 60, 'm'}, {seconds % 60, 's'}} {
		if part.n > 0 {
			b.WriteString(strconv.FormatInt(part.n, 10))
			b.WriteByte(part.unit)
		}
	}
	return b.String()
}

// MarshalText returns the duration as String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	*d = parsed
	return err
}
