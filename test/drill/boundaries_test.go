//go:build parts

package drill

import (
	"errors"
	"slices"
	"testing"
)

// TestEveryBoundary kills each function just before and just after each of its steps.
func TestEveryBoundary(t *testing.T) {
	for _, s := range scenarios {
		t.Run(string(s.function)+" "+s.doing, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, built)
			for _, b := range s.undisturbed(w) {
				s.killEachRound(w, b)
			}
		})
	}
}

// undisturbed returns the boundaries that the function passes when nobody kills it. All the amounts pass the same.
func (s scenario) undisturbed(w *world) []boundary {
	w.t.Helper()
	var passed []boundary
	for _, amount := range s.amounts {
		w.begin()
		d := w.newDispute(amount)
		start := s.begin(w, d)
		p := w.victim(s.function)
		start.outcome(p.answers(w.t, start.event, s.hinder), true, false)
		p.waitFor(w.t, boundary{step{name: answerStep}, after})
		if reached := p.door.boundaries(); passed == nil {
			passed = reached
		} else if !slices.Equal(passed, reached) {
			w.t.Fatalf("with %d it passes %v, otherwise %v", amount, reached, passed)
		}
		p.stop()
		if v := w.finish(d); len(v.faults) > 0 {
			w.t.Fatalf("undisturbed: %q", v.faults)
		}
	}
	return passed
}

// maxMissed is how many rounds may miss their boundary: on a busy machine, the SDK repeats a read that takes long, and
// then the steps after it have other numbers.
const maxMissed = 3

// killEachRound kills the function at a boundary as often as the rounds say. A round that missed it must come to a good
// end as any other, and does not count.
func (s scenario) killEachRound(w *world, b boundary) {
	w.t.Helper()
	for hits, missed := 0, 0; hits < rounds; {
		id, v, reached := s.kill(w, b)
		for _, fault := range v.faults {
			w.t.Errorf("killed %s, dispute %s: %s", b, id, fault)
		}
		if len(reached) > 0 && reached[len(reached)-1] == b {
			hits++
			results.add(string(s.function)+", "+s.doing, b.step.String(), string(b.at), v)
		} else if missed++; missed > maxMissed {
			w.t.Fatalf("to be killed %s, it passed %v", b, reached)
		}
	}
}

// kill is one round. The amounts take turns, and so do a stream that delivers again what a process died of and one that
// has given up; both moments of a step see the same. It returns the boundaries that were reached before the end.
func (s scenario) kill(w *world, b boundary) (id string, v verdict, reached []boundary) {
	w.t.Helper()
	w.begin()
	turn := w.opened
	d := w.newDispute(s.amounts[turn/2%len(s.amounts)])
	start := s.begin(w, d)
	p := w.victim(s.function)
	a, err := p.invoke(start.event, either(killAt(b), s.hinder))
	if err != nil && !errors.Is(err, errKilled) {
		w.t.Fatal(err)
	}
	p.wantDead(w.t)
	reached = p.door.boundaries()
	p.stop()
	start.outcome(a, err == nil, turn/4%2 == 0)
	return string(d.ID), w.finish(d), reached
}
