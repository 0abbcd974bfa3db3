package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"disputecloser/shared/wooshpay"
)

const (
	// timeout is longer than the webhook's API waits for its function.
	timeout = 15 * time.Second
	// maxAnswer bounds in bytes what is read of an answer, whose text is not used.
	maxAnswer = 64 << 10
)

// Answer is what a webhook answered.
type Answer struct {
	Status int
	Took   time.Duration
}

// Client returns the HTTP client that sends events and people's acts. Nothing is sent twice: it follows no redirect, uses
// each connection for one request, and speaks HTTP/1.1 only, so that net/http has nothing to repeat. It reaches names below
// localhost on this machine, as RFC 6761 wants it and as local API gateways name their APIs.
func Client() *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Client{
		Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: &http.Transport{
			Protocols:           &http1,
			DisableKeepAlives:   true,
			Proxy:               proxy,
			TLSHandshakeTimeout: 5 * time.Second,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if host, port, err := net.SplitHostPort(addr); err == nil && isLocalhost(host) {
					addr = net.JoinHostPort("127.0.0.1", port)
				}
				return dialer.DialContext(ctx, network, addr)
			},
		},
	}
}

// proxy leaves out what is on this machine.
func proxy(r *http.Request) (*url.URL, error) {
	if isLocalhost(r.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}

func isLocalhost(host string) bool {
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// CheckURL returns an error unless the address is https, or http on this machine.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return errors.New("it is not a URL with a host")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (isLocalhost(u.Hostname()) || net.ParseIP(u.Hostname()).IsLoopback()):
		return nil
	}
	return fmt.Errorf("%s is neither https nor on this machine", u.Redacted())
}

// Same reports whether two addresses are the same, ignoring the case of their hosts and a slash at the end.
func Same(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return address
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	return strings.ToLower(u.Scheme) + "://" + host + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

// Send posts a body with a signature, once.
func Send(ctx context.Context, client *http.Client, address string, body []byte, signature string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("send to %s: %w", address, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "disputectl")
	req.Header.Set(wooshpay.SignatureHeader, signature)
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("send an event: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	return Answer{Status: resp.StatusCode, Took: time.Since(began)}, nil
}
