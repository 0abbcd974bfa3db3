package wooshpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"disputecloser/shared/dispute"
)

// maxPage is the most disputes a page may hold (WooshPay's documentation).
const maxPage = 100

// ErrListUnavailable means that WooshPay does not offer its list of disputes (404 or 405): one copy of its
// documentation marks it as in development.
var ErrListUnavailable = errors.New("the list of disputes is not available")

// ListQuery asks for one page of disputes.
type ListQuery struct {
	// CreatedFrom is the earliest creation, to the second; zero means any.
	CreatedFrom time.Time
	// StartingAfter is the Next of the page before, empty for the first.
	StartingAfter string
	// Limit is the most disputes to return, 100 if it is not between 1 and 100.
	Limit int
}

// Page is one page of disputes.
type Page struct {
	Disputes []dispute.Dispute
	// Unreadable counts entries that are no objects or have no id.
	Unreadable int
	HasMore    bool
	// Next is the StartingAfter of the next page. It is empty if there is none, and also if HasMore is true but the
	// page holds nothing after which to go on.
	Next string
}

// List returns a page of disputes: GET /v1/disputes/list with its filters as a JSON body (WooshPay's documentation).
// It returns ErrListUnavailable, or an error that means a failed look. The list may be stale.
func (c *Client) List(ctx context.Context, q ListQuery) (Page, error) {
	got, err := c.read(ctx, call{method: http.MethodGet, path: "/v1/disputes/list", body: q.filters(), limit: maxList})
	if q.StartingAfter == "" && notOffered(err) {
		err = fmt.Errorf("%w: %w", ErrListUnavailable, err)
	}
	if err != nil {
		return Page{}, fmt.Errorf("list disputes: %w", err)
	}
	page, err := parsePage(got.body, q.StartingAfter)
	if err != nil {
		return Page{}, fmt.Errorf("list disputes: %w", unreadable(err))
	}
	return page, nil
}

// notOffered tells whether the answer to a list's first page means that there is no such call. To a later page the same
// answer means something else, a cursor that is gone for example.
func notOffered(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}

func (q ListQuery) filters() []byte {
	filters := map[string]any{"limit": maxPage}
	if q.Limit >= 1 && q.Limit <= maxPage {
		filters["limit"] = q.Limit
	}
	if !q.CreatedFrom.IsZero() {
		filters["created"] = map[string]int64{"gte": q.CreatedFrom.Unix()}
	}
	if q.StartingAfter != "" {
		filters["starting_after"] = q.StartingAfter
	}
	body, err := json.Marshal(filters)
	if err != nil {
		panic(err) // Texts and integers always marshal.
	}
	return body
}

var errNoData = errors.New("a list without data")

// parsePage reads a page that was asked for with startingAfter. A page that ends where the one before did would be
// asked for again and again, so nothing follows it.
func parsePage(body []byte, startingAfter string) (Page, error) {
	var wire struct {
		HasMore json.RawMessage   `json:"has_more"`
		Data    []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return Page{}, err
	}
	if wire.Data == nil {
		return Page{}, errNoData
	}
	page := Page{HasMore: string(wire.HasMore) == "true"}
	for _, entry := range wire.Data {
		d, err := dispute.Parse(entry)
		if err != nil {
			page.Unreadable++
			continue
		}
		page.Disputes = append(page.Disputes, d)
	}
	if n := len(page.Disputes); page.HasMore && n > 0 && string(page.Disputes[n-1].ID) != startingAfter {
		page.Next = string(page.Disputes[n-1].ID)
	}
	return page, nil
}
