package doctor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

// genuine sends a signed event that is about no dispute: it must be accepted, and nothing is stored.
func (p Target) genuine(ctx context.Context) Finding {
	stored, err := p.signing(ctx)
	if errors.Is(err, secrets.ErrMissing) {
		return unknown("store the signing secret first", "there is no secret to sign with")
	}
	if err != nil {
		return unseen(err)
	}
	answer, f := p.send(ctx, delivery.Other, stored[0])
	if answer.Status == 0 {
		return f
	}
	switch answer.Status {
	case http.StatusOK:
		return ok("answered 200 in %d ms", answer.Took.Milliseconds())
	case http.StatusUnauthorized:
		return fail("wait five minutes if the secret is new, then look at the clocks below and at the webhook's log", "answered 401: the webhook does not take the stored secret")
	}
	return broken(answer.Status)
}

// broken is the finding for an answer that a working webhook gives to no event.
func broken(status int) Finding {
	switch {
	case status == http.StatusNotFound:
		return fail("check the address (--url), and deploy again", "answered 404: there is no webhook at this address")
	case status >= http.StatusInternalServerError:
		return fail("look at the webhook's log: without its secret, for one, it does not start", "answered %d: the webhook does not work", status)
	default:
		return fail("look at the webhook's log", "answered %d", status)
	}
}

// forged sends an event that is signed with a secret nobody has.
func (p Target) forged(ctx context.Context) Finding {
	answer, f := p.send(ctx, delivery.Forged, "")
	switch {
	case answer.Status == 0:
		return f
	case answer.Status == http.StatusUnauthorized:
		return ok("answered 401 in %d ms", answer.Took.Milliseconds())
	case answer.Status/100 == 2:
		return fail("stop the deployment: anybody can send events", "answered %d: it was accepted", answer.Status)
	default:
		return broken(answer.Status)
	}
}

// send sends a test event. A status of zero comes with the finding that says why.
func (p Target) send(ctx context.Context, kind delivery.Kind, secret string) (delivery.Answer, Finding) {
	address, err := p.webhookURL()
	if err != nil {
		return delivery.Answer{}, unseen(err)
	}
	m, _ := wooshpay.ModeOf(p.wooshPayURL())
	now := p.Now()
	event := delivery.New(kind, delivery.Subject{Dispute: "dp_disputectl_doctor", Currency: "usd", Livemode: m == wooshpay.LiveMode, At: now})
	answer, err := delivery.Send(ctx, p.HTTP, address, event.Body, event.Signature(secret, now))
	if err != nil {
		return delivery.Answer{}, unknown("check the address (--url) and the network", "%s", err)
	}
	return answer, Finding{}
}

// Clocks that differ by less do no harm; from the second on, genuine events are refused (webhook.MaxLead).
const (
	skewNoticed = 30 * time.Second
	skewRefused = 5 * time.Minute
)

// clocks compares this machine's clock, which signs test events, WooshPay's, which signs events, and that of the
// webhook's API, which stands for the functions'.
func (p Target) clocks(ctx context.Context) Finding {
	address, err := p.webhookURL()
	if err != nil {
		return unseen(err)
	}
	ahead := map[string]time.Duration{}
	for name, place := range map[string]string{"WooshPay": p.wooshPayURL(), "AWS": address} {
		if ahead[name], err = p.ahead(ctx, place); err != nil {
			return unknown("check the network", "%s: %s", name, err)
		}
	}
	apart := (ahead["WooshPay"] - ahead["AWS"]).Abs()
	mine := max(ahead["WooshPay"].Abs(), ahead["AWS"].Abs())
	switch {
	case apart >= skewRefused:
		return fail("tell WooshPay: signatures from the future are refused", "WooshPay's clock and AWS's are %s apart", apart)
	case mine >= skewNoticed:
		return warn("set this machine's clock; it signs the test events", "this machine's clock is wrong by %s", mine)
	}
	return ok("this machine, WooshPay and AWS agree within %s", max(mine, time.Second))
}

// ahead returns how far a server's clock is ahead of this machine's, to the second.
func (p Target) ahead(ctx context.Context, address string) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return 0, err
	}
	resp, err := p.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	_ = resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0, errors.New("its answer has no date")
	}
	return at.Sub(p.Now().Truncate(time.Second)), nil
}
