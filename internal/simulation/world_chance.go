package simulation

import (
	"math/bits"
	"time"
)

// chance names one thing that may turn out one way or another, and is its outcome: 64 bits drawn from the
// seed and the thing's name only. What one thing draws does not depend on what others drew, so that taking
// one fault out of a history leaves the rest of it as it was. That is what makes histories shrink.
type chance uint64

// of returns the chance of a part (SplitMix64).
func (c chance) of(part uint64) chance {
	z := uint64(c) + (part+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return chance(z ^ z>>31)
}

// below returns a number from 0 to n-1.
func (c chance) below(n int) int {
	high, _ := bits.Mul64(uint64(c), uint64(n))
	return int(high)
}

// oneIn reports true once in n times.
func (c chance) oneIn(n int) bool { return c.below(n) == 0 }

// span returns a time from least to most, in whole milliseconds.
func (c chance) span(least, most time.Duration) time.Duration {
	return least + time.Duration(c.below(int((most-least)/time.Millisecond)+1))*time.Millisecond
}

func pick[T any](c chance, from []T) T { return from[c.below(len(from))] }
