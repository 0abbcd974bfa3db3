package replay

import (
	"math"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// act is what is to be done during a stretch of time.
type act uint8

const (
	actKeep act = iota
	actReview
	actGuarded
	actGuardedReview
	actClose
)

// Stretch is a span of time in which the policy's verdict on a dispute stays the same.
type Stretch struct {
	fromMs int64
	rule   int16
	act    act
}

// DayMs is a UTC day in milliseconds.
const DayMs = 24 * 60 * 60 * 1000

// Walk is a dispute on its way. All instants are milliseconds since the Unix epoch, 0 if unknown or none.
type Walk struct {
	CreatedMs, DueMs int64
	// EndMs is the last instant at which the dispute is open.
	EndMs int64
	// AtMs is when it last tried to close.
	AtMs int64

	nextMs, plannedMs int64
	rule              int16
	act               act
	course            []Stretch
}

// Late reports whether the try that was made comes after the dispute's deadline.
func (w *Walk) Late() bool { return w.DueMs != 0 && w.AtMs > w.DueMs }

// Changes reports whether the verdict may change after the try that was made.
func (w *Walk) Changes() bool { return w.course[len(w.course)-1].fromMs > w.AtMs }

// Kept returns the walk with its own copy of the course.
func (w Walk) Kept() Walk {
	w.course = slices.Clone(w.course)
	return w
}

// Rule is the place of the rule that decided last; -1 if none did.
func (w *Walk) Rule() int { return int(w.rule) }

// Fate returns what became of a walk that advance has moved.
func (w *Walk) Fate(tries bool) Fate {
	switch {
	case tries:
		return Closes
	case w.plannedMs != 0:
		return Missed
	case w.act == actReview || w.act == actGuardedReview:
		return Reviewed
	}
	return Kept
}

// Refused continues a walk after the day's budget refused its close. It reports whether there is a next try; if there is
// not, Fate(false) returns what became of the dispute.
func (e *Engine) Refused(w *Walk) bool {
	c := e.caseOf(w)
	return e.advance(w, c.Refused(instantOf(NextDay(w.AtMs)), instantOf(w.AtMs), e.terms))
}

// NextDay returns the instant at which the next UTC day begins.
func NextDay(ms int64) int64 { return (ms/DayMs + 1) * DayMs }

// caseOf returns the part of the closer's case that its dates depend on.
func (e *Engine) caseOf(w *Walk) closing.Case {
	c := closing.Case{DueAt: instantOf(w.nextMs)}
	c.Dispute.DueBy, c.PlannedAt = instantOf(w.DueMs), instantOf(w.plannedMs)
	if w.plannedMs != 0 {
		c.Decision = e.decision(w.act, w.rule)
	}
	return c
}

// advance goes from look to look until one tries to close, and reports whether one does.
func (e *Engine) advance(w *Walk, c closing.Case) (tries bool) {
	for i := 0; msOf(c.DueAt) <= w.EndMs; {
		now := c.DueAt
		for i+1 < len(w.course) && w.course[i+1].fromMs <= msOf(now) {
			i++
		}
		w.rule, w.act = w.course[i].rule, w.course[i].act
		c, tries = c.Replayed(e.decision(w.act, w.rule), now, e.terms)
		w.plannedMs = msOf(c.PlannedAt)
		if tries {
			w.AtMs = msOf(now)
			return true
		}
		if w.act != actClose && i == len(w.course)-1 {
			return false
		}
	}
	return false
}

// decision returns a decision with the effect on a case's dates that the closer's has.
func (e *Engine) decision(a act, place int16) *policy.Decision {
	if a != actClose {
		return &stopped
	}
	return &e.rules[place].closes
}

var stopped = policy.Decision{Action: policy.Keep}

// instantOf returns an instant; zero for 0.
func instantOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// msOf is the inverse of instantOf.
func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// plot computes the dispute's course and the doubts on it.
func (r *Replayer) plot(p *Path) {
	w := &p.Walk
	r.instants = append(r.instants[:0], w.CreatedMs)
	for _, age := range r.ages {
		r.instant(w, w.CreatedMs+min(age, lastMs))
	}
	if w.DueMs != 0 {
		for _, left := range r.lefts {
			r.instant(w, w.DueMs-min(left, lastMs))
		}
	}
	slices.Sort(r.instants)
	guard, guarded := policy.Guard(""), false
	r.course = r.course[:0]
	for i, ms := range r.instants {
		if i > 0 && ms == r.instants[i-1] {
			continue
		}
		r.at(w, ms)
		v := r.policy.Decide(&r.facts)
		if v.Action == policy.Close && !guarded {
			guard, guarded = r.guard(&r.facts), true
		}
		s := Stretch{fromMs: ms, rule: int16(v.Index), act: actOf(v.Action, guard)} // See maxRules.
		if v.Action != policy.Close {
			r.doubt(&p.Doubts, v.Index)
		}
		if n := len(r.course); n == 0 || r.course[n-1].rule != s.rule {
			r.course = append(r.course, s)
		}
	}
	p.Guard = guard
}

// instant notes that the verdict may change, if it is within the dispute's life.
func (r *Replayer) instant(w *Walk, ms int64) {
	if ms > w.CreatedMs && ms <= w.EndMs {
		r.instants = append(r.instants, ms)
	}
}

func actOf(a policy.Action, g policy.Guard) act {
	switch {
	case a == policy.Review:
		return actReview
	case a == policy.Keep:
		return actKeep
	case g == "":
		return actClose
	case g.Action() == policy.Review:
		return actGuardedReview
	}
	return actGuarded
}

var noTime dispute.Maybe[time.Duration]

// between is the time from one instant to another, as far as a Duration reaches.
func between(fromMs, toMs int64) time.Duration {
	switch ms := toMs - fromMs; {
	case ms > maxMs:
		return math.MaxInt64
	case ms < -maxMs:
		return math.MinInt64
	default:
		return time.Duration(ms) * time.Millisecond
	}
}
