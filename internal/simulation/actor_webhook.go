package simulation

import (
	"strconv"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// message is an event that WooshPay delivers.
type message struct {
	about *subject
	// facts are the dispute as the event shows it; dated is set if the event has an instant.
	facts *facts
	dated bool
	id    string
	body  []byte
}

// announce sends an event about a change, unless it is lost.
func (w *world) announce(subj *subject, f *facts) {
	w.events++
	c := subj.key.of(uint64(len(subj.past)) + 1000)
	if _, yes := w.happens(c, eventLost); yes {
		return
	}
	subj.announced = true
	e := w.event(subj, f, c)
	w.deliver(e, c, 0)
	if again, yes := w.happens(c, eventRepeated); yes {
		w.deliver(e, c.of(7), again.span(0, 8*time.Hour))
	}
}

// event returns an event as it is on the wire.
func (w *world) event(subj *subject, f *facts, c chance) message {
	_, undated := w.happens(c, eventUndated)
	e := message{about: subj, facts: f, dated: !undated, id: "evt_" + strconv.Itoa(w.events)}
	b := append(make([]byte, 0, 500), `{"id":"`...)
	b = append(b, e.id...)
	b = append(b, `","object":"event","type":"charge.dispute.updated"`...)
	if e.dated {
		b = f.moment(b, "created", w.time())
	}
	b = append(b, `,"livemode":false,"data":{"object":`...)
	b = append(b, f.body()...)
	e.body = append(b, '}', '}')
	return e
}

// deliver delivers an event, sooner or later, until it is acknowledged.
func (w *world) deliver(e message, c chance, after time.Duration) {
	after += c.of(1).span(50*time.Millisecond, 3*time.Second)
	if late, yes := w.happens(c, eventLate); yes {
		after += late.span(time.Second, 10*time.Minute)
	}
	if late, yes := w.happens(c, eventWeeksLate); yes {
		after += late.span(time.Hour, 15*24*time.Hour)
	}
	w.attempt(e, c.of(2), after, 1)
}

// maxDeliveries is how often WooshPay tries to deliver an event.
const maxDeliveries = 18

func (w *world) attempt(e message, c chance, after time.Duration, n int) {
	a := w.actorOn(c.of(uint64(n)), webhook, e.about.id)
	acknowledged := false
	w.launch(after, a, func(a *actor) {
		err := a.receive(e.body)
		if acknowledged = err == nil; acknowledged && e.dated {
			e.about.acknowledged = e.facts
		}
		if w.recording() {
			a.log("webhook", "event "+e.id+" "+outcome(err))
		}
	})
	// A machine that stops answers nothing: WooshPay tries again.
	again := after + min(time.Minute<<n, 11*time.Hour)
	if n < maxDeliveries {
		w.at(w.now+again, func() {
			if !acknowledged {
				w.attempt(e, c, 0, n+1)
			}
		})
	}
}

// receive does what the webhook does with a body whose signature is valid.
func (a *actor) receive(body []byte) error {
	event, err := dispute.ParseEvent(body)
	if err != nil {
		return err
	}
	d, err := event.Dispute()
	if err != nil {
		return err
	}
	a.w.countNews(d)
	learner := closing.Learner{Ledger: ledgerPort{a}, Watcher: watcherPort{a}, Now: a.now, Pause: a.retryPause}
	_, err = learner.Learn(invocation{a}, closing.News{Dispute: d, At: event.Created, EventID: event.ID, From: "webhook"})
	return err
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	return "failed: " + err.Error()
}
