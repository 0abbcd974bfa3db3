//go:build parts

package drill

import (
	"fmt"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// verdict is what one round came to.
type verdict struct {
	// twice tells that more than one close was executed, lost that the dispute did not end as it should.
	twice, lost bool
	// faults says what is wrong, those two included.
	faults []string
}

func (v *verdict) wrong(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// finish lets the system go on by its schedules only, ends the dispute, and judges.
func (w *world) finish(d sandbox.Dispute) verdict {
	w.t.Helper()
	var v verdict
	stands := isClosed
	if d.Amount == kept {
		stands = isKept
	}
	c, faults := w.rest(d.ID, stands)
	v.faults, v.lost = faults, len(faults) > 0 || !stands(c)
	if d.Amount == kept {
		c = w.won(d.ID)
	}
	w.lateNews(c, &v)
	w.countCloses(d, &v)
	w.countBudget(d.ID, &v)
	return v
}

// won lets the bank decide for us, and returns the case after the news of it.
func (w *world) won(id dispute.ID) closing.Case {
	w.t.Helper()
	if _, err := w.sandbox.SetStatus(id, dispute.Won); err != nil {
		w.t.Fatal(err)
	}
	w.deliver(ended)
	w.feed(w.load(id))
	return w.load(id)
}

// lateNews delivers what was held back: an end must stay as it is.
func (w *world) lateNews(before closing.Case, v *verdict) {
	w.t.Helper()
	w.deliver(ended)
	c := w.load(before.ID)
	w.feed(c)
	if c = w.load(before.ID); c.State != before.State || !c.State.Finished() || c.Armed() {
		v.wrong("%s became %s, armed %v, by late news", before.State, c.State, c.Armed())
	}
}

// countCloses compares what WooshPay executed with what the rules wanted.
func (w *world) countCloses(d sandbox.Dispute, v *verdict) {
	executed, want := len(w.sandbox.Closes()[d.ID]), 1
	if d.Amount == kept {
		want = 0
	}
	if v.twice = executed > 1; executed != want {
		v.wrong("%d closes executed, want %d", executed, want)
	}
}

// countBudget compares what each day's budget counts with what the cases hold of it.
func (w *world) countBudget(id dispute.ID, v *verdict) {
	w.t.Helper()
	if s := w.load(id).Spent; s != (closing.Spend{}) {
		held := w.held[s.Day]
		w.held[s.Day] = closing.Tally{Day: s.Day, Currency: s.Currency, Closes: held.Closes + 1, Amount: held.Amount + s.Amount}
	}
	today := w.clock.now()
	for back := range 4 {
		day := closing.DayOf(today.AddDate(0, 0, -back))
		counted, err := w.ledger.Spent(w.t.Context(), day, "usd")
		if err != nil {
			w.t.Fatal(err)
		}
		if want := w.held[day]; counted.Closes != want.Closes || counted.Amount != want.Amount || counted.Failures != 0 {
			v.wrong("the budget of %s counts %+v, the cases hold %+v", day, counted, want)
		}
	}
}
