package delivery

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

var at = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestEventsAreAsTheWebhookReadsThem(t *testing.T) {
	for _, kind := range Kinds() {
		e := New(kind, Subject{Dispute: "dp_1", Amount: 1200, Currency: "usd", Livemode: true, At: at})
		event, err := dispute.ParseEvent(e.Body)
		if err != nil || event.ID != e.ID || !dispute.Is(event.Livemode, true) || !event.Created.Equal(at) {
			t.Errorf("%s: %+v, %v", kind, event, err)
		}
		if event.AboutDispute() != (kind != Other) {
			t.Errorf("%s is of type %s", kind, event.Type)
		}
		if kind == Other {
			continue
		}
		d, err := event.Dispute()
		status := dispute.NeedsResponse
		if kind == Closed {
			status = dispute.Lost
		}
		if err != nil || d.ID != "dp_1" || d.Status != status || !dispute.Is(d.Amount, 1200) || !dispute.Is(d.Livemode, true) {
			t.Errorf("%s: %+v, %v", kind, d, err)
		}
	}
}

func TestOnlyTheForgedEventIsRefused(t *testing.T) {
	for _, kind := range Kinds() {
		e := New(kind, Subject{At: at})
		err := wooshpay.Verify(e.Signature("whsec_x", at), e.Body, []string{"whsec_x"}, at, time.Hour, time.Minute)
		if refused := err != nil; refused != (kind == Forged) || refused != (e.Want == http.StatusUnauthorized) {
			t.Errorf("%s: %v, wants %d", kind, err, e.Want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for address, good := range map[string]bool{
		"https://hooks.example.com/webhook": true, "http://127.0.0.1:4840/webhook": true, "http://[::1]:1/": true,
		"http://localhost:1/": true, "http://abc.execute-api.localhost:4566/webhook": true,
		"http://example.com/": false, "ftp://127.0.0.1/": false, "https://user:password@example.com/": false,
		"http://localhost.example.com/": false, "webhook": false, "": false, "https://": false,
	} {
		err := CheckURL(address)
		if (err == nil) != good || err != nil && strings.Contains(err.Error(), "password") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestSame(t *testing.T) {
	const a = "https://Hooks.example.com:443/webhook/"
	for b, same := range map[string]bool{
		"https://hooks.example.com/webhook": true, "HTTPS://hooks.EXAMPLE.com/webhook": true,
		"https://hooks.example.com/Webhook": false, "http://hooks.example.com/webhook": false,
		"https://hooks.example.com/webhook?x=1": false, "https://hooks.example.com:8443/webhook": false,
	} {
		if Same(a, b) != same {
			t.Errorf("%s and %s", a, b)
		}
	}
}

func TestNamesBelowLocalhostAreHere(t *testing.T) {
	var host string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	answer, err := Send(t.Context(), Client(), "http://abc.execute-api.localhost:"+port+"/webhook", []byte("{}"), "t=1")
	if err != nil || answer.Status != http.StatusTemporaryRedirect || host != "abc.execute-api.localhost:"+port {
		t.Errorf("got %+v from %s, %v", answer, host, err)
	}
}

// TestTheClientHasNothingToRepeat: net/http sends a request again if a kept connection dropped, or over HTTP/2.
func TestTheClientHasNothingToRepeat(t *testing.T) {
	connections := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("it speaks %s", r.Proto)
		}
	}))
	s.EnableHTTP2 = true
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections++
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	client := Client()
	client.Transport.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	for range 3 {
		if _, err := Send(t.Context(), client, s.URL, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	if connections != 3 {
		t.Errorf("3 requests took %d connections", connections)
	}
}
