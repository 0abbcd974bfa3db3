package closing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"disputecloser/shared/dispute"
)

// Reconciler learns from WooshPay's list what no webhook announced.
type Reconciler struct {
	Ledger  Ledger
	Store   ReconcileStore
	List    DisputeList
	Watcher Watcher
	Terms   Terms
	Now     func() time.Time
	Pause   Pause
	// Span is how far back disputes are listed, by their creation.
	Span time.Duration
}

// Reconciled is what a reconciliation found.
type Reconciled struct {
	// Listed counts the disputes read, each once, Unreadable the entries that could not be read, Unannounced the disputes
	// that nothing had told us of, Differing the cases whose status had changed without our knowing, and Unread the cases
	// of the table that could not be read.
	Listed, Unreadable, Unannounced, Differing, Unread int
	// Unavailable means that WooshPay does not offer its list here. Every unfinished case is looked at by its
	// id once a day all the same.
	Unavailable bool
	// Resumed means that the run went on where the last one ended.
	Resumed bool
	// Cut is why the list was not read to its end; nil if it was.
	Cut error
}

const (
	// maxPages is the most pages that are read in one go.
	maxPages = 1000
	// markLasts is how long a mark may be used.
	markLasts = 72 * time.Hour
	// markOverlap is by how much a run reads further back than the beginning of the last one: a dispute may appear in
	// the list some time after its creation.
	markOverlap = time.Hour
)

// Errors that cut a list whose end would follow.
var (
	errOutOfTime = errors.New("time ran out")
	errTooLong   = fmt.Errorf("it has more than %d pages", maxPages)
	errTooMany   = errors.New("too many errors were met")
)

// Reconcile lists disputes and arms every case that is missing or differs. Nothing in a list is believed: the closer
// looks at each dispute by its id.
//
// Where a run ended before the list did, the next goes on, from a stored mark. That one first reads what was created
// since the last run began: the newest disputes may have the shortest deadlines.
func (r *Reconciler) Reconcile(ctx context.Context) (Reconciled, error) {
	run := &reconciliation{
		Reconciler: r, began: r.Now(), met: runErrors{watcher: r.Watcher}, listed: map[dispute.ID]struct{}{},
	}
	mark, err := r.Store.Mark(ctx)
	if err != nil && !errors.Is(err, ErrUnreadable) {
		return Reconciled{}, fmt.Errorf("reconcile: %w", err)
	}
	run.readAll(ctx, mark)
	run.found.Unread = run.met.unread
	return run.found, run.met.err()
}

// reconciliation is one run.
type reconciliation struct {
	*Reconciler
	began time.Time
	found Reconciled
	met   runErrors
	// listed holds the disputes that were counted.
	listed map[dispute.ID]struct{}
}

// readAll reads the list on from the mark, or from its beginning, and stores where it ended.
func (r *reconciliation) readAll(ctx context.Context, mark Mark) {
	if mark.holds(r.began) && r.resume(ctx, mark) {
		return
	}
	from := r.began.Add(-r.Span)
	cursor, cut := r.read(ctx, NewReading(r.List, from, ""))
	r.end(ctx, cut, mark, Mark{Cursor: cursor, From: from})
}

// resume reads the newest disputes, and the list on from the mark. It returns false where WooshPay no longer knows the
// place: then the list must be read from its beginning.
func (r *reconciliation) resume(ctx context.Context, mark Mark) bool {
	if _, cut := r.read(ctx, NewReading(r.List, mark.Newest.Add(-markOverlap), "")); cut != nil {
		r.found.Cut = cut // The mark stays as it is, and expires.
		return true
	}
	list := NewReading(r.List, mark.From, mark.Cursor)
	cursor, cut := r.read(ctx, list)
	if errors.Is(cut, ErrCursorRefused) || cut == nil && len(list.seen) == 0 {
		return false
	}
	r.found.Resumed = true
	r.end(ctx, cut, mark, Mark{Cursor: cursor, From: mark.From})
	return true
}

// end keeps why the list was cut, and stores the mark for the next run. Without a cursor it erases the old mark.
func (r *reconciliation) end(ctx context.Context, cut error, old, next Mark) {
	r.found.Cut = cut
	switch {
	case next.Cursor == "" && old.Cursor == "":
		return
	case next.Cursor == "":
		next = Mark{}
	case next.Cursor == old.Cursor:
		next.Newest, next.At = r.began, old.At // A place that leads no further must expire, too.
	default:
		next.Newest, next.At = r.began, r.Now()
	}
	if err := r.Store.SetMark(ctx, next); err != nil {
		r.met.add(ctx, "", fmt.Errorf("store where the list was cut: %w", err))
	}
}

// read compares a list page by page. It returns where the list can be gone on with, empty if nowhere, and why it stopped
// before the list's end.
func (r *reconciliation) read(ctx context.Context, list *Reading) (cursor string, cut error) {
	for range maxPages {
		cursor = list.Cursor()
		if OutOfTime(ctx, r.Now(), r.Terms.Reserve+2*r.Terms.Look) {
			return cursor, errOutOfTime
		}
		page, err := list.Next(ctx)
		if cut := r.compareAll(ctx, page); cut != nil {
			return cursor, cut
		}
		switch {
		case errors.Is(err, ErrListUnavailable):
			r.found.Unavailable = true
			return "", nil
		case errors.Is(err, ErrCircle), errors.Is(err, ErrNowhere), errors.Is(err, ErrCursorRefused):
			return "", err
		case err != nil:
			r.met.add(ctx, "", fmt.Errorf("list disputes: %w", err))
			return cursor, err
		case list.Ended():
			return "", nil
		}
	}
	return list.Cursor(), errTooLong
}

// compareAll compares the disputes of a page that were not compared yet, and returns why it stopped before its end.
func (r *reconciliation) compareAll(ctx context.Context, page Page) error {
	r.found.Unreadable += page.Unreadable
	fresh := r.unlisted(page.Disputes)
	if len(fresh) == 0 {
		return nil
	}
	known, err := r.Store.LoadAll(ctx, idsOf(fresh))
	unread := map[dispute.ID]bool{}
	for _, u := range UnreadIn(err) {
		unread[u.ID] = true
		r.met.add(ctx, u.ID, u)
	}
	if err != nil && len(unread) == 0 {
		r.met.add(ctx, "", fmt.Errorf("compare disputes: %w", err))
		return fmt.Errorf("compare disputes: %w", err)
	}
	for _, d := range fresh {
		if OutOfTime(ctx, r.Now(), r.Terms.Reserve) {
			return errOutOfTime
		}
		r.listed[d.ID] = struct{}{}
		r.found.Listed++
		if !unread[d.ID] {
			r.met.add(ctx, d.ID, r.compare(ctx, d, known[d.ID]))
		}
		if r.met.tooMany() {
			return errTooMany
		}
	}
	return nil
}

func (r *reconciliation) unlisted(page []dispute.Dispute) []dispute.Dispute {
	return slices.DeleteFunc(page, func(d dispute.Dispute) bool { _, listed := r.listed[d.ID]; return listed })
}

func idsOf(disputes []dispute.Dispute) []dispute.ID {
	ids := make([]dispute.ID, len(disputes))
	for i, d := range disputes {
		ids[i] = d.ID
	}
	return ids
}

// compare learns of a listed dispute whose case is not known, or not as it is listed.
func (r *reconciliation) compare(ctx context.Context, d dispute.Dispute, c Case) error {
	kind := NoteUnannounced
	switch {
	case c.Version == 0:
		r.found.Unannounced++
	case c.State == Missing || c.Dispute.Status != d.Status:
		r.found.Differing++
		kind = NoteDiffering
	default:
		return nil
	}
	learner := Learner{Ledger: r.Ledger, Watcher: r.Watcher, Now: r.Now, Pause: r.Pause}
	if _, err := learner.Learn(ctx, News{Dispute: d, From: "reconcile"}); err != nil {
		return err
	}
	r.Watcher.Note(ctx, Note{Kind: kind, Case: Case{ID: d.ID, State: c.State, Dispute: d}})
	return nil
}

// Errors that end a reading before the list's end is known, with ErrCursorRefused.
var (
	// ErrCircle means that a page holds no dispute that an earlier page does not: WooshPay ignores where to go on, or what
	// lies between drops it.
	ErrCircle = errors.New("the list of disputes repeats itself: a page holds nothing new")
	// ErrNowhere means that more should follow, and that the page holds no dispute after which to ask for it.
	ErrNowhere = errors.New("the list of disputes does not say where it goes on")
)

// Reading reads a list page by page. It ends where WooshPay says that the list does, or with an error: what ends in
// any other way was not read to its end.
type Reading struct {
	list   DisputeList
	from   time.Time
	cursor string
	ended  bool
	seen   map[dispute.ID]struct{}
}

// NewReading returns a reading of the disputes created at or after the instant, from where the cursor left off.
func NewReading(l DisputeList, from time.Time, cursor string) *Reading {
	return &Reading{list: l, from: from, cursor: cursor, seen: map[dispute.ID]struct{}{}}
}

// Ended reports whether the list was read to its end.
func (r *Reading) Ended() bool { return r.ended }

// Cursor returns where the next page begins; after an error of Next, where that page did.
func (r *Reading) Cursor() string { return r.cursor }

// Next returns the next page without the disputes of earlier pages. With ErrCircle or ErrNowhere the page is good, and
// nothing follows it; with any other error there is no page.
func (r *Reading) Next(ctx context.Context) (Page, error) {
	page, err := r.list.List(ctx, r.from, r.cursor)
	if err != nil {
		return Page{}, err
	}
	empty := len(page.Disputes) == 0 && page.Unreadable == 0
	page.Disputes = r.unseen(page.Disputes)
	more, said := page.More.Get()
	switch {
	case said && !more, !said && empty:
		r.ended = true
	case page.Next == "":
		return page, ErrNowhere
	case len(page.Disputes) == 0:
		return page, ErrCircle
	default:
		r.cursor = page.Next
	}
	return page, nil
}

// unseen returns the disputes that no earlier page held, each once.
func (r *Reading) unseen(page []dispute.Dispute) []dispute.Dispute {
	var fresh []dispute.Dispute
	for _, d := range page {
		if _, seen := r.seen[d.ID]; !seen {
			r.seen[d.ID] = struct{}{}
			fresh = append(fresh, d)
		}
	}
	return fresh
}
