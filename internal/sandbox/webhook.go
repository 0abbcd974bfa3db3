package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/url"
	"slices"
	"time"
)

// Types of events about disputes (WooshPay's documentation).
const (
	typeCreated = "charge.dispute.created"
	typeUpdated = "charge.dispute.updated"
	typeClosed  = "charge.dispute.closed"
)

// Endpoint is where events are delivered.
type Endpoint struct {
	ID            string   `json:"id"`
	Object        string   `json:"object"`
	URL           string   `json:"url"`
	EnabledEvents []string `json:"enabled_events"`
	Description   string   `json:"description"`
	Livemode      bool     `json:"livemode"`
	Status        string   `json:"status"`
	Created       int64    `json:"created"` // seconds
	// Secret is the signing secret. It is shown only at creation.
	Secret string `json:"secret,omitempty"`
}

// Register adds an endpoint and returns it with its secret, which nothing shows again. The URL must be https, or
// http with a loopback address. Registering one URL twice delivers every event twice, as WooshPay does.
func (b *Books) Register(address string, types []string, description string, now time.Time) (Endpoint, error) {
	if !deliverable(address) {
		return Endpoint{}, invalid("url_invalid", "the url must be https, or http on a loopback address")
	}
	if len(types) == 0 {
		return Endpoint{}, invalid("parameter_missing", "enabled_events is empty")
	}
	e := Endpoint{
		ID: b.nextID("we"), Object: "webhook_endpoint", URL: address, EnabledEvents: slices.Clone(types),
		Description: description, Livemode: b.Livemode, Status: "enabled", Created: now.Unix(),
	}
	e.Secret = secretOf(e.ID)
	b.endpoints = append(b.endpoints, e)
	return e, nil
}

func deliverable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// secretOf is not a secret: it depends only on the text, so that a run can be repeated.
func secretOf(text string) string {
	sum := sha256.Sum256([]byte("sandbox " + text))
	return "whsec_" + hex.EncodeToString(sum[:16])
}

// RotateSecret gives an endpoint another secret, which signs from now on, and returns it.
func (b *Books) RotateSecret(endpointID string) (string, error) {
	i := slices.IndexFunc(b.endpoints, func(e Endpoint) bool { return e.ID == endpointID })
	if i < 0 {
		return "", missing("webhook endpoint", endpointID)
	}
	b.endpoints[i].Secret = secretOf(b.endpoints[i].Secret)
	return b.endpoints[i].Secret, nil
}

// Endpoints returns the endpoints without their secrets, in the order of their registration.
func (b *Books) Endpoints() []Endpoint {
	shown := slices.Clone(b.endpoints)
	for i := range shown {
		shown[i].Secret = ""
	}
	return shown
}

// Event is news as it is delivered.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	// At is when it happened.
	At time.Time `json:"at"`
	// Body is the webhook's body: the same bytes at every delivery.
	Body json.RawMessage `json:"body"`
}

// Events returns everything announced so far, the oldest first, whether anybody listened or not.
func (b *Books) Events() []Event { return slices.Clone(b.events) }

func (b *Books) announce(kind string, object any, now time.Time) {
	e := Event{ID: b.nextID("evt"), Type: kind, At: now}
	body, err := json.Marshal(map[string]any{
		"id": e.ID, "object": "event", "type": kind, "created": b.stamp(now), "livemode": b.Livemode,
		"api_version": "2022-09-01", "data": map[string]any{"object": object}, "request": nil,
		"pending_webhooks": len(b.endpoints),
	})
	if err != nil {
		panic(err) // Only the books' own values are announced.
	}
	e.Body = body
	b.events = append(b.events, e)
	for _, endpoint := range b.endpoints {
		if slices.Contains(endpoint.EnabledEvents, kind) || slices.Contains(endpoint.EnabledEvents, "*") {
			b.deliveries = append(b.deliveries, Delivery{ID: len(b.deliveries), Event: e, Endpoint: endpoint.ID, NextAt: now})
		}
	}
}

func (b *Books) stamp(at time.Time) int64 {
	if b.MsEvents {
		return at.UnixMilli()
	}
	return at.Unix()
}
