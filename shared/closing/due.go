package closing

import "time"

// reminder returns the instant at which a person is to be told that the deadline nears; false without a deadline.
func (c Case) reminder(t Terms) (time.Time, bool) {
	if c.Dispute.DueBy.IsZero() {
		return time.Time{}, false
	}
	return c.Dispute.DueBy.Add(-t.Reminder), true
}

// rest returns the case put down until at, disarmed, and never beyond the deadline's reminder (DueCap).
// Who puts down a case that was armed anew meanwhile fails by its version instead (KeepNewArm).
func (c Case) rest(at, now time.Time, t Terms) Case {
	c.ArmedAt = time.Time{}
	if r, ok := c.reminder(t); ok && r.After(now) && at.After(r) {
		at = r
	}
	c.DueAt = at
	return c
}

// finish returns the case at its end: nothing is due, planned or claimed.
func (c Case) finish(s State) Case {
	c.State = s
	c.ArmedAt, c.DueAt = time.Time{}, time.Time{}
	return c.unplanned().unclaimed()
}

func (c Case) unplanned() Case {
	c.PlannedAt, c.CloseAt, c.RetryAt = time.Time{}, time.Time{}, time.Time{}
	return c
}

func (c Case) unclaimed() Case {
	c.ClaimID, c.ClaimUntil = "", time.Time{}
	c.Ambiguous = false
	return c
}

// arm returns the case armed, and due at once (ArmSetsDue). One that was due already stays due since then: how long
// it has waited is what tells that nobody works. Storing it raises the version (ArmBumps), so that whoever works on the
// case as it was finds out.
func (c Case) arm(now time.Time) Case {
	c.ArmedAt = now
	if c.DueAt.IsZero() || c.DueAt.After(now) {
		c.DueAt = now
	}
	return c
}
