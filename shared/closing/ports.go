package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Errors of the ledger. Any other error is labelled by package fault; an unlabelled one may have been stored.
var (
	ErrNotFound = errors.New("no such case")
	// ErrUnreadable means that this code cannot read what is stored of a case. It says nothing about other cases.
	ErrUnreadable = errors.New("the stored case cannot be read")
	// ErrConflict means that somebody stored a newer version; nothing was stored.
	ErrConflict = errors.New("the case was changed meanwhile")
	// ErrPaused means that closing is paused; nothing was stored.
	ErrPaused = errors.New("closing is paused")
	// ErrOff means that nobody has turned closing on for this very table; nothing was stored.
	ErrOff = errors.New("closing is not turned on for this table")
	// ErrNoMark means that the ledger does not know its table's mark, without which closing cannot be turned on; nothing was
	// stored.
	ErrNoMark = errors.New("the table has no mark of its own, so closing cannot be turned on for it")
	// ErrBudget means that the day's budget does not allow the close; nothing was stored.
	ErrBudget = errors.New("the day's budget is spent")
)

// Ledger keeps one case per dispute, and is the only truth about what we did.
type Ledger interface {
	// Load returns the case as it was last stored, or ErrNotFound or ErrUnreadable.
	Load(ctx context.Context, id dispute.ID) (Case, error)
	// Save stores c if nobody stored a newer version since it was loaded (for Version 0: if there is no such
	// case), together with the tally in one transaction, and returns it with its new version. It returns
	// ErrConflict otherwise, and then nothing was stored.
	Save(ctx context.Context, c Case, t Tally) (Case, error)
	// Claim is Save in one transaction with the spending of a day's budget and the check that closing is on for this very
	// table. It returns ErrConflict, then ErrOff or ErrPaused, then ErrBudget, and then nothing was stored.
	Claim(ctx context.Context, c Case, b Bid) (Case, error)
}

// Tally is a change to what one UTC day's budget of one currency counts. The zero Tally changes nothing.
type Tally struct {
	Day      Day
	Currency string
	// Closes and Failures are counts, Amount is in minor units; a return is negative.
	Closes, Amount, Failures int64
}

// IsZero reports whether the tally changes nothing.
func (t Tally) IsZero() bool { return t == Tally{} }

// Bid is what a claim asks of a day's budget.
type Bid struct {
	Day      Day
	Currency string
	// Amount is in the currency's minor unit.
	Amount int64
	// Held means that the case holds this day's spend already: nothing more is spent (SpendOnce), and only
	// the limit of failures is checked.
	Held  bool
	Limit policy.Budget
}

// Control says whether cases may be closed. The zero Control is off.
type Control struct {
	Switch Switch
	// Who, Why and At are those of the last pause or resume, whatever table it was for.
	Who, Why string
	At       time.Time
}

// Switch is on only for the table for which a person turned it on. A table's mark tells it from every other table that
// holds the same items: a restored one, or one in another region.
type Switch string

// The positions of the switch.
const (
	Off    Switch = "" // never turned on for this table: a new or a restored one, or what said so was lost
	Paused Switch = "paused"
	On     Switch = "on"
)

// Line returns the switch's line of the journal.
func (c Control) Line() Line {
	l := Line{At: c.At, What: ActResume, Who: c.Who, Why: c.Why}
	if c.Switch == Paused {
		l.What = ActPause
	}
	return l
}

// Acts stores what people do, each act in one transaction with its line of the journal: neither is stored without the other.
type Acts interface {
	// Act is Ledger.Save without a tally, and with a line of the journal.
	Act(ctx context.Context, c Case, l Line) (Case, error)
	// SetControl stores a pause, or a resume, which turns closing on for this very table, and its line. A pause is never
	// refused. A resume that is older than what is stored returns ErrConflict, so that a request that was given up and arrives
	// late lifts no newer pause, and ErrNoMark if the ledger does not know its table's mark. Then nothing was stored.
	SetControl(ctx context.Context, c Control) error
}

// Controls is what an operator reads beside the cases.
type Controls interface {
	// Control returns the switch; the zero Control if it was never set.
	Control(ctx context.Context) (Control, error)
	// Spent returns what the day's budget of a currency counts; zero if nothing was spent.
	Spent(ctx context.Context, day Day, currency string) (Tally, error)
}

// Due is an entry of the due index.
type Due struct {
	ID dispute.ID
	At time.Time
}

// DueIndex lists the cases that are due. Its answers may be stale; only Load tells the truth about a case.
type DueIndex interface {
	// Due lists cases due at or before the instant: at most limit of them, the oldest of each shard first,
	// from where the cursor left off. The first cursor is empty, and so is the one after the last page.
	Due(ctx context.Context, before time.Time, limit int, cursor string) (page []Due, next string, err error)
}

// Provider is WooshPay. Its errors are labelled by package fault.
type Provider interface {
	// Get returns the dispute as it stands, and the instant of the answer by WooshPay's clock, in whole seconds; zero if
	// WooshPay did not say. An error wraps dispute.ErrOther if the answer is about another dispute. A Permanent error means
	// that WooshPay does not know the dispute or that the id cannot be one, any other that it could not be read this time.
	Get(ctx context.Context, id dispute.ID) (d dispute.Dispute, date time.Time, err error)
	// GetCharge returns a dispute's charge as it stands. A Permanent error means that WooshPay does not say lastingly: it
	// does not know the charge or does not offer the call, or the id cannot be one. Any other means that it could not be read this time.
	GetCharge(ctx context.Context, id string) (dispute.Charge, error)
	// Close concedes the dispute with one request that nothing repeats. An error that is not labelled
	// Retryable or Permanent means that the dispute may have been closed.
	// What has not left by the instant, on the wall clock, never leaves.
	Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error)
}

// ErrListUnavailable means that WooshPay does not offer its list of disputes here.
var ErrListUnavailable = errors.New("the list of disputes is not available")

// ErrCursorRefused means that WooshPay refuses to list from this cursor: it does not know it, or no longer.
var ErrCursorRefused = errors.New("WooshPay refuses to go on from this place of the list")

// Page is one page of WooshPay's list of disputes.
type Page struct {
	Disputes []dispute.Dispute
	// Unreadable counts entries that could not be read.
	Unreadable int
	// More is what WooshPay says of further pages; unknown if it says nothing.
	More dispute.Maybe[bool]
	// Next is the cursor after the page's last dispute; empty if it holds none.
	Next string
}

// DisputeList is WooshPay's list of disputes. It may be stale.
type DisputeList interface {
	// List returns disputes created at or after the instant, from where the cursor left off, or ErrListUnavailable or
	// ErrCursorRefused.
	List(ctx context.Context, createdFrom time.Time, cursor string) (Page, error)
}

// ReconcileStore is what a reconciliation reads and keeps beside the cases that it stores.
type ReconcileStore interface {
	// LoadAll returns those of the cases that are stored, each as Load returns it. With ErrUnreadable the map is good: it
	// lacks only the cases that UnreadIn finds in the error.
	LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]Case, error)
	// Mark returns the stored mark, the zero Mark if there is none, or ErrUnreadable.
	Mark(ctx context.Context) (Mark, error)
	// SetMark stores the mark in place of any other.
	SetMark(ctx context.Context, m Mark) error
}

// Mark is where a reconciliation ended before WooshPay's list did. The zero Mark says that it did not.
type Mark struct {
	// Cursor is where to go on in the list of what was created at or after From.
	Cursor string
	From   time.Time
	// Newest is when the run began that last read the newest disputes.
	Newest time.Time
	// At is when a run first ended here.
	At time.Time
}

// holds reports whether a run that begins now may go on from the mark.
func (m Mark) holds(now time.Time) bool { return m.Cursor != "" && now.Sub(m.At) <= markLasts }

// UnreadableError is ErrUnreadable with the case that it is about.
type UnreadableError struct {
	ID dispute.ID
	// Err says what cannot be read.
	Err error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("case %s: %v: %v", e.ID, ErrUnreadable, e.Err)
}

// Unwrap returns ErrUnreadable and the cause.
func (e *UnreadableError) Unwrap() []error { return []error{ErrUnreadable, e.Err} }

// UnreadIn returns the unreadable cases that an error is about, however it wraps or joins them.
func UnreadIn(err error) []*UnreadableError {
	switch e := err.(type) { //nolint:errorlint // it unwraps by itself, and finds all of them
	case *UnreadableError:
		return []*UnreadableError{e}
	case interface{ Unwrap() error }:
		return UnreadIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []*UnreadableError
		for _, inner := range e.Unwrap() {
			all = append(all, UnreadIn(inner)...)
		}
		return all
	}
	return nil
}

// Watcher is told what happened, after it was stored. It never stops the work.
type Watcher interface {
	Note(ctx context.Context, n Note)
}

// Pause waits before the n-th repetition of an act, n from 1, a random time that grows with n. Its error means that there
// is no time left to wait.
type Pause func(ctx context.Context, n int) error
