//go:build parts

package drill

import (
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// The types of events that WooshPay tells us (its documentation).
const (
	announced = "charge.dispute.created"
	ended     = "charge.dispute.closed"
)

// due returns WooshPay's deliveries of a type that are not acknowledged, and when the next is due.
func (w *world) due(kind string) (now []sandbox.Delivery, next time.Time) {
	w.sandbox.With(func(b *sandbox.Books, at time.Time) {
		for _, d := range b.Deliveries() {
			switch {
			case d.Event.Type != kind || d.NextAt.IsZero():
			case !d.NextAt.After(at):
				now = append(now, d)
			case next.IsZero() || d.NextAt.Before(next):
				next = d.NextAt
			}
		}
	})
	return now, next
}

// tried tells WooshPay what became of a delivery.
func (w *world) tried(d sandbox.Delivery, acknowledged bool) {
	w.sandbox.With(func(b *sandbox.Books, at time.Time) { b.Tried(d.ID, acknowledged, at) })
}

// deliver makes WooshPay's deliveries of a type that are due.
func (w *world) deliver(kind string) {
	w.t.Helper()
	now, _ := w.due(kind)
	for _, d := range now {
		a := w.survivor(webhook).answers(w.t, w.request(d.Event.Body), nil)
		w.tried(d, w.acknowledged(a))
	}
}

// feed shows the closer the case if it is armed, once for every time that it was stored, as the stream does.
func (w *world) feed(c closing.Case) {
	w.t.Helper()
	if c.Armed() && c.Version > w.fed {
		w.fed = c.Version
		w.survivor(closer).answers(w.t, w.record(c), nil)
	}
}

// maxWakes is after how many schedules in vain a dispute counts as lost.
const maxWakes = 12

// rest lets the system go on by its schedules until the case stands as it should, or for a dozen of them. WooshPay's news of
// a dispute's end is held back: it may be days late, and is not to save us.
func (w *world) rest(id dispute.ID, stands func(closing.Case) bool) (c closing.Case, faults []string) {
	w.t.Helper()
	for range maxWakes {
		w.deliver(announced)
		w.feed(w.load(id))
		c = w.load(id)
		if c.Version > 0 && !c.State.Finished() && c.DueAt.IsZero() {
			faults = append(faults, "unfinished and never due: "+string(c.State))
		}
		if stands(c) {
			return c, faults
		}
		w.wait(c)
	}
	return c, append(faults, "still "+string(c.State)+" after all schedules")
}

// wait lets time pass until something is due, and starts what the schedules start then.
func (w *world) wait(c closing.Case) {
	w.t.Helper()
	at := w.nextReconcile
	_, delivery := w.due(announced)
	for _, instant := range []time.Time{c.DueAt, delivery} {
		if !instant.IsZero() && instant.Before(at) {
			at = instant
		}
	}
	w.clock.passUntil(w.t, at)
	if !w.clock.now().Before(w.nextReconcile) {
		w.nextReconcile = w.nextReconcile.Add(24 * time.Hour)
		w.survivor(reconcile).answers(w.t, w.schedule(), nil)
	}
	w.survivor(sweep).answers(w.t, w.schedule(), nil)
}

// isClosed and isKept report whether a case stands as the rules have it.
func isClosed(c closing.Case) bool { return c.State == closing.Closed }

func isKept(c closing.Case) bool {
	return c.State == closing.Open && !c.Armed() && c.Decision != nil && c.Decision.Action == policy.Keep
}
