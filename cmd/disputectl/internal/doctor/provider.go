package doctor

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/dispute"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// accepted has WooshPay answer a read with the stored key.
func (p Target) accepted(ctx context.Context) Finding {
	client, err := p.provider(ctx)
	if err != nil {
		return keyless(err)
	}
	_, err = client.List(ctx, wooshpay.ListQuery{Limit: 1})
	if errors.Is(err, wooshpay.ErrListUnavailable) {
		return warn("nothing to do here: without the list, reconcile finds no dispute that no webhook announced", "it answers, and does not offer its list of disputes")
	}
	if err != nil {
		return p.refused(err)
	}
	return ok("it accepts the key and lists disputes")
}

// keyless is the finding if there is no key to ask WooshPay with; another finding says why.
func keyless(err error) Finding {
	if errors.Is(err, secrets.ErrMissing) || errors.Is(err, errUnfit) {
		return unknown("store the right API key first", "there is no key to ask with")
	}
	return unknown(deployment.Advice(err), "%s", err)
}

// refused is the finding for a read of WooshPay that failed.
func (p Target) refused(err error) Finding {
	e := new(wooshpay.Error)
	switch {
	case errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden):
		return fail("store the account's key: disputectl secret set api-key --stack "+p.Stack.Name, "it refuses the key: %s", err)
	case e.Status != 0:
		return unknown("try again; if it lasts, ask WooshPay", "%s", err)
	default:
		return unknown("check the network and WooshPay's status", "%s", err)
	}
}

// endpoint checks that the webhook is registered once, for the right events, and enabled, and that no second stack seems
// to work the same account.
func (p Target) endpoint(ctx context.Context) Finding {
	const look = "look at the endpoints in WooshPay's dashboard"
	create := "disputectl webhook create --stack " + p.Stack.Name
	address, err := p.webhookURL()
	if err != nil {
		return unseen(err)
	}
	client, err := p.provider(ctx)
	if err != nil {
		return keyless(err)
	}
	list, err := client.ListEndpoints(ctx)
	if errors.Is(err, wooshpay.ErrEndpointsUnavailable) {
		return unknown(look, "WooshPay does not offer its list of endpoints")
	}
	if err != nil {
		return p.refused(err)
	}
	var ours, others []wooshpay.Endpoint
	for _, e := range list.Endpoints {
		if delivery.Same(e.URL, address) {
			ours = append(ours, e)
		} else if e.Enabled() && e.Hears("charge.dispute.created") {
			others = append(others, e)
		}
	}
	switch {
	case len(ours) == 0 && list.Unreadable > 0:
		return unknown(look, "%d of WooshPay's endpoints cannot be read, and none of the others is %s", list.Unreadable, address)
	case len(ours) == 0:
		return fail("register it: "+create, "WooshPay has no endpoint %s", address)
	case len(ours) == 1:
		f := p.registered(ours[0], others)
		if f.Result == OK && list.Unreadable > 0 {
			return warn(look, "%s; %d more cannot be read", f.Detail, list.Unreadable)
		}
		return f
	default:
		return fail("delete all but the one whose secret is stored, in WooshPay's dashboard", "it is registered %d times, and every event comes as often: %s", len(ours), ids(ours))
	}
}

// registered is the finding for the one endpoint of the webhook, beside others that hear of disputes.
func (p Target) registered(e wooshpay.Endpoint, others []wooshpay.Endpoint) Finding {
	if !e.Enabled() {
		return fail("enable it in WooshPay's dashboard", "%s is %s", e.ID, e.Status)
	}
	baseURL := p.wooshPayURL()
	if m, err := wooshpay.ModeOf(baseURL); err == nil && m != wooshpay.LocalMode && dispute.Is(e.Livemode, m != wooshpay.LiveMode) {
		return fail("register it with the account's other mode", "%s is of the other mode than %s", e.ID, baseURL)
	}
	if e.Events == nil {
		return warn("see in WooshPay's dashboard that it gets every charge.dispute event", "%s, registered once; WooshPay does not say for which events", e.ID)
	}
	var missing []string
	for _, kind := range wooshpay.DisputeEvents() {
		if !e.Hears(kind) {
			missing = append(missing, kind)
		}
	}
	if len(missing) > 0 {
		return fail("add them to the endpoint in WooshPay's dashboard", "%s does not get %s", e.ID, strings.Join(missing, ", "))
	}
	if len(others) > 0 {
		return warn("make sure that it is not a second stack: two stacks on one account do not know each other's closes and budgets",
			"%s, registered once; %s (%s) is told of new disputes, too", e.ID, others[0].ID, others[0].URL)
	}
	return ok("%s, registered once, for every event about disputes", e.ID)
}

func ids(endpoints []wooshpay.Endpoint) string {
	var list []string
	for _, e := range endpoints {
		list = append(list, e.ID)
	}
	return strings.Join(list, ", ")
}
