package simulation

import (
	"iter"
	"time"
)

// carrier is a coroutine that runs one actor after the other: a stack that has grown once is used again.
type carrier struct {
	actor  *actor
	resume func() (time.Duration, bool)
	halt   func()
	yield  func(time.Duration) bool
	// ended is set when the history is over: nothing is given way to any more.
	ended bool
}

// finished is what a carrier gives way with when its actor is done.
const finished time.Duration = -1

func newCarrier() *carrier {
	c := &carrier{}
	c.resume, c.halt = iter.Pull(c.carry)
	return c
}

func (c *carrier) carry(yield func(time.Duration) bool) {
	c.yield = yield
	for !c.ended {
		c.actor.live()
		if !c.ended {
			c.giveWay(finished)
		}
	}
}

// giveWay lets others run for a while; it is false if the history ended meanwhile.
func (c *carrier) giveWay(d time.Duration) bool {
	c.ended = !c.yield(d)
	return !c.ended
}

// advance runs an actor until it gives way; it tells for how long, and whether it will go on.
func (w *world) advance(a *actor) (pause time.Duration, more bool) {
	if a.carrier == nil {
		a.carrier = w.freeCarrier()
		a.carrier.actor = a
	}
	pause, _ = a.carrier.resume()
	if pause != finished {
		return pause, true
	}
	w.idle = append(w.idle, a.carrier)
	a.carrier = nil
	return 0, false
}

func (w *world) freeCarrier() *carrier {
	if last := len(w.idle) - 1; last >= 0 {
		c := w.idle[last]
		w.idle = w.idle[:last]
		return c
	}
	c := newCarrier()
	w.carriers = append(w.carriers, c)
	return c
}

// end lets go of every carrier, wherever its actor stands.
func (w *world) end() {
	for _, c := range w.carriers {
		c.halt()
	}
}
