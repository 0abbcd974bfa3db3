//go:build parts

package stack

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"disputecloser/internal/sandbox"
)

const apiKey = "sk_test_stack"

// A provider is the WooshPay that the stack talks to: the sandbox on a loopback port.
type provider struct {
	*sandbox.Sandbox
	url    string
	secret string // of the endpoint, once the stack is registered

	server  *httptest.Server
	apiHost string
	sending sync.Mutex
}

func startProvider() *provider {
	p := &provider{}
	p.Sandbox = sandbox.New(sandbox.Options{Keys: []string{apiKey}, HTTP: &http.Client{Transport: p}})
	p.server = httptest.NewServer(p.Sandbox)
	p.url = p.server.URL
	return p
}

func (p *provider) stop() { p.server.Close() }

// register makes the API the endpoint of the events that announce disputes; those about our own closes would
// hide whether the schedules work. On AWS the host finds the API; here every API answers at one address, and the
// Host header tells them apart.
func (p *provider) register(address, apiHost string) error {
	p.apiHost = apiHost
	endpoint, err := p.Register(address, "charge.dispute.created")
	if err != nil {
		return fmt.Errorf("register the webhook: %w", err)
	}
	p.secret = endpoint.Secret
	return nil
}

// RoundTrip carries the sandbox's deliveries to the API.
func (p *provider) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Host = p.apiHost
	return http.DefaultTransport.RoundTrip(req)
}

// open opens a dispute and delivers the event about it, signed, over HTTP, until it is acknowledged.
func (p *provider) open(t *testing.T, d sandbox.Dispute) {
	t.Helper()
	if _, err := p.Open(d); err != nil {
		t.Fatal(err)
	}
	p.deliver(t.Context(), t)
}

// deliver sends what is due, one test at a time: a second one would send the same once more.
func (p *provider) deliver(ctx context.Context, t *testing.T) {
	t.Helper()
	p.sending.Lock()
	defer p.sending.Unlock()
	for _, sent := range p.Deliver(ctx) {
		if !sent.Acknowledged() {
			t.Errorf("event %s (%s): status %d, %v", sent.Event, sent.Type, sent.Status, sent.Err)
		}
	}
}
