package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// Options say how a seed is played.
type Options struct {
	// Beyond lets happen what no design can promise anything against.
	Beyond bool

	// terms, if set, are what the code under test goes by; the world keeps to the protocol's.
	terms         *closing.Terms
	only          map[uint64]bool
	keepIncidents bool
	story         *Story
}

// Result is what came of one history.
type Result struct {
	// Violation is nil if every promise was kept.
	Violation *Violation
	Figures   Figures
	// Digest is the same for two plays of a seed if every step was.
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
