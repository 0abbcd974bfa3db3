package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"disputecloser/internal/seedtest"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/wooshpay"
)

const testKey = "sk_test_1"

// clock is a time that only a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a sandbox on a port, and the project's own client of it.
type world struct {
	*Sandbox

	clock  *clock
	url    string
	client *wooshpay.Client
}

func newWorld(t *testing.T, o Options) world {
	t.Helper()
	c := &clock{at: start}
	o.Now = c.now
	s := New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client, err := wooshpay.New(wooshpay.Config{
		BaseURL: server.URL, Key: wooshpay.FixedKey(testKey), CloseTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return world{Sandbox: s, clock: c, url: server.URL, client: client}
}

func (w world) open(t *testing.T, d Dispute) dispute.ID {
	t.Helper()
	d, err := w.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

type reply struct {
	status int
	header http.Header
	body   string
}

// call sends a request as WooshPay wants it, and returns the answer.
func (w world) call(t *testing.T, method, path, body string, change func(*http.Request)) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(testKey, "")
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(answer)}
}

func TestTheClientClosesADispute(t *testing.T) {
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{Amount: 1500, Charge: "ch_1"})
	before, _, err := w.client.Get(t.Context(), id)
	if err != nil || before.Status != dispute.NeedsResponse || !dispute.Is(before.Amount, 1500) || before.Charge != "ch_1" {
		t.Fatalf("got %+v, %v", before, err)
	}
	closed, err := w.client.Close(t.Context(), id, soon())
	if err != nil || closed.Status != dispute.Lost {
		t.Fatalf("got %s, %v", closed.Status, err)
	}
	_, err = w.client.Close(t.Context(), id, soon())
	if fault.Of(err) != fault.Permanent {
		t.Errorf("the second close: %v", err)
	}
	if at := w.Closes()[id]; len(at) != 1 || !at[0].Equal(start) {
		t.Errorf("logged %v", at)
	}
}

// Nulls are allowed where the document's own example has them; see seedtest.Load.
func TestTheAnswerToACloseSatisfiesTheDocument(t *testing.T) {
	doc := seedtest.Load(t, seedFile)
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{Charge: "ch_1"})
	path := "/v1/disputes/" + string(id) + "/close"
	got := w.call(t, http.MethodPost, path, "", nil)
	sent := httptest.NewRequest(http.MethodPost, path, http.NoBody)
	if err := doc.CheckClosed(sent, string(id), got.status, got.header, got.body); err != nil {
		t.Error(err)
	}
	if doc.CheckClosed(sent, string(id), got.status, got.header, strings.Replace(got.body, `"lost"`, `"gone"`, 1)) == nil {
		t.Error("an unknown status passed, so the check checks nothing")
	}
	if err := doc.CheckDispute(doc.Example()); err != nil {
		t.Errorf("the document's own example: %v", err)
	}
}

func TestTheClientListsInPages(t *testing.T) {
	w := newWorld(t, Options{})
	for range 5 {
		w.open(t, Dispute{})
		w.clock.pass(time.Hour)
	}
	query := wooshpay.ListQuery{CreatedFrom: start.Add(time.Hour), Limit: 3}
	var sizes []int
	for {
		page, err := w.client.List(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Disputes))
		query.StartingAfter = page.Next
		if more, _ := page.HasMore.Get(); !more {
			break
		}
	}
	if fmt.Sprint(sizes) != "[3 1]" {
		t.Errorf("pages of %v", sizes)
	}
}

func TestTheClientReadsACharge(t *testing.T) {
	w := newWorld(t, Options{})
	w.open(t, Dispute{Amount: 1000, Charge: "ch_1"})
	for _, refunded := range []bool{false, true} {
		c, err := w.client.GetCharge(t.Context(), "ch_1")
		if err != nil || !dispute.Is(c.Refunded, refunded) {
			t.Errorf("got %+v, %v", c, err)
		}
		if _, err := w.Refund("ch_1", 1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatEveryCallNeeds(t *testing.T) {
	w := newWorld(t, Options{Keys: []string{testKey}})
	w.open(t, Dispute{ID: "dp_1"})
	tests := []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"all", nil, 200},
		{"no key", func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		{"wrong key", func(r *http.Request) { r.SetBasicAuth("sk_test_2", "") }, 401},
		{"a password", func(r *http.Request) { r.SetBasicAuth(testKey, "x") }, 401},
		{"no Accept", func(r *http.Request) { r.Header.Del("Accept") }, 400},
		{"no Content-Type", func(r *http.Request) { r.Header.Del("Content-Type") }, 400},
	}
	for _, test := range tests {
		for _, call := range []string{"GET /v1/disputes/dp_1", "GET /v1/disputes/list", "GET /v1/charges/x", "GET /v1/webhook_endpoints", "POST /v1/disputes/x/close"} {
			method, path, _ := strings.Cut(call, " ")
			got := w.call(t, method, path, "", test.change)
			want := test.want
			if want == 200 && strings.Contains(path, "x") && !strings.Contains(path, "webhook") {
				want = 404
			}
			if got.status != want {
				t.Errorf("%s with %s: got %d, want %d: %s", call, test.name, got.status, want, got.body)
			}
		}
	}
}

func TestKeysHaveTheModeAndCanBeRolled(t *testing.T) {
	live := newWorld(t, Options{Livemode: true})
	_, _, err := live.client.Get(t.Context(), live.open(t, Dispute{}))
	wantStatusOf(t, err, http.StatusUnauthorized)
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{})
	w.SetKeys("sk_test_2")
	_, _, err = w.client.Get(t.Context(), id)
	wantStatusOf(t, err, http.StatusUnauthorized)
	w.SetKeys("sk_test_2", testKey)
	if _, _, err = w.client.Get(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func wantStatusOf(t *testing.T, err error, status int) {
	t.Helper()
	var answer *wooshpay.Error
	if !errors.As(err, &answer) || answer.Status != status {
		t.Errorf("got %v, want an answer with %d", err, status)
	}
}

func TestUnknownCallsAndBodiesAreRefused(t *testing.T) {
	w := newWorld(t, Options{})
	tests := []struct {
		call, body string
		want       int
	}{
		{"POST /v1/disputes/dp_1", "", 404}, {"DELETE /v1/disputes/dp_1", "", 404}, {"GET /v1/nothing", "", 404},
		{"GET /v1/disputes/list", "{", 400}, {"GET /v1/disputes/list", `{"limit":"x"}`, 400},
		{"POST /v1/webhook_endpoints", "", 400}, {"POST /v1/webhook_endpoints", `{"url":"http://example.org","enabled_events":["*"]}`, 400},
		{"POST /v1/webhook_endpoints", `{"url":"https://example.org"}`, 400}, {"POST /v1/webhook_endpoints", `{"url":"%zz","enabled_events":["*"]}`, 400},
		{"GET /v1/disputes/list", strings.Repeat(" ", maxBody+1), 400},
	}
	for _, test := range tests {
		method, path, _ := strings.Cut(test.call, " ")
		got := w.call(t, method, path, test.body, nil)
		var envelope struct {
			Error struct{ Type, Code, Message string }
		}
		if err := json.Unmarshal([]byte(got.body), &envelope); err != nil || envelope.Error.Type != invalidRequest || envelope.Error.Code == "" {
			t.Errorf("%s: the error is %s, %v", test.call, got.body, err)
		}
		if got.status != test.want {
			t.Errorf("%s with %.20q: got %d, want %d", test.call, test.body, got.status, test.want)
		}
	}
}

// Calls at once leave every close executed once.
func TestCallsAtOnce(t *testing.T) {
	w := newWorld(t, Options{})
	id := w.open(t, Dispute{})
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, _ = w.client.Close(context.Background(), id, soon())
			_, _ = w.client.List(context.Background(), wooshpay.ListQuery{})
			_ = w.Break(Fault{Kind: Stale, Path: "/none"})
		})
	}
	wait.Wait()
	if n, calls := len(w.Closes()[id]), len(w.CloseCalls()[id]); n != 1 || calls != 20 {
		t.Errorf("executed %d of %d", n, calls)
	}
}
