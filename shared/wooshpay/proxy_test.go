package wooshpay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"

	"disputecloser/shared/fault"
)

// serveTLS starts a peer that speaks HTTP/1.1 over TLS and calls answer for every request.
func serveTLS(t *testing.T, answer func(conn net.Conn, r *http.Request)) (*peer, *x509.CertPool) {
	t.Helper()
	cert, pool := certificate(t)
	ln := tls.NewListener(listen(t), &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	return serveRaw(t, ln, "https", func(p *peer, conn net.Conn) { executeAll(p, conn, answer) }), pool
}

// tunnel answers CONNECT, and copies bytes in both directions until one side ends.
func tunnel(ctx context.Context, conn net.Conn, r *http.Request) {
	target, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Host)
	if err != nil {
		reply(conn, 502, "", "")
		return
	}
	write(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(target, conn)
		hangUp(target)
	}()
	_, _ = io.Copy(conn, target)
	hangUp(conn)
}

// behind returns a client that reaches a peer only through a proxy, as HTTPS_PROXY would have it.
func behind(t *testing.T, proxy, target *peer, pool *x509.CertPool) *Client {
	t.Helper()
	c := newClient(t, Config{BaseURL: target.url, RootCAs: pool, CloseTimeout: shortTimeout, ReadTimeout: shortTimeout})
	address, err := url.Parse(proxy.url)
	if err != nil {
		t.Fatal(err)
	}
	c.closes.Proxy, c.reads.Proxy = http.ProxyURL(address), http.ProxyURL(address)
	return c
}

func TestAProxyCarriesTheCloseOnceAndSeesNoKey(t *testing.T) {
	for name, answer := range map[string]func(net.Conn, *http.Request){
		"answered": func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", lostBody) },
		"lost":     func(conn net.Conn, _ *http.Request) { hangUp(conn) },
	} {
		target, pool := serveTLS(t, answer)
		proxy := servePlain(t, func(conn net.Conn, r *http.Request) {
			if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
				t.Errorf("the proxy sees %s with %v", r.Method, r.Header)
			}
			tunnel(t.Context(), conn, r)
		})
		_, err := behind(t, proxy, target, pool).Close(t.Context(), disputeID, soon())
		if (err != nil) != (name == "lost") || fault.Of(err) != fault.Ambiguous {
			t.Errorf("%s: %v", name, err)
		}
		if n := target.executed.Load(); n != 1 {
			t.Errorf("%s: executed %d times, want once", name, n)
		}
	}
}

// Before the tunnel is open, no part of the request can have been sent.
func TestAProxyThatRefusesIsRetryable(t *testing.T) {
	for name, refuse := range map[string]func(net.Conn){
		"403": func(c net.Conn) { reply(c, 403, "", "") }, "407": func(c net.Conn) { reply(c, 407, "", "") },
		"502": func(c net.Conn) { reply(c, 502, "", "") }, "hang up": hangUp, "reset": reset,
	} {
		target, pool := serveTLS(t, func(net.Conn, *http.Request) { t.Error("the request was sent") })
		proxy := servePlain(t, func(conn net.Conn, _ *http.Request) { refuse(conn) })
		for _, attempt := range attempts {
			t.Run(name+"/"+attempt.name, func(t *testing.T) {
				wantClass(t, attempt.do(t.Context(), behind(t, proxy, target, pool)), fault.Retryable)
			})
		}
	}
}
