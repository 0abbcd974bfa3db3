package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// close claims the case, sends one POST, looks, and records. A case for which the invocation leaves too
// little time stays armed and due.
func (w *Closer) close(ctx context.Context, loaded, c Case, l Look) error {
	claimedAt := w.Now()
	claimed, bid, err := c.claim(w.NewID(), l, claimedAt, w.Terms, w.Judge)
	if err == nil && OutOfTime(ctx, claimedAt, w.Terms.NeedsForClose()) {
		return fmt.Errorf("close case %s: %w: too little time is left in this invocation", c.ID, context.DeadlineExceeded)
	}
	if err == nil {
		claimed, err = w.Ledger.Claim(ctx, claimed, bid)
	}
	if err != nil {
		return w.notClaimed(ctx, loaded, c, err, l.cautious(w.Now()))
	}
	w.call(ctx, loaded, claimed)
	p := w.post(ctx, claimed, claimedAt)
	after := Look{Err: errNotLooked}
	if p.answer != answered || !p.whole() {
		after = w.lookAfter(ctx, claimed.ID)
	}
	return w.recordClose(ctx, claimed, p, after)
}

var (
	// errStale means that the facts are too old to claim on (LookFresh): look again.
	errStale = errors.New("the facts are too old to claim on")
	// errClock means that our clock and WooshPay's differ by more than a claim allows: whether an earlier claim has
	// lapsed is not known.
	errClock = errors.New("not claimed: our clock and WooshPay's differ too much")
	// errHeldOther means that the case holds today's budget for another amount than it would now close.
	errHeldOther = fmt.Errorf("held for another amount: %w", ErrBudget)
)

// claim returns the case claimed on a look, and what it asks of the day's budget. The claim's id is random
// and never used again (FreshClaimID). That a POST may leave is stored before it does.
func (c Case) claim(id string, l Look, now time.Time, t Terms, j Judge) (Case, Bid, error) {
	if now.Sub(l.SentAt) > t.Fresh {
		return c, Bid{}, errStale
	}
	if off := max(l.ClockOff.Abs(), l.ChargeOff.Abs()); off > t.Skew {
		return c, Bid{}, fmt.Errorf("%w: by %s", errClock, off.Round(time.Second))
	}
	amount, _ := l.Dispute.Amount.Get()
	wants := Spend{Day: DayOf(now), Currency: l.Dispute.Currency, Amount: amount}
	held := c.Spent.Day == wants.Day
	if held && c.Spent != wants {
		return c, Bid{}, errHeldOther
	}
	limit, _ := j.Policy.Budget(wants.Currency)
	bid := Bid{Day: wants.Day, Currency: wants.Currency, Amount: amount, Held: held, Limit: limit}
	c.State = Closing
	c.ClaimID, c.ClaimUntil, c.ClosedFrom = id, now.Add(t.claimLength()), l.Dispute.Status
	c.Doubt, c.Ambiguous = !c.PostedAt.IsZero(), false
	c.PostedAt = now
	c.Attempts++
	c.Spent = wants
	c = c.did(now, "closer", fmt.Sprintf("claimed for closing, attempt %d", c.Attempts))
	c.ArmedAt, c.DueAt = time.Time{}, c.ClaimUntil.Add(dateStep)
	return c, bid, nil
}

var (
	errNotLooked = errors.New("not looked")
	errNotSent   = fault.Mark(fault.Retryable, errors.New("not sent: the claim's window had passed"))
)

// post sends the one POST of a claim, if the claim's window has not passed by our own clock (Window).
func (w *Closer) post(ctx context.Context, c Case, claimedAt time.Time) post {
	if w.Now().Sub(claimedAt) >= w.Terms.Window {
		return answerOf(dispute.Dispute{}, errNotSent, c.ClosedFrom)
	}
	ctx, cancel := WithReserve(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))
	return answerOf(d, err, c.ClosedFrom)
}

// lookAfter looks once more after a POST whose answer does not show the dispute closed.
func (w *Closer) lookAfter(ctx context.Context, id dispute.ID) Look {
	ctx, cancel := WithReserve(ctx, w.Terms.Reserve)
	defer cancel()
	return w.look(ctx, id)
}

// recordClose stores what became of the POST. If the case was changed meanwhile, it is loaded again and the
// record applied as long as the claim is still ours; otherwise the next look finds out.
func (w *Closer) recordClose(ctx context.Context, claimed Case, p post, l Look) error {
	ctx, cancel := w.toRecord(ctx)
	defer cancel()
	c := claimed
	for range maxConflicts {
		next, tally := c.record(p, l, w.Now(), w.Terms)
		saved, err := w.Ledger.Save(ctx, next, tally)
		if err == nil {
			w.tell(ctx, claimed, saved, NotePutOff)
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("record close of %s: %w", c.ID, err)
		}
		if c, err = w.Ledger.Load(ctx, c.ID); err != nil {
			return fmt.Errorf("record close of %s: %w", claimed.ID, err)
		}
		if c.State != Closing || c.ClaimID != claimed.ClaimID {
			w.Watcher.Note(ctx, Note{Kind: NoteDropped, Case: c, Err: p.err})
			return nil
		}
	}
	return fmt.Errorf("record close of %s: %w", claimed.ID, errBusy)
}

// toRecord returns a context in which a result can be written although the caller gave up, for as
// long as the reserve.
func (w *Closer) toRecord(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), w.Terms.Reserve)
}

// pausedFor is how long a case waits while closing is paused or off, or while the clocks differ.
const pausedFor = 15 * time.Minute

// notClaimed defers a case whose claim was refused: until the next day's budget, or for a while if closing is paused or
// off, or if the clocks differ.
func (w *Closer) notClaimed(ctx context.Context, loaded, c Case, err error, now time.Time) error {
	until, kind := now.Add(pausedFor), NotePaused
	switch {
	case errors.Is(err, ErrBudget):
		until, kind = DayOf(now).End(), NoteBudget
	case errors.Is(err, errClock):
		kind = NoteClock
	case errors.Is(err, ErrOff):
		kind = NoteOff
	case !errors.Is(err, ErrPaused):
		return fmt.Errorf("claim case %s: %w", c.ID, err)
	}
	return w.store(ctx, loaded, c.postponed(err, until, now, w.Terms).toldIfLate(), Tally{}, kind)
}

// postponed returns a scheduled case whose claim was refused without anything stored.
func (c Case) postponed(err error, until, now time.Time, t Terms) Case {
	return c.erred(err).remind(now, t).rest(until, now, t)
}
