package simulation

import (
	"time"

	"disputecloser/shared/closing"
)

// stream delivers a stored case that is armed to a closer, as the table's stream does.
func (w *world) stream(subj *subject) {
	subj.records++
	c := subj.key.of(subj.records + 50_000)
	if _, yes := w.happens(c, streamLoses); yes {
		w.figures.saw(sawArmSetsDue)
		if w.recording() {
			w.log("stream", subj.id, "loses the record")
		}
		return
	}
	after := c.span(80*time.Millisecond, 900*time.Millisecond)
	if late, yes := w.happens(c, streamDelays); yes {
		after += pick(late, []time.Duration{2 * time.Second, 20 * time.Second, 70 * time.Second, 100 * time.Second, time.Hour})
	}
	w.work(subj, c.of(1), after, 0)
	if again, yes := w.happens(c, streamRepeats); yes {
		w.work(subj, c.of(2), after+again.span(0, 3*time.Second), 0)
	}
}

// work starts a closer on a dispute's case. Failed work may be retried twice.
func (w *world) work(subj *subject, c chance, after time.Duration, tried uint64) {
	a, restores := w.actorOn(c.of(tried), closer, subj.id), w.restores
	w.launch(after, a, func(a *actor) {
		if w.restores != restores {
			return // the record is in the stream of the table before
		}
		if limit, yes := w.happens(a.key, deadlineShort); yes {
			a.deadline = w.now + pick(limit, []time.Duration{50 * time.Second, 75 * time.Second, 90 * time.Second})
		}
		err := a.closer().Work(invocation{a}, subj.id)
		if w.recording() {
			a.log("work", outcome(err))
		}
		if err != nil && !a.troubled && a.deadline == 0 {
			w.breaks("S6", subj, "work that nothing disturbed stores nothing: %v", err)
		}
		if err == nil || tried >= 2 {
			return
		}
		if again, yes := w.happens(a.key.of(9), streamRetries); yes {
			w.work(subj, c, again.span(time.Second, 40*time.Second), tried+1)
		}
	})
}

func (a *actor) closer() *closing.Closer {
	book := a.w.rulebookFor(a.key.of(5))
	a.rulebook = book
	return &closing.Closer{
		Ledger: ledgerPort{a}, Provider: providerPort{a}, Watcher: watcherPort{a}, Terms: a.w.testedTerms,
		Judge: closing.Judge{Policy: book.compiled}, Now: a.now, NewID: a.newID,
	}
}

// newID returns a claim's id. It is called last before a claim.
func (a *actor) newID() string {
	a.w.countClaimTried(a)
	return a.w.claimID()
}
