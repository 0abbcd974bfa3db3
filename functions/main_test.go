package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/reconcile"
	"disputecloser/shared/wooshpay"
)

func eventFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// signedNow signs an API Gateway event as it would arrive.
func signedNow(t *testing.T, name string) []byte {
	t.Helper()
	var req events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(eventFile(t, name), &req); err != nil {
		t.Fatal(err)
	}
	req.Headers["wooshpay-signature"] = wooshpay.Sign("whsec_0123456789abcdef", time.Now(), []byte(req.Body))
	signed, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func wantStatus(t *testing.T, a answer, status int) {
	t.Helper()
	var got events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.failed {
		t.Fatalf("answered %+v, %v", a, err)
	}
	if got.StatusCode != status || got.Body != "" {
		t.Errorf("answered %d %q, want %d and nothing", got.StatusCode, got.Body, status)
	}
}

func wantCalls(t *testing.T, c *cloud, want string) {
	t.Helper()
	if got := c.taken(); got != want {
		t.Errorf("called %q, want %q", got, want)
	}
}

// wantOutput waits until the output of the process contains the parts.
func wantOutput(t *testing.T, p *process, parts ...string) {
	t.Helper()
	for _, part := range parts {
		for end := time.Now().Add(patience); !strings.Contains(p.output.String(), part); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the output has no %q: %s", part, p.output)
			}
		}
	}
}

func TestWebhook(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("webhook"))
	wantStatus(t, p.invoke(t, eventFile(t, "forged")), http.StatusUnauthorized)
	opened := c.taken()
	if strings.Count(opened, "GetItem") != 1 || strings.Count(opened, "GetSecretValue") != 2 || strings.Count(opened, ",") != 2 {
		t.Errorf("before the first event and for a forged one: %s; want a read to warm the connection, and both versions of the secret", opened)
	}
	wantStatus(t, p.invoke(t, signedNow(t, "dispute-created")), http.StatusOK)
	wantCalls(t, c, "GetItem, UpdateItem")
	wantStatus(t, p.invoke(t, signedNow(t, "other-kind")), http.StatusOK)
	wantCalls(t, c, "")
	c.aws.CloseClientConnections()
	c.aws.Close()
	wantStatus(t, p.invoke(t, signedNow(t, "dispute-created")), http.StatusServiceUnavailable)
	wantOutput(t, p, `{"Forged":1,"Table":"disputes",`, `{"Ignored":1,`, `"message":"news learned","dispute":"dp_1497123612345438208"`,
		`"level":"ERROR","message":"event not stored"`, `"requestId":"request-1"`)
}

func TestCloser(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("closer"))
	if got := p.invoke(t, eventFile(t, "stream-armed")); got != (answer{body: `{"batchItemFailures":[]}`}) {
		t.Errorf("answered %+v", got)
	}
	calls := c.taken()
	for _, call := range []string{"GetSecretValue", "HEAD /", "GetItem"} {
		if !strings.Contains(calls, call) {
			t.Errorf("called %q, want %s among it", calls, call)
		}
	}
	if strings.Contains(calls, "HEAD / sk_") {
		t.Error("the key is sent to open a connection")
	}
	wantOutput(t, p, `"level":"ERROR","message":"case not worked"`)
}

func TestSweep(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("sweep"))
	if got := p.invoke(t, eventFile(t, "schedule-sweep")); got != (answer{body: `{"due":0,"armed":0,"oldest_seconds":0,"unread":0,"cut":false}`}) {
		t.Errorf("answered %+v", got)
	}
	wantOutput(t, p, `{"Due":0,`, `{"OldestDueSeconds":0,`, `"message":"swept"`)
}

func TestReconcile(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("reconcile"))
	if got := p.invoke(t, eventFile(t, "schedule-reconcile")); got.failed || !strings.HasPrefix(got.body, `{"listed":0,`) {
		t.Errorf("answered %+v", got)
	}
	if calls := c.taken(); !strings.Contains(calls, "GET /v1/disputes/list sk_test_0123456789") {
		t.Errorf("called %q", calls)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if back := time.Since(c.listedFrom); back < reconcile.Span || back > reconcile.Span+time.Minute {
		t.Errorf("listed disputes of the last %s, want %s", back, reconcile.Span)
	}
	wantOutput(t, p, `"message":"reconciled","listed":0`)
}

// A digest reads the switch, the due index and one day of the journal, and the alarms; it writes one mail.
func TestDigest(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("digest"))
	got := p.invoke(t, eventFile(t, "schedule-digest"))
	if got.failed || !strings.HasPrefix(got.body, `{"subject":"closer-test, `) || !strings.HasSuffix(got.body, `closing is off"}`) {
		t.Errorf("answered %+v", got)
	}
	calls := c.taken()
	if !strings.HasSuffix(calls, "Query, Query, DescribeAlarms, Publish") || strings.Count(calls, "GetItem") != 2 {
		t.Errorf("called %q", calls)
	}
	wantOutput(t, p, `{"Digests":1,`, `"message":"digest sent"`)
	c.aws.CloseClientConnections()
	c.aws.Close()
	if got := p.invoke(t, eventFile(t, "schedule-digest")); !got.failed || !strings.Contains(got.body, "digest: read control") {
		t.Errorf("answered %+v", got)
	}
}

// A person's act costs one read of the case and one write; the fake table is empty, so that the case is unknown.
func TestOperate(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("operate"))
	wantAnswer(t, p.invoke(t, eventFile(t, "operate-keep")), http.StatusNotFound, `{"stored":false,"who":"arn:aws:sts::123456789012:assumed-role/DisputeOperators/ada@example.com","code":"no_case"`)
	wantCalls(t, c, "GetItem, GetItem")
	wantAnswer(t, p.invoke(t, eventFile(t, "operate-pause")), http.StatusOK, `{"stored":true,`)
	wantCalls(t, c, "TransactWriteItems")
	wantAnswer(t, p.invoke(t, eventFile(t, "dispute-created")), http.StatusForbidden, `{"stored":false,"code":"no_identity"`)
	wantCalls(t, c, "")
	c.aws.CloseClientConnections()
	c.aws.Close()
	wantAnswer(t, p.invoke(t, eventFile(t, "operate-keep")), http.StatusServiceUnavailable, `"code":"unavailable"`)
	wantOutput(t, p, `{"Act":"pause","Acts":1,"Table":"disputes",`, `"message":"operated","who":"arn:aws:sts::`,
		`"level":"ERROR","message":"operated"`, `"requestId":"request-1"`)
}

func wantAnswer(t *testing.T, a answer, status int, part string) {
	t.Helper()
	var got events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.failed {
		t.Fatalf("answered %+v, %v", a, err)
	}
	if got.StatusCode != status || !strings.Contains(got.Body, part) {
		t.Errorf("answered %d %s, want %d and %s", got.StatusCode, got.Body, status, part)
	}
}

// A handler's error fails the invocation, so that the on-failure destination gets it. The process goes on.
func TestAFailedSweepIsAFailedInvocation(t *testing.T) {
	c := newCloud(t)
	p := run(t, c.environment("sweep"))
	p.invoke(t, eventFile(t, "schedule-sweep"))
	c.aws.CloseClientConnections()
	c.aws.Close()
	if got := p.invoke(t, eventFile(t, "schedule-sweep")); !got.failed || !strings.Contains(got.body, "sweep: list due cases") {
		t.Errorf("answered %+v", got)
	}
	wantOutput(t, p, `"level":"ERROR","message":"sweep incomplete"`)
}

// A connection that cannot be opened in advance is left to the first invocation.
func TestAFunctionStartsWithoutItsTable(t *testing.T) {
	c := newCloud(t)
	env := c.environment("sweep")
	c.aws.Close()
	p := run(t, env)
	if got := p.invoke(t, eventFile(t, "schedule-sweep")); !got.failed {
		t.Errorf("answered %+v", got)
	}
	wantOutput(t, p, `"level":"WARN","message":"connection not opened in advance","to":"DynamoDB"`, "`make local-aws` starts what `sam local` needs")
}

// Without what `sam local` needs, a function that reads a secret cannot start.
func TestWithoutLocalAWSTheFaultSaysWhatToDo(t *testing.T) {
	c := newCloud(t)
	env := c.environment("webhook")
	c.aws.Close()
	run(t, env).wantFaults(t, "connection refused: nothing listens there; `make local-aws` starts what `sam local` needs")
}

// nowhere is a proxy that refuses every connection: no test calls WooshPay.
const nowhere = "http://127.0.0.1:1"

func TestColdStartNamesEveryFault(t *testing.T) {
	tests := map[string]struct {
		handler string
		change  map[string]string
		want    []string
	}{
		"no handler":           {"", nil, []string{"_HANDLER"}},
		"unknown handler":      {"webhooks", nil, []string{`"webhooks": it must be webhook, closer, sweep, reconcile, digest or operate`}},
		"webhook, no settings": {"webhook", map[string]string{"TABLE": "", "WOOSHPAY_URL": "", "SIGNING_SECRET": ""}, []string{"TABLE", "WOOSHPAY_URL", "SIGNING_SECRET"}},
		"sweep, no settings":   {"sweep", map[string]string{"TABLE": "", "AWS_REGION": ""}, []string{"TABLE", "AWS_REGION"}},
		"operate, no settings": {"operate", map[string]string{"TABLE": "", "AWS_REGION": ""}, []string{"TABLE", "AWS_REGION"}},
		"closer, bad settings": {
			"closer",
			map[string]string{"TABLE": "", "TABLE_MARK": "", "WOOSHPAY_URL": "http://example.com", "API_KEY_SECRET": "a b", "POLICY_FILE": "nowhere.json"},
			[]string{"TABLE is missing", "TABLE_MARK is missing", "WOOSHPAY_URL", "API_KEY_SECRET is not"},
		},
		"closer, no policy, no secret": {
			"closer",
			map[string]string{"API_KEY_SECRET": "nowhere", "POLICY_FILE": "nowhere.json"},
			[]string{"nowhere.json: no such file", "read secret nowhere: not stored"},
		},
		"digest, no settings":         {"digest", map[string]string{"ALARM_TOPIC": "", "STACK": ""}, []string{"ALARM_TOPIC is missing", "STACK is missing"}},
		"digest, no policy":           {"digest", map[string]string{"POLICY_FILE": "nowhere.json"}, []string{"nowhere.json: no such file"}},
		"closer, uncompiled policy":   {"closer", map[string]string{"POLICY_FILE": "main.go"}, []string{"disputectl policy compile"}},
		"closer, live key, test host": {"closer", map[string]string{"WOOSHPAY_URL": wooshpay.TestURL, "API_KEY_SECRET": "live", "HTTPS_PROXY": nowhere}, []string{"the API key is a live key"}},
		"webhook, empty secret":       {"webhook", map[string]string{"SIGNING_SECRET": "empty"}, []string{"read secret empty: not stored: it is empty"}},
		"webhook, quoted secret":      {"webhook", map[string]string{"SIGNING_SECRET": "quoted"}, []string{"read secret quoted: what is stored cannot be used: the signing secret begins with a quotation mark"}},
		"closer, quoted key":          {"closer", map[string]string{"API_KEY_SECRET": "quoted-key"}, []string{"read secret quoted-key: what is stored cannot be used: the API key begins with a quotation mark"}},
		"reconcile, public key":       {"reconcile", map[string]string{"API_KEY_SECRET": "public"}, []string{"the API key is the public one"}},
		"reconcile, no secret":        {"reconcile", map[string]string{"API_KEY_SECRET": "nowhere"}, []string{"read secret nowhere: not stored"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			env := c.environment(test.handler)
			for name, value := range test.change {
				env[name] = value
			}
			p := run(t, env)
			p.wantFaults(t, test.want...)
			for _, secret := range c.secrets {
				if secret != "" && strings.Contains(p.output.String(), secret) {
					t.Errorf("the output holds a secret: %s", p.output)
				}
			}
			if calls := c.taken(); strings.Contains(calls, "UpdateItem") || strings.Contains(calls, "/v1/") {
				t.Errorf("a function that does not start called %s", calls)
			}
		})
	}
}

// A secret in the output or in the report would reach whoever reads logs or invokes the function.
func TestAReportHoldsNoSecret(t *testing.T) {
	const pasted = "sk_live_51Habcdefghijklmnop"
	var said []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said = append(said, string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	env := newCloud(t).environment("closer")
	env["API_KEY_SECRET"] = pasted
	_, fault := start(t.Context(), func(name string) string { return env[name] }, io.Discard, slog.New(slog.DiscardHandler))
	if fault == nil {
		t.Fatal("it starts")
	}
	if err := reportInitFault(t.Context(), strings.TrimPrefix(server.URL, "http://"), fault); err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || strings.Contains(said[0], pasted) || !strings.Contains(said[0], "API_KEY_SECRET holds a key itself") {
		t.Errorf("it reported %q", said)
	}
}

// A fault that cannot be reported is logged twice, and the process ends all the same.
func TestAFaultThatCannotBeReported(t *testing.T) {
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not now", http.StatusForbidden)
	}))
	t.Cleanup(busy.Close)
	for address, want := range map[string]string{
		"": "", strings.TrimPrefix(busy.URL, "http://"): "403 Forbidden: not now", "127.0.0.1:1": "refused",
	} {
		err := reportInitFault(t.Context(), address, errors.New("TABLE is missing"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}

// A function with a bad setting calls nobody: half a configuration may point to the wrong place.
func TestBadSettingsCallNobody(t *testing.T) {
	c := newCloud(t)
	env := c.environment("closer")
	env["TABLE"] = "a b"
	run(t, env).wantFaults(t, "TABLE is not")
	wantCalls(t, c, "")
}
