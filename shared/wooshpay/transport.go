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

// closeTransport carries closes. Go's net/http re-sends a body-less POST by itself in three cases, and each is shut:
// over HTTP/2 after RST_STREAM or GOAWAY (HTTP/1.1 only); over HTTP/1.1 on a used connection that drops, if the
// request has an Idempotency-Key or X-Idempotency-Key (neither is sent) or if not a byte of it had been written
// (every close has a connection of its own, for only a used one is ever retried).
//
// The connection does not linger: what the network has not taken when a close is given up is thrown away. Otherwise
// the kernel would go on trying to deliver it for minutes, long after the claim has lapsed.
func closeTransport(roots *x509.CertPool) *http.Transport {
	t := readTransport(roots)
	t.DisableKeepAlives = true
	t.DialContext = dialPunctual
	return t
}

// readTransport carries reads, which net/http may repeat.
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
