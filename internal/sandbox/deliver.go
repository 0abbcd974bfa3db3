package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"disputecloser/shared/wooshpay"
)

const (
	deliveryTimeout = 10 * time.Second
	// maxReply bounds in bytes what is read of an endpoint's reply, so that the connection can be used again.
	maxReply = 64 << 10
)

func deliveryClient() *http.Client {
	return &http.Client{
		Timeout:       deliveryTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Sent is one attempt at a delivery.
type Sent struct {
	Event    string `json:"event"`
	Type     string `json:"type"`
	Endpoint string `json:"endpoint"`
	// Status is the endpoint's HTTP status, zero if there was no answer.
	Status int `json:"status"`
	// Err is why there was none.
	Err error `json:"-"`
}

// Acknowledged reports whether the endpoint answered with a 2xx.
func (s Sent) Acknowledged() bool { return s.Status/100 == 2 }

// Deliver makes every attempt that is due, one after the other, and returns them. What is not acknowledged is tried
// again when its next attempt is due by the sandbox's clock.
func (s *Sandbox) Deliver(ctx context.Context) []Sent {
	var due []Delivery
	s.With(func(b *Books, now time.Time) { due = b.Due(now) })
	var all []Sent
	for _, d := range due {
		if ctx.Err() != nil {
			break
		}
		sent := s.post(ctx, d)
		s.With(func(b *Books, now time.Time) { b.Tried(d.ID, sent.Acknowledged(), now) })
		all = append(all, sent)
	}
	return all
}

// Redeliver sends one event once more to every endpoint, whatever became of it before. Nothing is sent for an event
// that does not exist.
func (s *Sandbox) Redeliver(ctx context.Context, eventID string) []Sent {
	var again []Delivery
	s.With(func(b *Books, _ time.Time) { again = b.again(eventID) })
	var all []Sent
	for _, d := range again {
		all = append(all, s.post(ctx, d))
	}
	return all
}

// post signs at the time of the attempt: whether WooshPay's later attempts carry a fresh instant is unknown.
func (s *Sandbox) post(ctx context.Context, d Delivery) Sent {
	sent := Sent{Event: d.Event.ID, Type: d.Event.Type, Endpoint: d.Endpoint}
	var address, secret string
	var at time.Time
	s.With(func(b *Books, now time.Time) {
		address, secret = b.secret(d.Endpoint)
		at = now
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(d.Event.Body))
	if err != nil {
		sent.Err = fmt.Errorf("deliver event %s: %w", d.Event.ID, err)
		return sent
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(wooshpay.SignatureHeader, wooshpay.Sign(secret, at, d.Event.Body))
	resp, err := s.http.Do(req)
	if err != nil {
		sent.Err = fmt.Errorf("deliver event %s: %w", d.Event.ID, err)
		return sent
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxReply))
	sent.Status = resp.StatusCode
	return sent
}
