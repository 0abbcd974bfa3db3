package closing

import (
	"time"

	"disputecloser/shared/policy"
)

// Replayed returns the case with the dates that a decision on a look at now gives it, and whether the closer would then
// close it. It records nothing and calls nobody, so that a backtest can move a million disputes as the closer would.
func (c Case) Replayed(d *policy.Decision, now time.Time, t Terms) (next Case, closes bool) {
	c = c.dated(d, now, now, t)
	return c, c.ready(Look{SafeAt: now}, now)
}

// Refused returns the case after a close that the budget of a day refused, which is tried again when the next one begins.
func (c Case) Refused(nextDay, now time.Time, t Terms) Case {
	return c.postponed(ErrBudget, nextDay, now, t)
}
