package localapi_test

import (
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

	"github.com/google/go-cmp/cmp"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/functions/operate"
	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

var _ access.Ledger = (*localapi.Client)(nil)

const token = "a token"

// run is a local run over a ledger.
type run struct {
	*httptest.Server
	ledger *memory.Ledger
	client *localapi.Client
}

func start(t *testing.T) run {
	t.Helper()
	l := memory.New()
	log := slog.New(slog.DiscardHandler)
	door := localapi.Server{
		Ledger: l, Who: "ada", Token: token,
		Operate: &operate.Handler{Ledger: l, Acts: l, Now: time.Now, Meter: metrics.New(io.Discard, "local", time.Now), Log: log},
	}
	mux := http.NewServeMux()
	mux.Handle(localapi.Prefix, door.Handler())
	mux.HandleFunc("/sandbox/closes", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "closes") })
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = localapi.Guard(s.Listener.Addr().String(), mux)
	s.Start()
	t.Cleanup(s.Close)
	return run{s, l, &localapi.Client{Run: localapi.Run{URL: s.URL, Token: token}, HTTP: s.Client()}}
}

// TestACaseArrivesAsItIs: a field that is added to the case, and that JSON would lose, fails here.
func TestACaseArrivesAsItIs(t *testing.T) {
	r := start(t)
	c := ledgertest.Filled(t)
	if _, err := r.ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	want, err := r.ledger.Load(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.client.Load(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	same := []cmp.Option{cmp.AllowUnexported(dispute.Maybe[time.Duration]{}, dispute.Maybe[bool]{}, dispute.Maybe[int64]{}, dispute.Dispute{})}
	if diff := cmp.Diff(want, got, same...); diff != "" {
		t.Errorf("the case changed on its way (-stored +read):\n%s", diff)
	}
	page, next, err := r.client.Cases(t.Context(), 10, "")
	if err != nil || next != "" || len(page) != 1 {
		t.Fatalf("%d cases, %q, %v", len(page), next, err)
	}
	if diff := cmp.Diff(want, page[0], same...); diff != "" {
		t.Errorf("the listed case changed on its way (-stored +read):\n%s", diff)
	}
	all, err := r.client.LoadAll(t.Context(), []dispute.ID{c.ID, "dp_other"})
	if err != nil || len(all) != 1 || cmp.Diff(want, all[c.ID], same...) != "" {
		t.Errorf("%d cases, %v", len(all), err)
	}
}

// TestWhatElseIsReadArrivesAsItIs.
func TestWhatElseIsReadArrivesAsItIs(t *testing.T) {
	r := start(t)
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	on := closing.Control{Switch: closing.On, Who: "ada", Why: "a look", At: at}
	if err := r.ledger.SetControl(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	tally := closing.Tally{Day: "2026-03-02", Currency: "usd", Closes: 2, Amount: 900, Failures: 1}
	ended := closing.Case{ID: "dp_1", State: closing.Closed, EndedAt: at.Add(time.Hour), Proof: closing.Answered}
	if _, err := r.ledger.Save(t.Context(), ended, tally); err != nil {
		t.Fatal(err)
	}
	due := closing.Case{ID: "dp_2", State: closing.Open, DueAt: at}
	if _, err := r.ledger.Save(t.Context(), due, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	mark := closing.Mark{Cursor: "dp_9", From: at, Newest: at, At: at}
	if err := r.ledger.SetMark(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	control, err := r.client.Control(t.Context())
	expect(t, "control", control, on, err)
	spent, err := r.client.Spent(t.Context(), tally.Day, "usd")
	expect(t, "spent", spent, tally, err)
	got, err := r.client.Mark(t.Context())
	expect(t, "mark", got, mark, err)
	entries, _, err := r.client.Due(t.Context(), at, 10, "")
	expect(t, "due", entries, []closing.Due{{ID: "dp_2", At: at}}, err)

	want, next, err := r.ledger.Lines(t.Context(), tally.Day, 1, "")
	if err != nil || next == "" || len(want) != 1 {
		t.Fatalf("%d lines, %q, %v", len(want), next, err)
	}
	lines, cursor, err := r.client.Lines(t.Context(), tally.Day, 1, "")
	expect(t, "lines", lines, want, err)
	want, _, err = r.ledger.Lines(t.Context(), tally.Day, 1, next)
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err = r.client.Lines(t.Context(), tally.Day, 1, cursor)
	expect(t, "more lines", lines, want, err)
}

func expect[T any](t *testing.T, what string, got, want T, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s: %v\n%s", what, err, diff)
	}
}

// TestWhatALocalRunSaysNoTo.
func TestWhatALocalRunSaysNoTo(t *testing.T) {
	r := start(t)
	if _, err := r.client.Load(t.Context(), "dp_9"); !errors.Is(err, closing.ErrNotFound) {
		t.Errorf("no such case: %v", err)
	}
	_, save := r.client.Save(t.Context(), closing.Case{ID: "dp_1"}, closing.Tally{})
	_, claim := r.client.Claim(t.Context(), closing.Case{ID: "dp_1"}, closing.Bid{})
	_, act := r.client.Act(t.Context(), closing.Case{ID: "dp_1"}, closing.Line{})
	for name, err := range map[string]error{
		"save": save, "claim": claim, "act": act, "control": r.client.SetControl(t.Context(), closing.Control{}), "mark": r.client.SetMark(t.Context(), closing.Mark{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "stores its cases itself: nothing was stored") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := r.client.Lines(t.Context(), "2026-03-02", 0, ""); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("an error of the ledger: %v", err)
	}
	r.client.Token = "another"
	fails(t, r.client, "answered 401: the token is missing or another run's")
	r.Close()
	fails(t, r.client, "does not answer as one")
}

func fails(t *testing.T, c *localapi.Client, want string) {
	t.Helper()
	_, err := c.Control(t.Context())
	f := new(cli.ExitError)
	if !errors.As(err, &f) || f.Code != cli.Unreachable || !strings.Contains(f.What, want) || f.Next != "start one in another terminal: disputectl local" {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestNoWebPageGetsIn: each is a request that a page could have a browser send.
func TestNoWebPageGetsIn(t *testing.T) {
	r := start(t)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	for _, c := range []struct {
		name, method, path, host string
		headers                  map[string]string
		status                   int
	}{
		{"a page's name that leads here", http.MethodGet, "/sandbox/closes", "evil.example" + port, nil, http.StatusMisdirectedRequest},
		{"the same, and it knows the token", http.MethodPost, "/local/read", "evil.example", map[string]string{"Authorization": "Bearer " + token}, http.StatusMisdirectedRequest},
		{"a form of another site", http.MethodPost, "/sandbox/closes", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		{"an older browser's form", http.MethodPost, "/sandbox/closes", "", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		{"another port's page", http.MethodPost, "/local/operator/close", "", map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		{"no token", http.MethodPost, "/local/read", "", nil, http.StatusUnauthorized},
		{"a wrong token", http.MethodPost, "/local/operator/pause", "", map[string]string{"Authorization": "Bearer a tokem"}, http.StatusUnauthorized},
		{"a token of another kind", http.MethodPost, "/local/operator/pause", "", map[string]string{"Authorization": token}, http.StatusUnauthorized},
		{"whether it may ask", http.MethodOptions, "/local/read", "", map[string]string{"Origin": "https://evil.example"}, http.StatusUnauthorized},
		{"a person's curl", http.MethodPost, "/sandbox/closes", "localhost" + port, nil, http.StatusOK},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, r.URL+c.path, strings.NewReader(`{"what":"control"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = c.host
		for name, value := range c.headers {
			req.Header.Set(name, value)
		}
		resp, err := r.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.status || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: answered %d, want %d; %v", c.name, resp.StatusCode, c.status, resp.Header)
		}
	}
}

// TestOnlyItsUserFindsARun, and a run takes back only its own word.
func TestOnlyItsUserFindsARun(t *testing.T) {
	dir := t.TempDir()
	getenv := func(name string) string { return map[string]string{"XDG_RUNTIME_DIR": dir}[name] }
	if _, err := localapi.Find(getenv, nil); err == nil || !strings.Contains(err.Error(), "there is no local run of yours on this machine") {
		t.Errorf("without a run: %v", err)
	}
	first, second := localapi.Run{URL: "http://127.0.0.1:1", Token: "a"}, localapi.Run{URL: "http://127.0.0.1:2", Token: "b"}
	withdrawFirst, err := localapi.Announce(getenv, first)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "disputectl", "local.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	withdrawSecond, err := localapi.Announce(getenv, second)
	if err != nil {
		t.Fatal(err)
	}
	withdrawFirst()
	if c, err := localapi.Find(getenv, nil); err != nil || c.Run != second {
		t.Errorf("found %+v, %v", c, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := localapi.Find(getenv, nil); err == nil || !strings.Contains(err.Error(), "others than its user may read or write it") {
		t.Errorf("a file for everybody: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	withdrawSecond()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
