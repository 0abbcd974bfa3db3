package simulation

import (
	"strconv"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// announce has WooshPay tell of a change, if it does.
func (w *world) announce(m *matter, f *facts) {
	w.events++
	id := "evt_" + strconv.Itoa(w.events)
	c := m.key.of(uint64(len(m.past)) + 1000)
	if _, yes := w.strikes(c, eventLost); yes {
		return
	}
	m.told = true
	body := w.event(id, f, c)
	w.deliver(m, id, body, c, 0)
	if again, yes := w.strikes(c, eventRepeated); yes {
		w.deliver(m, id, body, c.of(7), again.span(0, 8*time.Hour))
	}
}

// event is an event on the wire.
func (w *world) event(id string, f *facts, c chance) []byte {
	b := append(make([]byte, 0, 500), `{"id":"`...)
	b = append(b, id...)
	b = append(b, `","object":"event","type":"charge.dispute.updated"`...)
	if _, yes := w.strikes(c, eventUndated); !yes {
		b = f.moment(b, "created", w.time())
	}
	b = append(b, `,"livemode":false,"data":{"object":`...)
	b = append(b, f.body()...)
	return append(b, '}', '}')
}

// deliver brings an event, sooner or later, until it is acknowledged.
func (w *world) deliver(m *matter, id string, body []byte, c chance, after time.Duration) {
	after += c.of(1).span(50*time.Millisecond, 3*time.Second)
	if late, yes := w.strikes(c, eventLate); yes {
		after += late.span(time.Second, 10*time.Minute)
	}
	if late, yes := w.strikes(c, eventWeeksLate); yes {
		after += late.span(time.Hour, 15*24*time.Hour)
	}
	w.attempt(m, id, body, c.of(2), after, 1)
}

// maxDeliveries is how often WooshPay tries (wooshpay.md).
const maxDeliveries = 18

func (w *world) attempt(m *matter, id string, body []byte, c chance, after time.Duration, n int) {
	a := w.actorOn(c.of(uint64(n)), webhook, m.id)
	acknowledged := false
	w.launch(after, a, func(a *actor) {
		err := a.receive(body)
		acknowledged = err == nil
		if w.tells() {
			a.says("webhook", "event "+id+" "+outcome(err))
		}
	})
	// A machine that stops answers nothing: WooshPay tries again.
	again := after + min(time.Minute<<n, 11*time.Hour)
	if n < maxDeliveries {
		w.at(w.now+again, func() {
			if !acknowledged {
				w.attempt(m, id, body, c, 0, n+1)
			}
		})
	}
}

// receive does what the webhook does with a body whose signature is right.
func (a *actor) receive(body []byte) error {
	event, err := dispute.ParseEvent(body)
	if err != nil {
		return err
	}
	d, err := event.Dispute()
	if err != nil {
		return err
	}
	a.w.seesNews(d)
	learner := closing.Learner{Ledger: shelf{a}, Watcher: bell{a}, Now: a.now, Pause: a.waits}
	_, err = learner.Learn(invocation{a}, closing.News{Dispute: d, At: event.Created, EventID: event.ID, From: "webhook"})
	return err
}

// actorOn is an actor on one of the machines.
func (w *world) actorOn(c chance, r role, about dispute.ID) *actor {
	a := &actor{key: c, role: r, about: about, machine: pick(c.of(3), w.machines)}
	if w.tells() {
		a.name = w.story.serial(r)
	}
	return a
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	return "failed: " + err.Error()
}
