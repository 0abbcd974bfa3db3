//go:build parts

package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// addRoute adds what the template's API says in its OpenAPI body, which MiniStack does not import. The alias is
// the one that the body names.
func (s *stack) addRoute(ctx context.Context) error {
	integration, err := s.apiCall(ctx, "integrations", map[string]any{
		"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationMethod": "POST",
		"integrationUri": s.resources["WebhookAliaslive"],
	})
	if err != nil {
		return err
	}
	_, err = s.apiCall(ctx, "routes", map[string]any{
		"routeKey": "POST /webhook", "target": fmt.Sprintf("integrations/%v", integration["integrationId"]),
	})
	return err
}

func (s *stack) apiCall(ctx context.Context, kind string, in map[string]any) (map[string]any, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	answer, err := s.raw(ctx, "apigateway", "/v2/apis/"+s.resources["Api"]+"/"+kind,
		map[string]string{"Content-Type": "application/json"}, string(body))
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(answer, &out)
}

// webhookURL is where the API answers, given its host in the Host header.
func (s *stack) webhookURL() string { return s.aws.Endpoint + "/webhook" }

func (s *stack) apiHost() string {
	return fmt.Sprintf("%s.execute-api.localhost:%d", s.resources["Api"], s.aws.Port)
}

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
