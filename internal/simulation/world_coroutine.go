package simulation

import (
	"iter"
	"time"
)

// coroutine runs one actor after the other, so that a stack that has grown once is reused.
type coroutine struct {
	actor  *actor
	resume func() (time.Duration, bool)
	halt   func()
	yield  func(time.Duration) bool
	// ended is set when the history is over: the coroutine yields no more.
	ended bool
}

// finished is what a coroutine yields when its actor is done.
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

// yieldFor lets others run for a while, and reports whether the history goes on.
func (c *coroutine) yieldFor(d time.Duration) bool {
	c.ended = !c.yield(d)
	return !c.ended
}

// advance runs an actor until it yields, and returns for how long it pauses, and whether it has more to do.
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

// endCoroutines ends every coroutine, wherever its actor is.
func (w *world) endCoroutines() {
	for _, c := range w.coroutines {
		c.halt()
	}
}
