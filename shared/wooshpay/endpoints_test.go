package wooshpay

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
	for _, body := range []string{`{"id":"we_1"}`, `{"secret":"whsec_x"}`, `<html>`, `{}`} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", body) })
		_, secret, err := newClient(t, Config{BaseURL: p.url}).CreateEndpoint(t.Context(), "https://example.com/webhook", "", nil)
		if err == nil || fault.Of(err) != fault.Ambiguous || secret != "" || strings.Contains(err.Error(), "whsec") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestListEndpointsPageByPage(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages map[string]string // by starting_after
		want  int
	}{
		{"two pages", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`, "we_1": `{"data":[{"id":"we_2"}]}`}, 2},
		{"none", map[string]string{"": `{"data":[]}`}, 0},
		{"null", map[string]string{"": `{"data":null}`}, 0},
		{"other data", map[string]string{"": `{"data":"we_1"}`}, -1},
		{"no data", map[string]string{"": `{}`}, -1},
		{"stuck", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`, "we_1": `{"has_more":true,"data":[{"id":"we_1"}]}`}, -1},
		{"a cursor not found", map[string]string{"": `{"has_more":true,"data":[{"id":"we_1"}]}`}, -1},
		{"empty and more", map[string]string{"": `{"has_more":true,"data":[]}`}, -1},
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
		if len(got) != max(c.want, 0) || (err != nil) != (c.want < 0) || errors.Is(err, ErrEndpointsUnavailable) {
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
