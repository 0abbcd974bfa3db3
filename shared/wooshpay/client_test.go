package wooshpay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/seedtest"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

const seedFile = "../../internal/seedtest/testdata/close-a-dispute.openapi.yaml"

// recorded serves the same answer to every request, and keeps the requests.
type recorded struct {
	requests []*http.Request
	bodies   []string
}

func record(t *testing.T, answer string) (*recorded, string) {
	t.Helper()
	var rec recorded
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec.requests = append(rec.requests, r.WithContext(context.Background()))
		rec.bodies = append(rec.bodies, string(body))
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return &rec, s.URL
}

func TestCloseIsOneRequestThatTheDocumentAllows(t *testing.T) {
	doc := seedtest.Load(t, seedFile)
	rec, url := record(t, lostBody)
	d, err := newClient(t, Config{BaseURL: url}).Close(t.Context(), disputeID, soon())
	if err != nil || d.ID != disputeID || d.Status != dispute.Lost {
		t.Fatalf("got %v, %v", d, err)
	}
	if len(rec.requests) != 1 {
		t.Fatalf("sent %d requests, want exactly one", len(rec.requests))
	}
	r := rec.requests[0]
	if err := doc.CheckClose(r, "dp_1"); err != nil {
		t.Error(err)
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/disputes/dp_1/close" || rec.bodies[0] != "" || r.ContentLength != 0 {
		t.Errorf("sent %s %s with %q", r.Method, r.URL, rec.bodies[0])
	}
	wantHeaders(t, r)
}

// wantHeaders compares all headers, so that none can slip in that makes net/http resend the request.
func wantHeaders(t *testing.T, r *http.Request) {
	t.Helper()
	allowed := []string{"Accept", "Authorization", "Connection", "Content-Length", "Content-Type", "User-Agent"}
	for name := range r.Header {
		if !slices.Contains(allowed, name) {
			t.Errorf("sent the header %s", name)
		}
	}
	if r.Header.Get("Accept") != "application/json" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("sent Accept %q and Content-Type %q", r.Header.Get("Accept"), r.Header.Get("Content-Type"))
	}
	if user, password, ok := r.BasicAuth(); !ok || user != string(testAPIKey) || password != "" {
		t.Errorf("sent the authorization %q", r.Header.Get("Authorization"))
	}
	if r.Proto != "HTTP/1.1" {
		t.Errorf("spoke %s", r.Proto)
	}
}

// The check above must be able to fail.
func TestTheDocumentRefusesARequestWithoutItsHeaders(t *testing.T) {
	doc := seedtest.Load(t, seedFile)
	for _, missing := range []string{"Accept", "Content-Type", "Authorization"} {
		r := httptest.NewRequest(http.MethodPost, "/v1/disputes/dp_1/close", http.NoBody)
		setHeaders(r)
		r.SetBasicAuth(string(testAPIKey), "")
		r.Header.Del(missing)
		if doc.CheckClose(r, "dp_1") == nil {
			t.Errorf("a request without %s passed", missing)
		}
	}
}

func TestReadsCarryTheSameHeaders(t *testing.T) {
	doc := seedtest.Load(t, seedFile)
	calls := []struct {
		path, answer string
		do           func(c *Client) error
	}{
		{"/v1/disputes/dp_1", openBody, func(c *Client) error { _, _, err := c.Get(t.Context(), disputeID); return err }},
		{"/v1/charges/ch_1", `{"id":"ch_1"}`, func(c *Client) error { _, err := c.GetCharge(t.Context(), "ch_1"); return err }},
		{"/v1/disputes/list", `{"data":[]}`, func(c *Client) error { _, err := c.List(t.Context(), ListQuery{}); return err }},
	}
	for _, call := range calls {
		rec, url := record(t, call.answer)
		if err := call.do(newClient(t, Config{BaseURL: url})); err != nil {
			t.Fatalf("%s: %v", call.path, err)
		}
		r := rec.requests[0]
		if len(rec.requests) != 1 || r.Method != http.MethodGet || r.URL.Path != call.path {
			t.Errorf("%s: sent %d requests, the first %s %s", call.path, len(rec.requests), r.Method, r.URL)
		}
		if err := doc.CheckHeaders(r); err != nil {
			t.Errorf("%s: %v", call.path, err)
		}
		wantHeaders(t, r)
	}
}

func TestTheDocumentsExampleDecodes(t *testing.T) {
	example := seedtest.Load(t, seedFile).Example()
	_, url := record(t, string(example))
	d, err := newClient(t, Config{BaseURL: url}).Close(t.Context(), "dp_xxxxxxxxxxxxxxxxxx", soon())
	if err != nil {
		t.Fatal(err)
	}
	if amount, _ := d.Amount.Get(); amount != 1000 || d.Currency != "eur" || d.Status != dispute.Lost || d.DueBy.Unix() != 1671321599 {
		t.Errorf("decoded %+v", d)
	}
	if !bytes.Equal(d.Raw(), example) || !json.Valid(d.Raw()) {
		t.Error("the answer's bytes were changed")
	}
}

func TestAnIDIsOnePathElement(t *testing.T) {
	rec, url := record(t, `{"id":"dp_1/../x?y=%2F","status":"lost"}`)
	if _, err := newClient(t, Config{BaseURL: url}).Close(t.Context(), "dp_1/../x?y=%2F", soon()); err != nil {
		t.Fatal(err)
	}
	if got := rec.requests[0].URL.EscapedPath(); got != "/v1/disputes/dp_1%2F..%2Fx%3Fy=%252F/close" {
		t.Errorf("sent %s", got)
	}
}

func TestWhatIsNoIDIsNotSent(t *testing.T) {
	rec, url := record(t, lostBody)
	c := newClient(t, Config{BaseURL: url})
	for _, id := range []dispute.ID{"", ".", "..", dispute.ID(strings.Repeat("1", dispute.MaxID+1))} {
		_, err := c.Close(t.Context(), id, soon())
		if fault.Of(err) != fault.Permanent {
			t.Errorf("%.8q: got %v", id, err)
		}
	}
	if len(rec.requests) != 0 {
		t.Errorf("sent %d requests", len(rec.requests))
	}
}

// An answer about another charge does not say whether this one was refunded.
func TestAnotherChargeIsNoAnswer(t *testing.T) {
	_, url := record(t, `{"id":"ch_2","refunded":false}`)
	charge, err := newClient(t, Config{BaseURL: url}).GetCharge(t.Context(), "ch_1")
	wantClass(t, err, fault.Ambiguous)
	if charge.Refunded.IsKnown() {
		t.Errorf("got %+v", charge)
	}
}

// rotatingKey returns its keys one by one, each until it is refused.
type rotatingKey struct {
	keys []string
	err  error
	read int
}

func (k *rotatingKey) Key(context.Context) (string, error) {
	k.read++
	return k.keys[0], k.err
}

func (k *rotatingKey) Refuse(_ context.Context, key string) {
	if k.keys[0] == key {
		k.keys = k.keys[1:]
	}
}

// A secret read again after 401 is used by the next attempt, not within this one.
func TestAKeyRefusedIsReadAnewByTheNextAttempt(t *testing.T) {
	var users []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		users = append(users, user)
		if user == "sk_test_old" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, lostBody)
	}))
	t.Cleanup(s.Close)
	keys := &rotatingKey{keys: []string{"sk_test_old", "sk_test_new"}}
	c := newClient(t, Config{BaseURL: s.URL, Key: keys})
	_, err := c.Close(t.Context(), disputeID, soon())
	if fault.Of(err) != fault.Retryable || keys.read != 1 {
		t.Fatalf("got %v after reading the key %d times", err, keys.read)
	}
	if _, err = c.Close(t.Context(), disputeID, soon()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(users, []string{"sk_test_old", "sk_test_new"}) {
		t.Errorf("sent the keys %v", users)
	}
}

func TestAKeyThatCannotBeUsedIsNotSent(t *testing.T) {
	rec, url := record(t, lostBody)
	cause := errors.New("throttled")
	for _, keys := range []*rotatingKey{
		{keys: []string{""}, err: cause},
		{keys: []string{"pk_test_1"}},
		{keys: []string{"sk_test_1\n"}},
	} {
		_, err := newClient(t, Config{BaseURL: url, Key: keys}).Close(t.Context(), disputeID, soon())
		if fault.Of(err) != fault.Retryable {
			t.Errorf("%q: got %v", keys.keys[0], err)
		}
		if keys.err != nil {
			wantIs(t, err, cause)
		}
	}
	if len(rec.requests) != 0 {
		t.Errorf("sent %d requests", len(rec.requests))
	}
}

// A wrong key must not stay in use after the right one was stored.
func TestAKeyThatCannotBeUsedIsReadAnewByTheNextAttempt(t *testing.T) {
	rec, url := record(t, lostBody)
	keys := &rotatingKey{keys: []string{"pk_test_1", "sk_test_new"}}
	c := newClient(t, Config{BaseURL: url, Key: keys})
	if _, err := c.Close(t.Context(), disputeID, soon()); fault.Of(err) != fault.Retryable || keys.read != 1 {
		t.Fatalf("got %v after reading the key %d times", err, keys.read)
	}
	if _, err := c.Close(t.Context(), disputeID, soon()); err != nil || len(rec.requests) != 1 {
		t.Fatalf("%d requests, %v", len(rec.requests), err)
	}
}

func TestWarmSendsNoKeyAndOpensTheConnectionOfReads(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, r *http.Request) {
		if r.Method == http.MethodHead && r.Header.Get("Authorization") != "" {
			t.Error("the key was sent")
		}
		reply(conn, 200, "", map[bool]string{false: openBody}[r.Method == http.MethodHead])
	})
	c := newClient(t, Config{BaseURL: p.url})
	if err := c.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Get(t.Context(), disputeID); err != nil {
		t.Fatal(err)
	}
	if n := p.accepted.Load(); n != 1 {
		t.Errorf("opened %d connections, want the warm one to be used", n)
	}
}

func TestNewNamesEveryBadSetting(t *testing.T) {
	_, err := New(Config{BaseURL: "https://api.example.com", CloseTimeout: -1})
	for _, part := range []string{"not WooshPay", "source of the API key", "negative"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not name %q", err, part)
		}
	}
}
