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
	maxConflicts = 5
	// maxStale is how many passes of one invocation may find their own facts too old; WooshPay is slow then, and
	// asking again at once helps nobody.
	maxStale  = 2
	pausedFor = 15 * time.Minute
)

// errBusy means that a case changed under our hands too often; it stays armed and due.
var errBusy = errors.New("the case keeps changing")

// Work looks at an armed case, decides and, where the rules say so, closes it. A case that is not armed, or
// that another holder is closing, is left as it is. An error means that the case could not be worked or that
// the ledger could not be written: it stays due, and the sweep arms it again.
func (w *Closer) Work(ctx context.Context, id dispute.ID) error {
	stale := 0
	for range maxConflicts {
		err := w.once(ctx, id, stale+1 < maxStale)
		if errors.Is(err, errStale) {
			stale++
		} else if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("work on case %s: %w", id, errBusy)
}

// once is one pass from the load to the save. Facts that are too old to claim on are errStale if the pass may be
// repeated at once, and a failed look otherwise.
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
		next = next.decided(w.Judge.Decide(next, look, now), look.latest(now), now, w.Terms)
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
	if errors.Is(err, errStale) && !again {
		return w.store(ctx, c, c.lookFailed(errStale, now, w.Terms), Tally{}, NoteLookFailed)
	}
	return err
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

// lookWithCharge asks WooshPay for the dispute and, where it may be closed, for its charge. A charge that could not be
// read this time is a failed look (ReadCharge): whether a dispute is worth defending must not depend on a passing fault.
func (w *Closer) lookWithCharge(ctx context.Context, id dispute.ID) Look {
	ctx, cancel := within(ctx, w.Terms.Reserve)
	defer cancel()
	look := w.look(ctx, id)
	if look.Err != nil || look.Dispute.Status.Class() != dispute.Closable {
		return look
	}
	if look.Dispute.Charge == "" {
		look.Silence = "the dispute names no charge"
		return look
	}
	charge, err := w.Provider.GetCharge(ctx, look.Dispute.Charge)
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

// within returns a context that ends the reserve before the invocation does.
func within(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
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

// close claims the case, sends one POST, looks, and records. A case for which the invocation leaves too
// little time stays armed and due.
func (w *Closer) close(ctx context.Context, loaded, c Case, l Look) error {
	if deadline, ok := ctx.Deadline(); ok && deadline.Sub(w.Now()) < w.Terms.NeedsForClose() {
		return fmt.Errorf("close case %s: %w: too little time is left in this invocation", c.ID, context.DeadlineExceeded)
	}
	claimedAt := w.Now()
	claimed, bid, err := c.claim(w.NewID(), l, claimedAt, w.Terms, w.Judge)
	if err == nil {
		claimed, err = w.Ledger.Claim(ctx, claimed, bid)
	}
	if err != nil {
		return w.notClaimed(ctx, loaded, c, err, l.cautious(w.Now()))
	}
	p := w.post(ctx, claimed, claimedAt)
	after := Look{Err: errNotLooked}
	if p.answer != answered || !p.whole() {
		after = w.lookAfter(ctx, claimed.ID)
	}
	return w.recordClose(ctx, claimed, p, after)
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
	ctx, cancel := within(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))
	return answerOf(d, err, c.ClosedFrom)
}

// lookAfter looks once more after a POST whose answer does not show the dispute closed.
func (w *Closer) lookAfter(ctx context.Context, id dispute.ID) Look {
	ctx, cancel := within(ctx, w.Terms.Reserve)
	defer cancel()
	return w.look(ctx, id)
}

// notClaimed defers a case whose claim was refused: until the next day's budget, or for a while if paused or if the
// clocks differ.
func (w *Closer) notClaimed(ctx context.Context, loaded, c Case, err error, now time.Time) error {
	switch {
	case errors.Is(err, ErrBudget):
		return w.store(ctx, loaded, c.postponed(err, DayOf(now).End(), now, w.Terms), Tally{}, NoteBudget)
	case errors.Is(err, ErrPaused):
		return w.store(ctx, loaded, c.postponed(err, now.Add(pausedFor), now, w.Terms), Tally{}, NotePaused)
	case errors.Is(err, errClock):
		return w.store(ctx, loaded, c.postponed(err, now.Add(pausedFor), now, w.Terms), Tally{}, NoteClock)
	}
	return fmt.Errorf("claim case %s: %w", c.ID, err)
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

// toRecord returns a context in which what was learnt can be written although the caller gave up, for as
// long as the reserve.
func (w *Closer) toRecord(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), w.Terms.Reserve)
}

// tell notes what a stored change means.
func (w *Closer) tell(ctx context.Context, before, after Case, otherwise Kind) {
	w.Watcher.Note(ctx, Note{Kind: kindOf(before, after, otherwise), Case: after, Err: lastError(after)})
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
