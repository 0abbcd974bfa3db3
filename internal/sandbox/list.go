package sandbox

import (
	"cmp"
	"slices"

	"disputecloser/shared/dispute"
)

// Filters choose the disputes of a page (WooshPay's documentation).
type Filters struct {
	Charge        string     `json:"charge"`
	PaymentIntent string     `json:"payment_intent"`
	Created       Range      `json:"created"`
	Limit         *int       `json:"limit"` // 1 to 100; 10 if null
	StartingAfter dispute.ID `json:"starting_after"`
	EndingBefore  dispute.ID `json:"ending_before"`
}

// Range bounds instants in seconds since the Unix epoch; what is null does not bound.
type Range struct {
	GT  *int64 `json:"gt"`
	GTE *int64 `json:"gte"`
	LT  *int64 `json:"lt"`
	LTE *int64 `json:"lte"`
}

func (r Range) holds(at int64) bool {
	return (r.GT == nil || at > *r.GT) && (r.GTE == nil || at >= *r.GTE) &&
		(r.LT == nil || at < *r.LT) && (r.LTE == nil || at <= *r.LTE)
}

// Page is a page of the list (WooshPay's documentation).
type Page struct {
	Object  string    `json:"object"`
	URL     string    `json:"url"`
	HasMore bool      `json:"has_more"`
	Data    []Dispute `json:"data"`
}

const (
	defaultLimit, maxLimit = 10, 100
	listPath               = "/v1/disputes/list"
)

// List returns a page of disputes, the newest first (a guess after Stripe). A cursor or limit that cannot be used is
// refused with 400.
func (b *Books) List(f Filters) (Page, error) {
	limit := defaultLimit
	if f.Limit != nil {
		limit = *f.Limit
	}
	if limit < 1 || limit > maxLimit {
		return Page{}, invalid("parameter_invalid_integer", "limit is %d, not 1 to %d", limit, maxLimit)
	}
	var chosen []Dispute
	for _, d := range b.newestFirst() {
		if f.chooses(d) {
			chosen = append(chosen, d)
		}
	}
	chosen, err := f.between(chosen)
	if err != nil {
		return Page{}, err
	}
	page := Page{Object: "list", URL: listPath, HasMore: len(chosen) > limit, Data: []Dispute{}}
	if page.HasMore && f.EndingBefore != "" {
		chosen = chosen[len(chosen)-limit:]
	}
	page.Data = append(page.Data, chosen[:min(limit, len(chosen))]...)
	return page, nil
}

func (f Filters) chooses(d Dispute) bool {
	return (f.Charge == "" || d.Charge == f.Charge) &&
		(f.PaymentIntent == "" || d.PaymentIntent == f.PaymentIntent) && f.Created.holds(d.Created)
}

func (f Filters) between(chosen []Dispute) ([]Dispute, error) {
	from, to := 0, len(chosen)
	if f.StartingAfter != "" {
		from = position(chosen, f.StartingAfter) + 1
		if from == 0 {
			return nil, invalid("resource_missing", "starting_after: no such dispute: %s", f.StartingAfter)
		}
	}
	if f.EndingBefore != "" {
		to = position(chosen, f.EndingBefore)
		if to < 0 {
			return nil, invalid("resource_missing", "ending_before: no such dispute: %s", f.EndingBefore)
		}
	}
	return chosen[from:max(from, to)], nil
}

func position(disputes []Dispute, id dispute.ID) int {
	return slices.IndexFunc(disputes, func(d Dispute) bool { return d.ID == id })
}

func (b *Books) newestFirst() []Dispute {
	all := make([]Dispute, 0, len(b.disputes))
	for _, d := range b.disputes {
		all = append(all, b.shown(d))
	}
	slices.SortFunc(all, func(x, y Dispute) int {
		return cmp.Or(cmp.Compare(y.Created, x.Created), cmp.Compare(y.ID, x.ID))
	})
	return all
}
