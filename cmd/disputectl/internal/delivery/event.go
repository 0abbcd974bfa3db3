// Package delivery makes test events and sends them to a webhook's address, signed as WooshPay signs.
package delivery

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// Kind is what a test event is about.
type Kind string

// The kinds.
const (
	Created   Kind = "created"
	Updated   Kind = "updated"
	Closed    Kind = "closed"
	Duplicate Kind = "duplicate" // one event of kind created, twice
	Forged    Kind = "forged"    // signed with a secret that nobody has
	Other     Kind = "other"     // about no dispute, so that it is ignored
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Created, Updated, Closed, Duplicate, Forged, Other} }

// Subject is what a test event is about.
type Subject struct {
	Dispute dispute.ID
	// Amount is in the currency's minor unit.
	Amount   int64
	Currency string
	Livemode bool
	At       time.Time
}

// What distinguishes test events from WooshPay's in the webhook's log.
const (
	// EventPrefix begins the ids of all test events.
	EventPrefix = "evt_disputectl_"
	// SentDispute is the dispute that test events are about unless another is named: one for all of them, so that they leave
	// one case.
	SentDispute = "dp_sent_by_disputectl"
)

// dueIn is how long a test event's dispute may be answered (seen at WooshPay: 19 days).
const dueIn = 19 * 24 * time.Hour

// Event is a test event.
type Event struct {
	ID, Type string
	Body     []byte
	// Secret is what signs it in place of the endpoint's secret; empty for a genuine event.
	Secret string
	// Want is the status that a working webhook answers, and Times how often it is sent.
	Want, Times int
	// LeavesCase is set if a webhook that accepts the event stores a case.
	LeavesCase bool
}

// New makes a test event.
func New(kind Kind, s Subject) Event {
	e := Event{ID: EventPrefix + strings.ToLower(rand.Text()), Type: "charge.dispute.created", Want: http.StatusOK, Times: 1, LeavesCase: kind != Other}
	object := s.dispute(dispute.NeedsResponse)
	switch kind {
	case Updated:
		e.Type = "charge.dispute.updated"
	case Closed:
		e.Type, object = "charge.dispute.closed", s.dispute(dispute.Lost)
	case Duplicate:
		e.Times = 2
	case Forged:
		e.Secret, e.Want = rand.Text(), http.StatusUnauthorized
	case Other:
		e.Type = "payment_intent.succeeded"
		object = map[string]any{"id": "pi_disputectl", "object": "payment_intent", "amount": s.Amount, "currency": s.Currency, "status": "succeeded"}
	case Created:
	}
	body, err := json.Marshal(map[string]any{
		"id": e.ID, "object": "event", "type": e.Type, "created": s.At.UnixMilli(), "livemode": s.Livemode,
		"api_version": "v1", "data": map[string]any{"object": object}, "pending_webhooks": 1, "request": nil,
	})
	if err != nil {
		panic(err) // Texts and numbers always marshal.
	}
	e.Body = body
	return e
}

func (s Subject) dispute(status dispute.Status) map[string]any {
	return map[string]any{
		"id": s.Dispute, "object": "dispute", "amount": s.Amount, "currency": s.Currency, "status": status,
		"created": s.At.Unix(), "livemode": s.Livemode, "charge": nil, "payment_intent": nil, "evidence": nil,
		"evidence_details":   map[string]any{"due_by": s.At.Add(dueIn).Unix(), "has_evidence": false, "past_due": false, "submission_count": 0},
		"reason_description": "sent by disputectl", "metadata": map[string]any{},
	}
}

// Signature returns the header that signs the event at an instant.
func (e Event) Signature(secret string, at time.Time) string {
	if e.Secret != "" {
		secret = e.Secret
	}
	return wooshpay.Sign(secret, at, e.Body)
}
