package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Closer works armed cases. It is the only code that decides and the only code that may close.
type Closer struct {
	Ledger   Ledger
	Provider Provider
	Judge    Judge
	Watcher  Watcher
	Terms    Terms
	Now      func() time.Time
	// NewID returns a random id that was never used before.
	NewID func() string
}

const (
	// dateStep is how long after a claim's end a case is looked at, for WooshPay's Date has whole seconds: a look in the
	// second of the end may be dated before it.
	dateStep     = 2 * time.Second
	maxConflicts = 5
)

// errBusy means that a case changed under our hands too often; it stays armed and due.
var errBusy = errors.New("the case keeps changing")

// Work looks at an armed case, decides and, where the rules say so, closes it. A case that is not armed, or
// that another holder is closing, is left as it is. An error means that the case could not be worked or that
// the ledger could not be written: it stays due, and the sweep arms it again.
func (w *Closer) Work(ctx context.Context, id dispute.ID) error {
	again := true // at most once: when facts get too old, WooshPay is slow, and asking more often does not help
	for range maxConflicts {
		switch err := w.once(ctx, id, again); {
		case errors.Is(err, errStale):
			again = false
		case !errors.Is(err, ErrConflict):
			return err
		}
	}
	return fmt.Errorf("work on case %s: %w", id, errBusy)
}

// once is one pass from the load to the save. Facts that are too old to claim on are errStale if the pass may be
// repeated at once and there is time for that, and a failed look otherwise.
func (w *Closer) once(ctx context.Context, id dispute.ID, again bool) error {
	c, err := w.Ledger.Load(ctx, id)
	if err != nil {
		return fmt.Errorf("work on case %s: %w", id, err)
	}
	if !c.Armed() || c.heldByAnother(w.Now()) {
		return nil
	}
	look := w.lookWithCharge(ctx, c.ID)
	if c.heldByAnother(look.SafeAt) {
		return nil // Only a clock that is ahead took the claim for lapsed.
	}
	now := look.cautious(w.Now())
	next, tally, decide := c.looked(look, now, w.Terms)
	if decide {
		next = next.decided(w.Judge.Decide(next, look, now), look.latest(now, w.Terms), now, w.Terms)
	}
	switch {
	case !decide:
		return w.store(ctx, c, next, tally, look.kind())
	case !next.ready(look, now):
		return w.store(ctx, c, next, tally, NoteDecided)
	case next.Attempts >= w.Terms.Attempts:
		return w.store(ctx, c, next.exhausted(now, w.Terms), Tally{}, NoteDecided)
	}
	err = w.close(ctx, c, next, look)
	if errors.Is(err, errStale) && (!again || OutOfTime(ctx, w.Now(), 2*w.Terms.Look+w.Terms.NeedsForClose())) {
		return w.store(ctx, c, c.lookFailed(errStale, now, w.Terms), Tally{}, NoteLookFailed)
	}
	return err
}

// heldByAnother reports whether the case is to be left to the holder of its claim, untouched (HandsOff): the
// claim has neither lapsed nor been recorded as ambiguous.
func (c Case) heldByAnother(now time.Time) bool {
	return c.State == Closing && !c.Ambiguous && !c.Lapsed(now)
}

// Look is what WooshPay showed when asked.
type Look struct {
	// SentAt is when the first request of the look was sent, by our clock: what it shows is at least this young.
	SentAt time.Time
	// SafeAt is SentAt by whichever of our clock and WooshPay's says the earlier instant. Whether a claim has lapsed is
	// asked of it, so that a clock that is ahead ends nobody's claim (TrueClock).
	SafeAt time.Time
	// ClockOff is by how much our clock is surely ahead of WooshPay's; negative if it is behind.
	ClockOff time.Duration
	// behind is the most by which our clock can be behind: the machine may have stalled before it read the answer, and that
	// it is behind need not show.
	behind time.Duration
	// ChargeOff is ClockOff by the answer that shows the charge: a proxy may keep an old one.
	ChargeOff time.Duration
	Dispute   dispute.Dispute
	// Refunded is unknown if the dispute names no charge, or WooshPay does not say; Silence is then the reason.
	Refunded dispute.Maybe[bool]
	Silence  string
	// Err is set if the dispute, or a charge that a close depends on, could not be read. Then only the instants and
	// ClockOff may be used.
	Err error
}

// lookWithCharge asks WooshPay for the dispute and, where it may be closed, for its charge. A charge that could not be
// read this time is a failed look (ReadCharge): whether a dispute is worth defending must not depend on a passing fault.
func (w *Closer) lookWithCharge(ctx context.Context, id dispute.ID) Look {
	ctx, cancel := WithReserve(ctx, w.Terms.Reserve)
	defer cancel()
	look := w.look(ctx, id)
	if look.Err != nil || look.Dispute.Status.Class() != dispute.Closable {
		return look
	}
	if look.Dispute.Charge == "" {
		look.Silence = "the dispute names no charge"
		return look
	}
	read := Look{SentAt: w.Now()}
	charge, err := w.Provider.GetCharge(ctx, look.Dispute.Charge)
	look.ChargeOff = read.timed(w.Now(), charge.Date).ClockOff
	switch {
	case fault.Of(err) == fault.Permanent:
		look.Silence = err.Error()
	case err != nil:
		look.Err = fmt.Errorf("look at the charge of dispute %s: %w", id, err)
	case !charge.Refunded.IsKnown():
		look.Silence = "the charge does not say whether it was refunded"
	}
	look.Refunded = charge.Refunded
	return look
}

// look asks WooshPay for the dispute.
func (w *Closer) look(ctx context.Context, id dispute.ID) Look {
	look := Look{SentAt: w.Now()}
	d, date, err := w.Provider.Get(ctx, id)
	look = look.timed(w.Now(), date)
	if err != nil {
		look.Err = fmt.Errorf("look at dispute %s: %w", id, err)
		return look
	}
	look.Dispute = d
	return look
}

// timed returns the look with what its answer says of the clocks. Received is when the answer was there, by our clock,
// and date its instant by WooshPay's, in whole seconds; zero if WooshPay did not say.
func (l Look) timed(received, date time.Time) Look {
	l.SafeAt = l.SentAt
	if date.IsZero() {
		return l
	}
	if sent := date.Add(-received.Sub(l.SentAt)); sent.Before(l.SafeAt) {
		l.SafeAt = sent
	}
	l.behind = date.Add(time.Second).Sub(l.SentAt)
	switch {
	case l.behind < 0:
		l.ClockOff, l.behind = -l.behind, 0
	case date.After(received):
		l.ClockOff = received.Sub(date)
	}
	return l
}

// cautious returns our now, set back by what our clock is ahead: a date that a wrong clock sets must not lie so late
// that the case is forgotten.
func (l Look) cautious(now time.Time) time.Time { return now.Add(-max(l.ClockOff, 0)) }

// latest returns the later of our clock and WooshPay's, for a now that is cautious: a grace must not begin before it does.
// A clock that may be behind, and by no more than clocks may differ, counts as right.
func (l Look) latest(now time.Time, t Terms) time.Time {
	behind := l.behind
	if l.ClockOff >= 0 && behind <= t.Skew {
		behind = 0
	}
	return now.Add(max(l.ClockOff, behind))
}

// kind names what the look was.
func (l Look) kind() Kind {
	switch {
	case l.Err == nil:
		return NoteLooked
	case fault.Of(l.Err) == fault.Permanent:
		return NoteUnknown
	}
	return NoteLookFailed
}

// looked returns the case after a look, what it returns to the budget, and whether it is now to be decided.
func (c Case) looked(l Look, now time.Time, t Terms) (next Case, tally Tally, decide bool) {
	if l.Err != nil {
		return c.lookFailed(l.Err, now, t), Tally{}, false
	}
	c = c.shown(l.Dispute, l.SafeAt)
	if c.State == Closing {
		c = c.compared(l.Dispute, now)
	}
	switch {
	case c.State.Finished() && c.endsAs(l.Dispute.Status):
		return c.stillFinished(now), Tally{}, false
	case c.State == Closed:
		return c.contradicted(now), Tally{}, false
	case c.State == Closing && l.showsClosed(c):
		return c.closed(Inferred, now), Tally{}, false
	case l.showsEnd():
		next, tally = c.ended(l, now)
		return next, tally, false
	case c.State == Closing && !c.Lapsed(l.SafeAt):
		return c.remind(now, t).rest(later(c.ClaimUntil, now).Add(dateStep), now, t), Tally{}, false
	case c.State == Closing:
		return c.settled(now), Tally{}, true
	case c.State == Failed:
		return c.remind(now, t).rest(now.Add(t.Refresh), now, t), Tally{}, false
	}
	return c, Tally{}, true
}

// shown returns the case with a snapshot that was asked for.
func (c Case) shown(d dispute.Dispute, at time.Time) Case {
	c.Dispute, c.ObservedAt = d, at
	c.FailedLooks, c.LastError = 0, ""
	c.FailedSince, c.UnknownSince = time.Time{}, time.Time{}
	if d.Status.Known() {
		c = c.untold(ReasonStatus)
	}
	return c.untold(ReasonLooks).untold(ReasonMissing)
}

// lookFailed keeps the state; the next date backs off. Where WooshPay has not known the dispute for days, the case ends.
func (c Case) lookFailed(err error, now time.Time, t Terms) Case {
	c = c.erred(err)
	c.FailedLooks++
	c.FailedSince = since(c.FailedSince, now)
	if fault.Of(err) == fault.Permanent {
		c.UnknownSince = since(c.UnknownSince, now)
		if now.Sub(c.UnknownSince) >= t.Unknown && c.Lapsed(now) {
			return c.missing(now)
		}
	}
	if now.Sub(c.FailedSince) >= t.Blind {
		c = c.tell(ReasonLooks)
	}
	if c.State == Closing && errors.Is(err, dispute.ErrOther) {
		c = c.contradictedBy(err.Error(), now)
	}
	next := now.Add(backOff(c.FailedLooks, fault.RetryAfter(err)))
	if c.State == Closing && next.Before(c.ClaimUntil) {
		next = c.ClaimUntil
	}
	return c.remind(now, t).rest(next, now, t)
}

// since returns the instant that is set, or now.
func since(set, now time.Time) time.Time {
	if set.IsZero() {
		return now
	}
	return set
}

// store saves what a pass came to and tells what happened.
func (w *Closer) store(ctx context.Context, before, after Case, tally Tally, otherwise Kind) error {
	saved, err := w.Ledger.Save(ctx, after, tally)
	if err != nil {
		return fmt.Errorf("store case %s: %w", after.ID, err)
	}
	w.tell(ctx, before, saved, otherwise)
	return nil
}

// tell notes what a stored change means.
func (w *Closer) tell(ctx context.Context, before, after Case, otherwise Kind) {
	w.Watcher.Note(ctx, Note{Kind: kindOf(before, after, otherwise), Case: after, Err: lastError(after)})
	w.call(ctx, before, after)
}

// call notes for which reasons a stored change calls a person.
func (w *Closer) call(ctx context.Context, before, after Case) {
	for _, reason := range after.toldSince(before) {
		w.Watcher.Note(ctx, Note{Kind: NotePerson, Case: after, Reason: reason})
	}
}

func lastError(c Case) error {
	if c.LastError == "" {
		return nil
	}
	return errors.New(c.LastError)
}
