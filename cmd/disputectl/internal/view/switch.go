package view

import (
	"time"

	"disputecloser/shared/closing"
)

// Halted says how closing stands if nothing can be claimed: a word, and what follows it. Both are empty if it is on.
func Halted(c closing.Control, now time.Time) (word, rest string) {
	switch c.Switch {
	case closing.On:
		return "", ""
	case closing.Paused:
		return "paused", " since " + When(c.At, now) + " by " + c.Who + ": " + c.Why
	default:
		return "off", ": nobody has turned it on for this very table; `disputectl resume` does"
	}
}
