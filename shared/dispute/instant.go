package dispute

import "time"

// firstMs is the smallest number read as milliseconds: as seconds it lies in the year 5138. WooshPay
// documents seconds, and its only sample of a dispute event has milliseconds.
const firstMs = 100_000_000_000

// An instant outside these bounds, in milliseconds since the Unix epoch, is a sentinel such as "never", a number in another
// unit such as microseconds, or a mistake. Deciding by it would close too early or remind too late, so it is unknown.
const (
	year2000 = 946_684_800_000
	year2100 = 4_102_444_800_000
)

// instant returns the instant of a wire timestamp in seconds or milliseconds since the Unix epoch. It returns the zero time,
// for unknown, if the instant is not between the years 2000 and 2100.
func instant(n int64) time.Time {
	if n < firstMs {
		n = max(n, 0) * 1000
	}
	if n < year2000 || n >= year2100 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

func (f fields) instant(name string) time.Time {
	n, _ := f.integer(name).Get()
	return instant(n)
}
