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

// maxEndpointPages bounds a list of endpoints: a thousand are far more than any account has.
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

// Endpoint is where WooshPay delivers events. Its secret is not part of it, so that printing an endpoint prints no secret.
// What WooshPay does not say, or says in a form that is not understood, is empty or unknown.
type Endpoint struct {
	ID, URL string
	// Events are the types delivered; "*" is every type. It is nil if unknown.
	Events []string
	// Status is enabled or disabled (WooshPay's documentation).
	Status   string
	Livemode dispute.Maybe[bool]
}

// Hears reports whether events of a type are known to be delivered to the endpoint.
func (e Endpoint) Hears(kind string) bool {
	return slices.Contains(e.Events, kind) || slices.Contains(e.Events, "*")
}

// Enabled reports whether events are delivered to the endpoint at all, as they are where WooshPay does not say.
func (e Endpoint) Enabled() bool { return e.Status == "" || strings.EqualFold(e.Status, "enabled") }

// EndpointList is what WooshPay's list of endpoints holds.
type EndpointList struct {
	Endpoints []Endpoint
	// Unreadable counts entries that are not objects, or have neither an id nor a URL.
	Unreadable int
}

// CreateEndpoint registers an endpoint with one request that nothing repeats, and returns it with its signing secret,
// which WooshPay never shows again (POST /v1/webhook_endpoints). If there is a secret, there is no error, whatever else the
// answer lacks. An error of class Retryable or Permanent means that there is no new endpoint; any other that there may be
// one, whose secret is lost, and which has the returned ID if that is not empty.
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

// ListEndpoints returns all endpoints of the account and mode (GET /v1/webhook_endpoints, WooshPay's documentation), each
// once. It returns ErrEndpointsUnavailable, or an error that means a failed look; beside the latter, those that were read.
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

// add adds what a page holds. Where a page repeats, its endpoints are not registered twice.
func (l *EndpointList) add(page EndpointList) {
	for _, e := range page.Endpoints {
		isSame := func(other Endpoint) bool { return e.ID != "" && other.ID == e.ID }
		if !slices.ContainsFunc(l.Endpoints, isSame) {
			l.Endpoints = append(l.Endpoints, e)
		}
	}
	l.Unreadable += page.Unreadable
}

// lastID is where the next page begins; empty if no entry has an id.
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
	var entries []json.RawMessage // null is taken for an empty list
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

// eventsOf reads the types of events from a list, of which other entries than texts are passed over, or from one text with
// commas.
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
