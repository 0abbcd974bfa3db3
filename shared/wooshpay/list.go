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

// maxPage is the largest number of disputes that a page may hold (WooshPay's documentation).
const maxPage = 100

// ErrListUnavailable means that WooshPay does not offer its list of disputes (404 or 405). One copy of its documentation
// marks the list as in development.
var ErrListUnavailable = errors.New("the list of disputes is not available")

// ListQuery asks for one page of disputes.
type ListQuery struct {
	// CreatedFrom is the earliest creation, to the second; zero means any.
	CreatedFrom time.Time
	// StartingAfter is the Next of the page before; empty for the first page.
	StartingAfter string
	// Limit is the largest number of disputes to return; 100 if it is not between 1 and 100.
	Limit int
}

// Page is one page of disputes.
type Page struct {
	Disputes []dispute.Dispute
	// Unreadable counts entries that cannot be read as disputes.
	Unreadable int
	// HasMore says whether further pages exist; unknown if WooshPay sends nothing, or something that is not a boolean.
	HasMore dispute.Maybe[bool]
	// Next is the id of the page's last readable dispute, the StartingAfter of the next page; empty if there is none.
	Next string
}

// List returns a page of disputes: GET /v1/disputes/list with the filters as a JSON body (WooshPay's documentation). The
// list may be stale. The error is ErrListUnavailable, or a failed look.
func (c *Client) List(ctx context.Context, q ListQuery) (Page, error) {
	got, err := c.read(ctx, call{method: http.MethodGet, path: "/v1/disputes/list", body: q.filters(), limit: maxList})
	if q.StartingAfter == "" && notOffered(err) {
		err = fmt.Errorf("%w: %w", ErrListUnavailable, err)
	}
	if err != nil {
		return Page{}, fmt.Errorf("list disputes: %w", err)
	}
	page, err := parsePage(got.body)
	if err != nil {
		return Page{}, fmt.Errorf("list disputes: %w", unreadable(err))
	}
	return page, nil
}

// notOffered reports whether WooshPay answered that it does not know what was asked for, or does not offer the call. For
// a later page of a list the same answer means something else, for example an unknown cursor.
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

func parsePage(body []byte) (Page, error) {
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
	var page Page
	if said := string(wire.HasMore); said == "true" || said == "false" {
		page.HasMore = dispute.Known(said == "true")
	}
	for _, entry := range wire.Data {
		d, err := dispute.Parse(entry)
		if err != nil {
			page.Unreadable++
			continue
		}
		page.Disputes = append(page.Disputes, d)
		page.Next = string(d.ID)
	}
	return page, nil
}
