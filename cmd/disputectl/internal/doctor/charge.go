package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// charge reads a real charge as the closer does before each close, and compares what WooshPay says of it with what the
// deployed policy needs.
func (p Target) charge(ctx context.Context) Finding {
	client, err := p.provider(ctx)
	if err != nil {
		return keyless(err)
	}
	id, err := p.newestCharge(ctx, client)
	if err != nil {
		return p.refused(err)
	}
	if id == "" {
		return warn("run doctor again when there is one", "no dispute is known that names a charge: whether WooshPay says that a charge was refunded was not tried")
	}
	c, err := client.GetCharge(ctx, id)
	if err != nil && fault.Of(err) != fault.Permanent {
		return p.refused(err)
	}
	d, policyErr := p.document()
	unavailable := policyErr == nil && d.Refunds == policy.RefundsUnavailable
	switch {
	case err == nil && c.Refunded.IsKnown():
		return said(id, unavailable)
	case err != nil:
		return silent(fmt.Sprintf("%s: %s", id, err), unavailable)
	default:
		return silent(id+" is answered, and the answer does not say", unavailable)
	}
}

// said is the finding where WooshPay says whether a charge was refunded.
func said(id string, unavailable bool) Finding {
	const text = "WooshPay says of %s whether it was refunded: `refunds: required` fits"
	if unavailable {
		return warn("take it out of the policy, and deploy again", text+", and the deployed policy says unavailable", id)
	}
	return ok(text, id)
}

// silent is the finding where WooshPay does not say it. One charge shows it of the account only as a rule.
func silent(what string, unavailable bool) Finding {
	const text = "WooshPay does not say whether a charge was refunded (%s): `refunds: unavailable` fits"
	if unavailable {
		return ok(text+", as in the deployed policy", what)
	}
	return warn("see docs/policy.md, Refunds: without it every close waits for a person; with it, refunded charges are conceded, too", text, what)
}

// newestCharge returns the charge of the newest dispute that names one, of WooshPay's list or of the table; empty if there
// is none. Its error is WooshPay's, and means that the list was not read and the table knows none either.
func (p Target) newestCharge(ctx context.Context, client *wooshpay.Client) (string, error) {
	page, listErr := client.List(ctx, wooshpay.ListQuery{})
	disputes := append(page.Disputes, p.tabled(ctx)...)
	disputes = slices.DeleteFunc(disputes, func(d dispute.Dispute) bool { return d.Charge == "" })
	switch {
	case len(disputes) > 0:
		newest := slices.MaxFunc(disputes, func(a, b dispute.Dispute) int { return a.Created.Compare(b.Created) })
		return newest.Charge, nil
	case errors.Is(listErr, wooshpay.ErrListUnavailable):
		return "", nil
	}
	return "", listErr
}

// tabled returns disputes of unfinished cases, as far as the table can be read: other checks say what is wrong with it.
func (p Target) tabled(ctx context.Context) []dispute.Dispute {
	l, err := p.Ledger(ctx)
	if err != nil {
		return nil
	}
	cases, _, _ := l.Cases(ctx, 100, "")
	var disputes []dispute.Dispute
	for _, c := range cases {
		disputes = append(disputes, c.Dispute)
	}
	return disputes
}
