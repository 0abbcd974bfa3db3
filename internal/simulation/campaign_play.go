package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// Options control how a seed is played.
type Options struct {
	// Beyond allows incidents against which no design can promise anything.
	Beyond bool

	// terms, if set, are the terms of the code under test. The watchers always use the protocol's.
	terms         *closing.Terms
	only          map[uint64]bool
	keepIncidents bool
	story         *Story
}

// Result is the result of one history.
type Result struct {
	// Violation is nil if every promise was kept.
	Violation *Violation
	Figures   Figures
	// Digest is equal for two plays of a seed if every step was equal.
	Digest    uint64
	incidents []Incident
}

// Play plays the history of a seed: days of faults, then calm until everything is at rest.
func Play(seed uint64, o Options) Result {
	w := begin(seed, o)
	began := w.now
	w.play(w.calmAt, func() bool { return false })
	w.calm = true
	if w.recording() && w.violation == nil {
		w.log("world", "", "the faults stop")
	}
	w.play(w.calmAt+patience, w.rested)
	if w.violation == nil {
		w.checkRest()
	}
	w.endCoroutines()
	if w.violation != nil {
		w.violation.Seed = seed
	}
	w.figures.Histories, w.figures.Disputes = 1, len(w.subjects)
	w.figures.VirtualDays = float64(w.now-began) / float64(24*time.Hour)
	return Result{w.violation, w.figures, w.digest, w.incidents}
}
