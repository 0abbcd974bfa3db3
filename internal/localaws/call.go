package localaws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Call makes one signed POST to a service for which a whole client module would serve a few calls, and returns the
// answer's body. The header may be nil.
func (m *MiniStack) Call(ctx context.Context, service, path string, header map[string]string, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Endpoint+path, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", service, err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	who, err := m.Config().Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", service, err)
	}
	hash := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, who, req, hex.EncodeToString(hash[:]), service, Region, time.Now()); err != nil {
		return nil, fmt.Errorf("call %s: %w", service, err)
	}
	answer, err := answerOf(req)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", service, err)
	}
	return answer, nil
}

func answerOf(req *http.Request) ([]byte, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s: %s: %s", req.URL.Path, res.Status, bytes.TrimSpace(answer))
	}
	return answer, nil
}

// AddRoute lets an HTTP API start a function, given by its name, on a route such as "POST /webhook". SAM writes the
// API's routes as an OpenAPI body, which MiniStack does not import.
func (m *MiniStack) AddRoute(ctx context.Context, api, route, function string) error {
	return m.addRoute(ctx, api, route, function, "NONE")
}

// AddIAMRoute is AddRoute for a route that starts the function only for callers whose IAM policies allow it.
func (m *MiniStack) AddIAMRoute(ctx context.Context, api, route, function string) error {
	return m.addRoute(ctx, api, route, function, "AWS_IAM")
}

func (m *MiniStack) addRoute(ctx context.Context, api, route, function, authorization string) error {
	integration, err := m.addToAPI(ctx, api, "integrations", map[string]string{
		"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationMethod": "POST",
		"integrationUri": "arn:aws:lambda:" + Region + ":" + account + ":function:" + function,
	})
	if err == nil {
		_, err = m.addToAPI(ctx, api, "routes", map[string]string{
			"routeKey": route, "authorizationType": authorization, "target": fmt.Sprintf("integrations/%v", integration["integrationId"]),
		})
	}
	return err
}

func (m *MiniStack) addToAPI(ctx context.Context, api, kind string, in map[string]string) (map[string]any, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	answer, err := m.Call(ctx, "apigateway", "/v2/apis/"+api+"/"+kind, map[string]string{"Content-Type": "application/json"}, string(body))
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(answer, &out)
}

// APIHost is the Host header by which an HTTP API is found, for all of them answer at one address.
func (m *MiniStack) APIHost(api string) string {
	return fmt.Sprintf("%s.execute-api.localhost:%d", api, m.Port)
}
