package closing

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/dispute"
)

// Errors that end a reading before the list's end is known, with ErrCursorRefused.
var (
	// ErrCircle means that a page holds no dispute that an earlier page does not: WooshPay ignores where to go on, or what
	// lies between drops it.
	ErrCircle = errors.New("the list of disputes repeats itself: a page holds nothing new")
	// ErrNowhere means that more should follow, and that the page holds no dispute after which to ask for it.
	ErrNowhere = errors.New("the list of disputes does not say where it goes on")
)

// Reading reads a catalogue page by page. It ends where WooshPay says that the list does, or with an error: what ends in
// any other way was not read to its end.
type Reading struct {
	catalogue Catalogue
	from      time.Time
	cursor    string
	ended     bool
	seen      map[dispute.ID]struct{}
}

// NewReading returns a reading of the disputes created at or after the instant, from where the cursor left off.
func NewReading(c Catalogue, from time.Time, cursor string) *Reading {
	return &Reading{catalogue: c, from: from, cursor: cursor, seen: map[dispute.ID]struct{}{}}
}

// Ended reports whether the list was read to its end.
func (r *Reading) Ended() bool { return r.ended }

// Cursor returns where the next page begins; after an error of Next, where that page did.
func (r *Reading) Cursor() string { return r.cursor }

// Next returns the next page without the disputes of earlier pages. With ErrCircle or ErrNowhere the page is good, and
// nothing follows it; with any other error there is no page.
func (r *Reading) Next(ctx context.Context) (Page, error) {
	page, err := r.catalogue.List(ctx, r.from, r.cursor)
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
