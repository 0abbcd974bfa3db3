package simulation

import "time"

// Incident is one thing that the world did: a fault, an act of a person, or a new dispute. Its number is the same in
// every history of a seed in which it happens.
type Incident struct {
	Number uint64
	Kind   string
	At     time.Duration
}

// happens reports whether an incident of a kind happens here, and returns the chance that decides its details.
func (w *world) happens(c chance, k incidentKind) (detail chance, yes bool) {
	if w.calm || w.odds[k] == 0 {
		return 0, false
	}
	c = c.of(uint64(k) + 1000)
	if uint32(c>>32) > w.odds[k] {
		return 0, false
	}
	detail = c.of(1)
	if w.only != nil && !w.only[uint64(detail)] {
		return 0, false
	}
	w.figures.Faults[k]++
	if w.keepIncidents {
		w.incidents = append(w.incidents, Incident{Number: uint64(detail), Kind: k.String(), At: w.now})
	}
	return detail.of(1), true
}
