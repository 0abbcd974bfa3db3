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

// Endpoint is where WooshPay delivers events. Its secret is no part of it, so that whoever prints an endpoint does
// not print a secret.
type Endpoint struct {
	ID, URL string
	// Events are the types delivered; "*" is every type.
	Events []string
	// Status is enabled or disabled (WooshPay's documentation), or empty if it was not told.
	Status   string
	Livemode dispute.Maybe[bool]
}

// Hears tells whether events of a type are delivered to the endpoint.
func (e Endpoint) Hears(kind string) bool {
	return slices.Contains(e.Events, kind) || slices.Contains(e.Events, "*")
}

// Enabled tells whether events are delivered to the endpoint at all, as they are where WooshPay does not say.
func (e Endpoint) Enabled() bool { return e.Status == "" || e.Status == "enabled" }

// CreateEndpoint registers an endpoint with one request that nothing repeats, and returns it with its signing secret,
// which WooshPay never shows again (POST /v1/webhook_endpoints). An error of class Retryable or Permanent means that
// there is no new endpoint; any other that there may be one, whose secret is lost.
func (c *Client) CreateEndpoint(ctx context.Context, address, description string, events []string) (Endpoint, string, error) {
	wanted, err := json.Marshal(map[string]any{"url": address, "description": description, "enabled_events": events})
	if err != nil {
		panic(err) // Texts always marshal.
	}
	got, err := c.send(ctx, c.closes, c.closeTimeout, call{method: http.MethodPost, path: "/v1/webhook_endpoints", body: wanted, limit: maxObject})
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("create webhook endpoint: %w", err)
	}
	var wire wireEndpoint
	if err := json.Unmarshal(got.body, &wire); err != nil {
		return Endpoint{}, "", fmt.Errorf("create webhook endpoint: %w", unreadable(err))
	}
	if wire.ID == "" || wire.Secret == "" {
		return wire.endpoint(), "", fmt.Errorf("create webhook endpoint: %w", unreadable(errors.New("without id or secret")))
	}
	return wire.endpoint(), wire.Secret, nil
}

// ListEndpoints returns all endpoints of the account and mode (GET /v1/webhook_endpoints, WooshPay's documentation).
// It returns ErrEndpointsUnavailable, or an error that means a failed look.
func (c *Client) ListEndpoints(ctx context.Context) ([]Endpoint, error) {
	var all []Endpoint
	after := ""
	for range maxEndpointPages {
		page, more, err := c.endpointPage(ctx, after)
		if err != nil {
			return nil, fmt.Errorf("list webhook endpoints: %w", err)
		}
		all = append(all, page...)
		if !more {
			return all, nil
		}
		if len(page) == 0 || page[len(page)-1].ID == after {
			break
		}
		after = page[len(page)-1].ID
	}
	return nil, fmt.Errorf("list webhook endpoints: %w", unreadable(errors.New("the list does not end")))
}

func (c *Client) endpointPage(ctx context.Context, after string) (page []Endpoint, more bool, err error) {
	query := url.Values{"limit": {strconv.Itoa(maxPage)}}
	if after != "" {
		query.Set("starting_after", after)
	}
	got, err := c.read(ctx, call{method: http.MethodGet, path: "/v1/webhook_endpoints?" + query.Encode(), limit: maxList})
	if after == "" && notOffered(err) {
		err = fmt.Errorf("%w: %w", ErrEndpointsUnavailable, err)
	}
	if err != nil {
		return nil, false, err
	}
	var wire struct {
		HasMore bool            `json:"has_more"`
		Data    json.RawMessage `json:"data"` // null is taken for an empty list
	}
	if err := json.Unmarshal(got.body, &wire); err != nil {
		return nil, false, unreadable(err)
	}
	if wire.Data == nil {
		return nil, false, unreadable(errNoData)
	}
	var data []wireEndpoint
	if err := json.Unmarshal(wire.Data, &data); err != nil {
		return nil, false, unreadable(err)
	}
	for _, w := range data {
		page = append(page, w.endpoint())
	}
	return page, wire.HasMore, nil
}

// wireEndpoint is an endpoint as WooshPay writes it.
type wireEndpoint struct {
	ID       string   `json:"id"`
	URL      string   `json:"url"`
	Events   []string `json:"enabled_events"`
	Status   string   `json:"status"`
	Livemode *bool    `json:"livemode"`
	Secret   string   `json:"secret"`
}

func (w wireEndpoint) endpoint() Endpoint {
	e := Endpoint{ID: w.ID, URL: w.URL, Events: w.Events, Status: w.Status}
	if w.Livemode != nil {
		e.Livemode = dispute.Known(*w.Livemode)
	}
	return e
}
