package sandbox

import (
	"slices"
	"time"
)

// Delivery is the attempt to bring one event to one endpoint.
type Delivery struct {
	// ID counts deliveries from 0.
	ID       int
	Event    Event
	Endpoint string
	// Tries counts attempts, Done is set by a 2xx, NextAt is zero when there is no next attempt.
	Tries  int
	Done   bool
	NextAt time.Time
}

// WooshPay documents up to 18 tries in 72 hours with exponential back-off. The steps are a guess that keeps to both.
const (
	maxTries  = 18
	firstWait = 10 * time.Second
	maxWait   = 11 * time.Hour
)

func waitAfter(tries int) time.Duration {
	return min(firstWait<<(tries-1), maxWait)
}

// Due returns the deliveries whose next attempt is due, in the order of their events.
func (b *Books) Due(now time.Time) []Delivery {
	var due []Delivery
	for _, d := range b.deliveries {
		if !d.NextAt.IsZero() && !d.NextAt.After(now) {
			due = append(due, d)
		}
	}
	return due
}

// Tried records an attempt at a delivery: whether it was acknowledged with a 2xx. If not, the next one is planned,
// until all are spent. An id that Due never returned is ignored.
func (b *Books) Tried(deliveryID int, acknowledged bool, now time.Time) {
	if deliveryID < 0 || deliveryID >= len(b.deliveries) {
		return
	}
	d := &b.deliveries[deliveryID]
	d.Tries++
	d.Done = d.Done || acknowledged
	d.NextAt = time.Time{}
	if !d.Done && d.Tries < maxTries {
		d.NextAt = now.Add(waitAfter(d.Tries))
	}
}

// Deliveries returns every delivery as it stands.
func (b *Books) Deliveries() []Delivery { return slices.Clone(b.deliveries) }

// secret returns an endpoint's address and secret.
func (b *Books) secret(endpointID string) (address, secret string) {
	for _, e := range b.endpoints {
		if e.ID == endpointID {
			return e.URL, e.Secret
		}
	}
	return "", ""
}

// again returns deliveries of one event to every endpoint; they stand beside those planned.
func (b *Books) again(eventID string) []Delivery {
	i := slices.IndexFunc(b.events, func(e Event) bool { return e.ID == eventID })
	if i < 0 {
		return nil
	}
	var all []Delivery
	for _, e := range b.endpoints {
		all = append(all, Delivery{ID: -1, Event: b.events[i], Endpoint: e.ID})
	}
	return all
}
