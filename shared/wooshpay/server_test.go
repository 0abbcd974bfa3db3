package wooshpay

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"disputecloser/shared/dispute"
)

const (
	testAPIKey = FixedKey("sk_test_4eC39HqLyjWDarjtT1zdp7dc")
	disputeID  = dispute.ID("dp_1")
	openBody   = `{"id":"dp_1","object":"dispute","status":"needs_response"}`
	lostBody   = `{"id":"dp_1","object":"dispute","status":"lost"}`
)

// peer is a server on a loopback port that speaks raw bytes, and counts.
type peer struct {
	url string
	// accepted counts connections, and executed counts requests that were read to their end.
	accepted, executed atomic.Int64
}

// serveRaw starts a peer that calls serve for each connection.
func serveRaw(t *testing.T, ln net.Listener, scheme string, serve func(p *peer, conn net.Conn)) *peer {
	t.Helper()
	p := &peer{url: scheme + "://" + ln.Addr().String()}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			p.accepted.Add(1)
			go func() {
				defer func() { _ = conn.Close() }()
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				serve(p, conn)
			}()
		}
	}()
	return p
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// servePlain starts a peer that calls answer for every request.
func servePlain(t *testing.T, answer func(conn net.Conn, r *http.Request)) *peer {
	t.Helper()
	return serveRaw(t, listen(t), "http", func(p *peer, conn net.Conn) { executeAll(p, conn, answer) })
}

func executeAll(p *peer, conn net.Conn, answer func(conn net.Conn, r *http.Request)) {
	buffered := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(buffered)
		if err != nil {
			return
		}
		p.executed.Add(1)
		answer(conn, r)
	}
}

func reply(conn net.Conn, status int, headers, body string) {
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}

func hangUp(conn net.Conn) { _ = conn.Close() }

// reset closes a connection with RST instead of FIN.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// certificate returns a certificate for 127.0.0.1 and a pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], pool
}

func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.Key == nil {
		cfg.Key = testAPIKey
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.reads.CloseIdleConnections)
	return c
}

func wantIs(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}
