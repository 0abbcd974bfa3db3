package wooshpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"disputecloser/shared/dispute"
)

// maxEndpointPages bounds the list of endpoints to a thousand, far more than any account has.
const maxEndpointPages = 10

// ErrEndpointsUnavailable means that WooshPay does not offer its list of webhook endpoints (404 or 405).
var ErrEndpointsUnavailable = errors.New("the list of webhook endpoints is not available")

// DisputeEvents returns the types of events whose object is a dispute (WooshPay's documentation).
func DisputeEvents() []string {
	return []string{
		"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
		"charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
	}
}

// Endpoint is a webhook endpoint, to which WooshPay delivers events. It does not hold the endpoint's secret, so that
// printing an endpoint prints no secret. What WooshPay does not say, or says in an unknown form, is empty or unknown.
type Endpoint struct {
	ID, URL string
	// Events are the types that are delivered; "*" is every type. It is nil if unknown.
	Events []string
	// Status is enabled or disabled (WooshPay's documentation).
	Status   string
	Livemode dispute.Maybe[bool]
}

// Hears reports whether events of a type are known to be delivered to the endpoint.
func (e Endpoint) Hears(kind string) bool {
	return slices.Contains(e.Events, kind) || slices.Contains(e.Events, "*")
}

// Enabled reports whether the endpoint receives events. It is true if WooshPay does not say.
func (e Endpoint) Enabled() bool { return e.Status == "" || strings.EqualFold(e.Status, "enabled") }

// EndpointList is WooshPay's list of endpoints.
type EndpointList struct {
	Endpoints []Endpoint
	// Unreadable counts the entries that are not objects, or have neither an id nor a URL.
	Unreadable int
}

// CreateEndpoint registers an endpoint with one request that nothing repeats (POST /v1/webhook_endpoints), and returns it
// with its signing secret, which WooshPay never shows again. If the answer has a secret, the error is nil, whatever else
// the answer lacks.
//
// An error of class Retryable or Permanent means that no endpoint was created. Any other means that one may exist whose
// secret is lost; its ID is the returned one, if that is not empty.
func (c *Client) CreateEndpoint(ctx context.Context, address, description string, events []string) (Endpoint, string, error) {
	wanted, err := json.Marshal(map[string]any{"url": address, "description": description, "enabled_events": events})
	if err != nil {
		panic(err) // Texts always marshal.
	}
	got, err := c.send(ctx, c.closes, c.closeTimeout, call{method: http.MethodPost, path: "/v1/webhook_endpoints", body: wanted, limit: maxObject})
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("create webhook endpoint: %w", err)
	}
	o, err := dispute.ParseObject(got.body)
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("create webhook endpoint: %w", unreadable(err))
	}
	secret := o.Text("secret")
	if secret == "" {
		return endpointOf(o), "", fmt.Errorf("create webhook endpoint: %w", unreadable(errors.New("it has no secret")))
	}
	return endpointOf(o), secret, nil
}

// ListEndpoints returns all endpoints of the account and mode, each once (GET /v1/webhook_endpoints, WooshPay's
// documentation). The error is ErrEndpointsUnavailable, or a failed look; the latter comes with the endpoints that were read.
func (c *Client) ListEndpoints(ctx context.Context) (EndpointList, error) {
	var list EndpointList
	after := ""
	for range maxEndpointPages {
		page, more, err := c.endpointPage(ctx, after)
		list.add(page)
		if err != nil {
			return list, fmt.Errorf("list webhook endpoints: %w", err)
		}
		if !more {
			return list, nil
		}
		last := page.lastID()
		if last == "" || last == after {
			break
		}
		after = last
	}
	return list, fmt.Errorf("list webhook endpoints: %w", unreadable(errors.New("the list does not end")))
}

// add adds a page, without the endpoints that the list already holds.
func (l *EndpointList) add(page EndpointList) {
	for _, e := range page.Endpoints {
		isSame := func(other Endpoint) bool { return e.ID != "" && other.ID == e.ID }
		if !slices.ContainsFunc(l.Endpoints, isSame) {
			l.Endpoints = append(l.Endpoints, e)
		}
	}
	l.Unreadable += page.Unreadable
}

// lastID returns the last id of the list, after which the next page begins; empty if no entry has an id.
func (l EndpointList) lastID() string {
	for _, e := range slices.Backward(l.Endpoints) {
		if e.ID != "" {
			return e.ID
		}
	}
	return ""
}

func (c *Client) endpointPage(ctx context.Context, after string) (page EndpointList, more bool, err error) {
	query := url.Values{"limit": {strconv.Itoa(maxPage)}}
	if after != "" {
		query.Set("starting_after", after)
	}
	got, err := c.read(ctx, call{method: http.MethodGet, path: "/v1/webhook_endpoints?" + query.Encode(), limit: maxList})
	if after == "" && notOffered(err) {
		err = fmt.Errorf("%w: %w", ErrEndpointsUnavailable, err)
	}
	if err != nil {
		return page, false, err
	}
	o, err := dispute.ParseObject(got.body)
	if err != nil {
		return page, false, unreadable(err)
	}
	if o.Raw("data") == nil {
		return page, false, unreadable(errNoData)
	}
	var entries []json.RawMessage // null counts as an empty list
	if err := json.Unmarshal(o.Raw("data"), &entries); err != nil {
		return page, false, unreadable(err)
	}
	for _, entry := range entries {
		o, err := dispute.ParseObject(entry)
		if e := endpointOf(o); err == nil && (e.ID != "" || e.URL != "") {
			page.Endpoints = append(page.Endpoints, e)
		} else {
			page.Unreadable++
		}
	}
	return page, dispute.Is(o.Bool("has_more"), true), nil
}

func endpointOf(o dispute.Object) Endpoint {
	return Endpoint{
		ID: o.ID("id"), URL: o.Text("url"), Events: eventsOf(o), Status: o.Text("status"), Livemode: o.Bool("livemode"),
	}
}

// eventsOf reads the types of events from a list, or from one text with commas. It skips entries that are not texts.
func eventsOf(o dispute.Object) []string {
	if text := o.Text("enabled_events"); text != "" {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	var entries []any
	if json.Unmarshal(o.Raw("enabled_events"), &entries) != nil || entries == nil {
		return nil
	}
	events := []string{}
	for _, entry := range entries {
		if text, ok := entry.(string); ok {
			events = append(events, text)
		}
	}
	return events
}
