package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"disputecloser/shared/policy"
)

// folder holds the executable, built as for Lambda, and the compiled policy beside it.
var folder string

func TestMain(m *testing.M) {
	os.Exit(withExecutable(m.Run))
}

func withExecutable(run func() int) int {
	var err error
	if folder, err = os.MkdirTemp("", "bootstrap"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(folder, "bootstrap"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the executable:", err)
		return 1
	}
	if err := os.WriteFile(filepath.Join(folder, "policy.json"), compiledPolicy(), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

func shadowDocument() policy.Document {
	return policy.Document{
		Environment: policy.EnvironmentTest, Mode: policy.Shadow, Budget: policy.Budgets{Failures: 1},
		Rules: []policy.Rule{{Name: "all", Then: policy.Keep, If: policy.Conditions{Status: &policy.Words{In: []string{"needs_response"}}}}},
	}
}

func compiledPolicy() []byte {
	compiled, err := policy.Encode(shadowDocument())
	if err != nil {
		panic(err)
	}
	return compiled
}

// cloud is the outside world of the executable: AWS and WooshPay.
type cloud struct {
	aws, wooshpay *httptest.Server
	secrets       map[string]string // by id; never changed
	mu            sync.Mutex
	calls         []string // "GetItem", "HEAD /", …
	listedFrom    time.Time
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{secrets: map[string]string{
		"key": "sk_test_0123456789", "live": "sk_live_0123456789", "public": "pk_test_0123456789",
		"signing": `{"signing_secret":"whsec_0123456789abcdef"}`, "empty": "",
		"quoted": `"whsec_0123456789abcdef"`, "quoted-key": `"sk_test_0123456789"`,
	}}
	c.aws = httptest.NewServer(http.HandlerFunc(c.serveAWS))
	c.wooshpay = httptest.NewServer(http.HandlerFunc(c.serveWooshPay))
	t.Cleanup(c.aws.Close)
	t.Cleanup(c.wooshpay.Close)
	return c
}

func (c *cloud) note(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
}

// taken returns the calls since the last time.
func (c *cloud) taken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := strings.Join(c.calls, ", ")
	c.calls = nil
	return calls
}

// serveAWS serves an empty table and some secrets.
func (c *cloud) serveAWS(w http.ResponseWriter, r *http.Request) {
	operation := operationOf(r)
	c.note(operation)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation {
	case "GetSecretValue":
		c.serveSecret(w, r)
	case "Publish":
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
	case "DescribeAlarms":
		w.Header().Set("Content-Type", "application/cbor")
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		_, _ = w.Write([]byte{0xa0}) // an empty map
	case "Query":
		_, _ = io.WriteString(w, `{"Items":[],"Count":0,"ScannedCount":0}`)
	default:
		_, _ = io.WriteString(w, `{}`)
	}
}

// operationOf returns the operation that a request is for, in each of the protocols that the SDK speaks: by a header, by the
// last part of the path, or in a form.
func operationOf(r *http.Request) string {
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return operation
	}
	if strings.Contains(r.URL.Path, "/operation/") {
		return path.Base(r.URL.Path)
	}
	return r.FormValue("Action")
}

func (c *cloud) serveSecret(w http.ResponseWriter, r *http.Request) {
	var in struct{ SecretId, VersionStage string } //nolint:revive // the wire's own names
	_ = json.NewDecoder(r.Body).Decode(&in)
	value, ok := c.secrets[in.SecretId]
	if !ok || in.VersionStage != "AWSCURRENT" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ResourceNotFoundException","message":"Secrets Manager can't find the specified secret value"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"Name": in.SecretId, "SecretString": value})
}

// serveWooshPay serves an empty list of disputes.
func (c *cloud) serveWooshPay(w http.ResponseWriter, r *http.Request) {
	user, _, _ := r.BasicAuth()
	c.note(strings.TrimSpace(r.Method + " " + r.URL.Path + " " + user))
	var filter struct{ Created struct{ Gte int64 } }
	if json.NewDecoder(r.Body).Decode(&filter) == nil {
		c.mu.Lock()
		c.listedFrom = time.Unix(filter.Created.Gte, 0)
		c.mu.Unlock()
	}
	_, _ = io.WriteString(w, `{"object":"list","data":[],"has_more":false}`)
}

// environment returns the variables that Lambda and the template set.
func (c *cloud) environment(handler string) map[string]string {
	return map[string]string{
		"_HANDLER": handler, "AWS_LAMBDA_LOG_FORMAT": "JSON",
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_ENDPOINT_URL_DYNAMODB": c.aws.URL, "AWS_ENDPOINT_URL_SECRETS_MANAGER": c.aws.URL, "AWS_ENDPOINT_URL_SNS": c.aws.URL, "AWS_ENDPOINT_URL_CLOUDWATCH": c.aws.URL,
		"ALARM_TOPIC": "arn:aws:sns:eu-west-1:123456789012:alarms", "STACK": "closer-test",
		"TABLE": "disputes", "TABLE_MARK": "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes/stream/2026-03-01T08:00:00.000", "WOOSHPAY_URL": c.wooshpay.URL, "API_KEY_SECRET": "key", "SIGNING_SECRET": "signing",
	}
}
