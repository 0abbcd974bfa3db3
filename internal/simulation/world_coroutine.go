package simulation

import (
	"iter"
	"time"
)

// coroutine is a coroutine that runs one actor after the other: a stack that has grown once is used again.
type coroutine struct {
	actor  *actor
	resume func() (time.Duration, bool)
	halt   func()
	yield  func(time.Duration) bool
	// ended is set when the history is over: nothing is given way to any more.
	ended bool
}

// finished is what a carrier gives way with when its actor is done.
const finished time.Duration = -1

func newCoroutine() *coroutine {
	c := &coroutine{}
	c.resume, c.halt = iter.Pull(c.run)
	return c
}

func (c *coroutine) run(yield func(time.Duration) bool) {
	c.yield = yield
	for !c.ended {
		c.actor.run()
		if !c.ended {
			c.yieldFor(finished)
		}
	}
}

// yieldFor lets others run for a while; it is false if the history ended meanwhile.
func (c *coroutine) yieldFor(d time.Duration) bool {
	c.ended = !c.yield(d)
	return !c.ended
}

// advance runs an actor until it gives way; it tells for how long, and whether it will go on.
func (w *world) advance(a *actor) (pause time.Duration, more bool) {
	if a.coroutine == nil {
		a.coroutine = w.freeCoroutine()
		a.coroutine.actor = a
	}
	pause, _ = a.coroutine.resume()
	if pause != finished {
		return pause, true
	}
	w.idle = append(w.idle, a.coroutine)
	a.coroutine = nil
	return 0, false
}

func (w *world) freeCoroutine() *coroutine {
	if last := len(w.idle) - 1; last >= 0 {
		c := w.idle[last]
		w.idle = w.idle[:last]
		return c
	}
	c := newCoroutine()
	w.coroutines = append(w.coroutines, c)
	return c
}

// endCoroutines lets go of every carrier, wherever its actor stands.
func (w *world) endCoroutines() {
	for _, c := range w.coroutines {
		c.halt()
	}
}
