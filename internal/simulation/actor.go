package simulation

import (
	"time"

	"disputecloser/shared/dispute"
)

// actor is one run of a use case: a delivery, an invocation or an operator's order. It is a coroutine that yields
// whenever time passes for it.
type actor struct {
	w *world
	// key is the actor's own chance; each step draws from a part of it.
	key     chance
	step    uint64
	role    role
	name    string
	about   dispute.ID
	machine *machine
	// off is how far its machine's clock was ahead when it began, beyond the allowed difference.
	off time.Duration
	// deadline is when its invocation should end; zero if it has no deadline.
	deadline time.Duration
	// rulebook is the policy a closer was deployed with, mark the table's mark that its function was.
	rulebook *rulebook
	mark     string

	body      func(*actor)
	coroutine *coroutine

	// What the watchers remember of it.
	look    look
	passArm time.Time
	claim   *claim
	post    *post
	// sent is set if the claim's POST left, or could have.
	sent bool
	// askedToWait is how long WooshPay asked us to wait when it refused the claim's POST, at answeredAt.
	askedToWait, answeredAt time.Duration
	// answeredAbout is what the answer to the claim's POST was about, if not about what was claimed.
	answeredAbout string
	// troubled is set when the ledger fails it or a conflict stops it: then it need not have stored anything.
	troubled bool
}

// role is which use case an actor runs.
type role string

const (
	webhook    role = "webhook"
	closer     role = "closer"
	sweeper    role = "sweep"
	reconciler role = "reconcile"
	operator   role = "operator"
)

// halted unwinds an actor that never continues.
type halted struct{}

// run runs the actor to its end, or to where it is stopped. A panic of the code under test ends the history.
func (a *actor) run() {
	defer func() {
		r := recover()
		if _, stopped := r.(halted); r != nil && !stopped {
			a.w.breaks(panics, a.w.byID[a.about], "%s panics: %v", a.role, r)
		}
	}()
	a.off = a.machine.off
	a.mark = a.w.markFor(a.key.of(6))
	a.body(a)
}

// pause lets time pass. If nothing else happens meanwhile, the actor does not yield.
func (a *actor) pause(d time.Duration) {
	w := a.w
	if w.violation != nil {
		panic(halted{})
	}
	until := w.now + d
	if next, some := w.queue.next(); until <= w.horizon && (!some || next > until) {
		w.now = until
		return
	}
	if !a.coroutine.yieldFor(d) {
		panic(halted{})
	}
}

// stop ends the actor for good, as when a machine is lost.
func (a *actor) stop() { panic(halted{}) }

// launch starts an actor after a delay.
func (w *world) launch(after time.Duration, a *actor, body func(*actor)) {
	a.w, a.body = w, body
	w.figures.Actors++
	w.queue.push(entry{at: w.now + after, actor: a})
}

// at schedules act for an instant, or for now if the instant has passed.
func (w *world) at(instant time.Duration, act func()) {
	w.queue.push(entry{at: max(instant, w.now), act: act})
}

// actorOn returns an actor on one of the machines.
func (w *world) actorOn(c chance, r role, about dispute.ID) *actor {
	a := &actor{key: c, role: r, about: about, machine: pick(c.of(3), w.machines)}
	if w.recording() {
		a.name = w.story.serial(r)
	}
	return a
}
