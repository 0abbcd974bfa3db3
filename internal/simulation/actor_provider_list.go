package simulation

import (
	"context"
	"strconv"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// listPort is WooshPay's list as one actor reaches it.
type listPort struct{ a *actor }

var _ closing.DisputeList = listPort{}

const listPage = 3

// List returns disputes three at a time, as they stand or as they stood earlier.
func (port listPort) List(_ context.Context, _ time.Time, cursor string) (closing.Page, error) {
	a := port.a
	if !a.w.hasList {
		return closing.Page{}, closing.ErrListUnavailable
	}
	c := a.halfCall()
	if _, yes := a.w.happens(c, listFails); yes || !a.authorised() {
		return closing.Page{}, errUnavailable
	}
	from, _ := strconv.Atoi(cursor)
	var page closing.Page
	for i := from; i < min(from+listPage, len(a.w.subjects)); i++ {
		if a.w.now < a.w.subjects[i].hiddenUntil {
			continue
		}
		page.Disputes = append(page.Disputes, port.entry(a.w.subjects[i], c.of(uint64(i))).dispute())
	}
	page.More = dispute.Known(from+listPage < len(a.w.subjects))
	page.Next = strconv.Itoa(from + listPage)
	a.halfCall()
	return page, nil
}

func (port listPort) entry(subj *subject, c chance) *facts {
	if stale, yes := port.a.w.happens(c, listStale); yes {
		return subj.past[stale.below(len(subj.past))].facts
	}
	subj.announced = true
	return subj.facts()
}
