//go:build parts

package drill

import (
	"sync"
	"testing"
	"time"
)

// TestTwoClosersAtOnce gives one record to two processes that wait for each other at a step, so that both have got as
// far: at the load, at the look, and at the claim, where both have seen the dispute open and the case free.
func TestTwoClosersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, built)
	for _, place := range []string{loadStep, getStep, claimStep} {
		for range 3 * rounds {
			v := w.race(place)
			results.add("closer, two at once", "meeting at "+place, "", v)
			for _, fault := range v.faults {
				t.Errorf("meeting at %s: %s", place, fault)
			}
		}
	}
}

// race is one round of two closers.
func (w *world) race(place string) verdict {
	w.t.Helper()
	w.begin()
	d := w.newDispute(closedNow)
	record := armedCase(w, d).event
	met := meeting{place: place, both: make(chan struct{})}
	var running sync.WaitGroup
	for _, p := range []*process{w.survivor(closer), w.second()} {
		running.Go(func() {
			if _, err := p.invoke(record, met.hook); err != nil {
				w.t.Error(err)
			}
		})
	}
	running.Wait()
	if met.arrived < 2 {
		w.t.Errorf("only %d arrived at %s", met.arrived, place)
	}
	return w.finish(d)
}

// second returns one more closer that nobody kills.
func (w *world) second() *process {
	w.t.Helper()
	const another = function("closer, another")
	if w.survivors[another] == nil {
		w.survivors[another] = w.start(w.timed, closer)
	}
	return w.survivors[another]
}

// meeting lets two processes go on from a place together.
type meeting struct {
	place string
	both  chan struct{} // closed when two have arrived

	mu      sync.Mutex
	arrived int
}

func (m *meeting) hook(s step, at moment) effect {
	if s.name != m.place || at != before {
		return goOn
	}
	m.mu.Lock()
	if m.arrived++; m.arrived == 2 {
		close(m.both)
	}
	m.mu.Unlock()
	select {
	case <-m.both:
	case <-time.After(2 * time.Second): // The other never comes here: race says so.
	}
	return goOn
}
