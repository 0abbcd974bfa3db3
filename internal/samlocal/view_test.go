package samlocal

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// `make invoke` uses a `make local-aws` that runs, and tells it from whatever else has its port.
func TestRunning(t *testing.T) {
	ours := httptest.NewServer(newGate(netip.Prefix{}, http.NotFoundHandler()))
	other := httptest.NewServer(http.NotFoundHandler())
	gone := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(ours.Close)
	t.Cleanup(other.Close)
	gone.Close()
	elsewhere := netip.MustParsePrefix("127.0.0.2/8") // where nobody serves
	for _, c := range []struct {
		name, url  string
		containers netip.Prefix
		want       bool
		wantError  string
	}{
		{"ours", ours.URL, netip.Prefix{}, true, ""},
		{"ours, without the containers", ours.URL, elsewhere, false, "start it with BRIDGE=yes"},
		{"another's", other.URL, netip.Prefix{}, false, "something else"},
		{"nobody", gone.URL, elsewhere, false, ""},
	} {
		s := Settings{AWSEndpoint: strings.Replace(c.url, "127.0.0.1", "localhost", 1)}
		running, err := Running(t.Context(), s, c.containers)
		if running != c.want || (err == nil) != (c.wantError == "") || err != nil && !strings.Contains(err.Error(), c.wantError) {
			t.Errorf("%s: %v, %v", c.name, running, err)
		}
	}
}
