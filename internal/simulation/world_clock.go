package simulation

import "time"

// offs are how far a wrong clock may be off: just beyond the allowed difference, and by minutes.
var offs = []time.Duration{
	-15 * time.Minute, -5 * time.Minute, -90 * time.Second, -35 * time.Second,
	35 * time.Second, 90 * time.Second, 5 * time.Minute, 15 * time.Minute,
}

// longestOff is the most by which a clock is off.
const longestOff = 15 * time.Minute

// scheduleClock draws when a machine's clock is off for a while, and when it steps while it is used. The latter is beyond
// any promise.
func (w *world) scheduleClock(m *machine, c chance) {
	for i := range uint64(2) {
		own := c.of(i)
		w.at(own.of(1).span(w.now, w.calmAt), func() {
			if detail, yes := w.happens(own, clockOff); yes {
				m.off = pick(detail, offs)
				w.at(w.now+detail.of(1).span(time.Minute, 12*time.Hour), func() { m.off = 0 })
			}
			if detail, yes := w.happens(own, clockSteps); yes {
				m.stepped += pick(detail, []time.Duration{-5 * time.Minute, 5 * time.Minute})
			}
		})
	}
	w.at(w.calmAt, func() { m.off = 0 })
}

// date returns the Date of an answer, in whole seconds. WooshPay's clock may be off, or its date missing, while the asker's
// clock is right. Two clocks that are wrong at once are beyond any promise.
func (a *actor) date(c chance) time.Time {
	now := a.w.time()
	if a.rightClock() {
		if _, yes := a.w.happens(c, dateMissing); yes {
			a.look.dateWrong = true
			return time.Time{}
		}
		if detail, yes := a.w.happens(c, dateWrong); yes {
			a.look.dateWrong = true
			now = now.Add(pick(detail, offs))
		}
	} else if detail, yes := a.w.happens(c, dateLies); yes {
		if detail.oneIn(2) {
			return time.Time{}
		}
		now = a.clock()
	}
	a.look.date = now.Truncate(time.Second)
	return a.look.date
}

// slack returns by how much a difference between two clocks may be misjudged: a date has no fractions, and an answer may
// have been under way for as long as a look may take.
func (w *world) slack() time.Duration { return w.terms.Look + time.Second }

// clocksDiffer reports whether WooshPay's date and the actor's clock differed clearly by more than is allowed.
func (w *world) clocksDiffer(a *actor) bool {
	off := epoch.Add(a.look.datedAt + a.ahead()).Sub(a.look.date)
	return !a.look.date.IsZero() && off.Abs() > w.terms.Skew+w.slack()
}

// surelyAfter reports whether a look was sent after an instant by the asker's clock and by WooshPay's: whatever the
// fractions that its date left out, and whenever the asker read its own clock after the answer.
func (v *look) surelyAfter(a *actor, instant time.Time) bool {
	asked := epoch.Add(v.calledAt + a.ahead())
	if took := a.w.now - v.calledAt; !v.date.IsZero() && v.date.Add(-took).Before(asked) {
		asked = v.date.Add(-took)
	}
	return asked.After(instant)
}
