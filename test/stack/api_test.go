//go:build parts

package stack

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// acts are what people do, each by a route of its own.
var acts = []string{"keep", "close", "release", "pause", "resume"}

// addRoutes adds what the template's API says in its OpenAPI body.
func (s *stack) addRoutes(ctx context.Context) error {
	api := s.resources["Api"]
	if err := s.aws.AddRoute(ctx, api, "POST /webhook", s.resources["Webhook"]); err != nil {
		return err
	}
	for _, act := range acts {
		if err := s.aws.AddIAMRoute(ctx, api, "POST /operator/"+act, s.resources["Operate"]); err != nil {
			return err
		}
	}
	return nil
}

// webhookURL is where the API answers, given its host in the Host header.
func (s *stack) webhookURL() string { return s.aws.Endpoint + "/webhook" }

func (s *stack) apiHost() string { return s.aws.APIHost(s.resources["Api"]) }

// register makes the stack's API WooshPay's endpoint, as an operator does once.
func (s *stack) register(context.Context) error {
	return s.wooshpay.register(s.webhookURL(), s.apiHost())
}

// post sends a body to the API with any signature, and returns the status of the answer.
func (s *stack) post(t *testing.T, body, signature string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.webhookURL(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = s.apiHost()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Wooshpay-Signature", signature)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}
