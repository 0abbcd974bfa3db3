package wooshpay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

const (
	dialTimeout      = 5 * time.Second
	handshakeTimeout = 5 * time.Second
	// idleTimeout is below the minute after which common load balancers drop an idle connection.
	idleTimeout = 50 * time.Second
	maxHeader   = 64 << 10
)

// closeTransport is for closes, which must be sent once. Go's net/http resends a POST without a body in three cases.
// None can occur here:
//   - over HTTP/2, after RST_STREAM or GOAWAY: only HTTP/1.1 is spoken;
//   - over HTTP/1.1, when a reused connection drops and the request has an Idempotency-Key or X-Idempotency-Key: neither
//     header is sent;
//   - over HTTP/1.1, when a reused connection drops before a byte of the request was written: every close has a new
//     connection.
//
// The connection does not linger: when a close is given up, its unsent bytes are discarded. Otherwise the kernel would
// try to deliver them for minutes, long after the claim has lapsed.
func closeTransport(roots *x509.CertPool) *http.Transport {
	t := readTransport(roots)
	t.DisableKeepAlives = true
	t.DialContext = dialWithoutLinger
	return t
}

// readTransport is for reads, which net/http may repeat.
func readTransport(roots *x509.CertPool) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Transport{
		Protocols:              &http1,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		Proxy:                  http.ProxyFromEnvironment,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
	}
}

func dialWithoutLinger(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.SetLinger(0); err != nil {
			_ = conn.Close()
			return nil, err
		}
	}
	return conn, nil
}
