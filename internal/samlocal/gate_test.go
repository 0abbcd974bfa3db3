package samlocal

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"disputecloser/internal/localaws"
)

func TestWhoIsLetIn(t *testing.T) {
	const here, container, stranger = "127.0.0.1:5000", "172.17.0.3:5000", "192.0.2.7:5000"
	bridge := netip.MustParsePrefix("172.17.0.1/16")
	for _, c := range []struct {
		name, from, host, header string
		containers               netip.Prefix
		want                     int
	}{
		{"a program", here, "localhost:4566", "", netip.Prefix{}, http.StatusOK},
		{"a program, by address", here, "127.0.0.1:4566", "", netip.Prefix{}, http.StatusOK},
		{"a program, by IPv6", "[::1]:5000", "[::1]:4566", "", netip.Prefix{}, http.StatusOK},
		{"a container", container, "localhost:4566", "", bridge, http.StatusOK},
		{"a container, by address", container, "172.17.0.1:4566", "", bridge, http.StatusOK},
		{"a container that nobody asked for", container, "localhost:4566", "", netip.Prefix{}, http.StatusForbidden},
		{"another machine, routed to the bridge", stranger, "172.17.0.1:4566", "", bridge, http.StatusForbidden},
		{"a page whose name leads here", here, "rebound.example.com:4566", "", bridge, http.StatusForbidden},
		{"a page's form", here, "localhost:4566", "Origin=https://example.com", bridge, http.StatusForbidden},
		{"a page's request", here, "localhost:4566", "Sec-Fetch-Site=cross-site", bridge, http.StatusForbidden},
		{"nobody", "", "localhost:4566", "", bridge, http.StatusForbidden},
	} {
		reached := false
		g := newGate(c.containers, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.RemoteAddr, r.Host = c.from, c.host
		if name, value, ok := strings.Cut(c.header, "="); ok {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != c.want || reached != (c.want == http.StatusOK) || w.Header().Get("Server") != product {
			t.Errorf("%s: %d, passed on %v, want %d", c.name, w.Code, reached, c.want)
		}
	}
}

// SAM gives a function its user's credentials and region. MiniStack knows neither, and has more services than are served.
func TestTheFrontSignsAnewAndPassesOnlyItsServices(t *testing.T) {
	var got []string
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprint(r.Header.Get("X-Amz-Target"), " ", string(body), " ", r.Header.Get("Authorization")))
		w.Header().Set("X-Amzn-Requestid", "1")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ConditionalCheckFailedException"}`)
	}))
	t.Cleanup(behind.Close)
	f := front{aws.Config{
		BaseEndpoint: &behind.URL, Region: localaws.Region, HTTPClient: behind.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("root", "secret", ""),
	}}
	ask := func(authorization string) *httptest.ResponseRecorder {
		got = nil
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Header.Set("X-Amz-Target", "Target.Operation")
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		return w
	}
	signedFor := func(service string) string {
		return "AWS4-HMAC-SHA256 Credential=AKIDUSER/20261128/eu-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
	}
	for _, service := range services {
		w := ask(signedFor(service))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "ConditionalCheckFailed") || w.Header().Get("X-Amzn-Requestid") != "1" {
			t.Errorf("%s: answered %d %v %s", service, w.Code, w.Header(), w.Body)
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], "Target.Operation {} AWS4-HMAC-SHA256 Credential=root/") || !strings.Contains(got[0], "/us-east-1/"+service+"/") {
			t.Errorf("%s: passed on %q", service, got)
		}
	}
	for _, authorization := range []string{"", "Basic cm9vdDo=", signedFor("lambda"), signedFor("dynamodb/lambda"), "x" + signedFor("dynamodb")} {
		if w := ask(authorization); w.Code != http.StatusForbidden || len(got) > 0 {
			t.Errorf("%q: %d, passed on %q", authorization, w.Code, got)
		}
	}
	behind.Close()
	if w := ask(signedFor("dynamodb")); w.Code != http.StatusBadGateway {
		t.Errorf("without MiniStack: %d", w.Code)
	}
}
