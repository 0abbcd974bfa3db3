package wooshpay

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// TestCreateEndpointIsSentOnce breaks the connection after the request: nothing may send it again.
func TestCreateEndpointIsSentOnce(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { hangUp(conn) })
	c := newClient(t, Config{BaseURL: p.url})
	_, _, err := c.CreateEndpoint(t.Context(), "https://example.com/webhook", "", DisputeEvents())
	if got := fault.Of(err); err == nil || got != fault.Ambiguous || p.executed.Load() != 1 {
		t.Errorf("error %v of class %v after %d requests", err, got, p.executed.Load())
	}
}

func TestCreateEndpointWithoutASecretMayHaveHappened(t *testing.T) {
	for body, id := range map[string]string{
		`{"id":"we_1"}`: "we_1", `{"id":7,"secret":null}`: "7", `{"id":"we_1","secret":{"x":"whsec_x"}}`: "we_1", `{"secret":""}`: "",
		`<html>`: "", `{}`: "", `[]`: "", `null`: "", `{"secret":"whsec_x"`: "",
	} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", body) })
		e, secret, err := newClient(t, Config{BaseURL: p.url}).CreateEndpoint(t.Context(), "https://example.com/webhook", "", nil)
		if err == nil || fault.Of(err) != fault.Ambiguous || secret != "" || strings.Contains(err.Error(), "whsec") || e.ID != id {
			t.Errorf("%s: %+v, %v", body, e, err)
		}
	}
}

// odd are endpoints in other forms than WooshPay's documented one, and how each is read.
var odd = map[string]Endpoint{
	`{"id":"we_1"}`: {ID: "we_1"},
	`{"id":1497123612345438208,"livemode":"false"}`:                          {ID: "1497123612345438208"},
	`{"id":{"id":"we_1"},"livemode":0,"url":7}`:                              {ID: "we_1"},
	`{"url":"https://a.example","livemode":false,"status":1}`:                {URL: "https://a.example", Livemode: dispute.Known(false)},
	`{"id":"we_1","enabled_events":null,"livemode":null,"status":null}`:      {ID: "we_1"},
	`{"id":"we_1","enabled_events":"*"}`:                                     {ID: "we_1", Events: []string{"*"}},
	`{"id":"we_1","enabled_events":"a.b, c.d"}`:                              {ID: "we_1", Events: []string{"a.b", "c.d"}},
	`{"id":"we_1","enabled_events":["a.b",7,null],"livemode":true}`:          {ID: "we_1", Events: []string{"a.b"}, Livemode: dispute.Known(true)},
	`{"id":"we_1","enabled_events":[]}`:                                      {ID: "we_1", Events: []string{}},
	`{"id":"we_1","enabled_events":{"x":1},"status":"enabled","created":{}}`: {ID: "we_1", Status: "enabled"},
}

func TestASecretIsReturnedWhateverElseTheAnswerHolds(t *testing.T) {
	forms := maps.Clone(odd)
	forms[`{"object":7}`], forms[`{"id":[]}`] = Endpoint{}, Endpoint{}
	for form, want := range forms {
		body := strings.TrimSuffix(form, "}") + `,"secret":"whsec_x"}`
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", body) })
		e, secret, err := newClient(t, Config{BaseURL: p.url}).CreateEndpoint(t.Context(), "https://example.com/webhook", "", nil)
		if err != nil || secret != "whsec_x" || !reflect.DeepEqual(e, want) {
			t.Errorf("%s: %+v, %v", body, e, err)
		}
	}
}

func TestAListShowsWhatCanBeRead(t *testing.T) {
	for form, want := range odd {
		body := `{"has_more":"no","data":[null,"we_0",{},` + form + `,7]}`
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", body) })
		got, err := newClient(t, Config{BaseURL: p.url}).ListEndpoints(t.Context())
		if err != nil || got.Unreadable != 4 || !reflect.DeepEqual(got.Endpoints, []Endpoint{want}) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestEnabledInAnyCase(t *testing.T) {
	for status, want := range map[string]bool{"enabled": true, "ENABLED": true, "": true, "disabled": false, "paused": false} {
		if (Endpoint{Status: status}).Enabled() != want {
			t.Errorf("%q", status)
		}
	}
}

func TestListEndpointsPageByPage(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages map[string]string // by starting_after
		want  int
		fails bool
	}{
		{"two pages", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`, "we_1": `{"data":[{"id":"we_2"}]}`}, 2, false},
		{"after an unreadable entry", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"},{"url":"https://a.example"},7]}`, "we_1": `{"data":[{"id":"we_2"}]}`}, 3, false},
		{"after a number", map[string]string{"": `{"has_more":true,"data":[{"id":7}]}`, "7": `{"data":[{"id":8}]}`}, 2, false},
		{"none", map[string]string{"": `{"data":[]}`}, 0, false},
		{"null", map[string]string{"": `{"data":null}`}, 0, false},
		{"other data", map[string]string{"": `{"data":"we_1"}`}, 0, true},
		{"no data", map[string]string{"": `{}`}, 0, true},
		{"no object", map[string]string{"": `[{"id":"we_1"}]`}, 0, true},
		{"stuck", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`, "we_1": `{"has_more":true,"data":[{"id":"we_1"}]}`}, 1, true},
		{"a cursor not found", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`}, 1, true},
		{"empty and more", map[string]string{"": `{"has_more":true,"data":[]}`}, 0, true},
		{"more without an id", map[string]string{"": `{"has_more":true,"data":[{"url":"https://a.example"}]}`}, 1, true},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("limit") != "100" {
				t.Errorf("limit %q", r.URL.Query().Get("limit"))
			}
			page, ok := c.pages[r.URL.Query().Get("starting_after")]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = io.WriteString(w, page)
		}))
		got, err := newClient(t, Config{BaseURL: s.URL}).ListEndpoints(t.Context())
		s.Close()
		if len(got.Endpoints) != c.want || (err != nil) != c.fails || errors.Is(err, ErrEndpointsUnavailable) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestListEndpointsThatIsNotOffered(t *testing.T) {
	for _, status := range []int{404, 405} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, status, "", "") })
		_, err := newClient(t, Config{BaseURL: p.url}).ListEndpoints(t.Context())
		wantIs(t, err, ErrEndpointsUnavailable)
	}
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 401, "", "") })
	if _, err := newClient(t, Config{BaseURL: p.url}).ListEndpoints(t.Context()); err == nil || errors.Is(err, ErrEndpointsUnavailable) {
		t.Errorf("a refused key: %v", err)
	}
}
