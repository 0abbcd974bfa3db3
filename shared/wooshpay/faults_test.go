package wooshpay

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/fault"
)

// attempts are the two kinds of request. Each fault means the same for both.
var attempts = []struct {
	name string
	do   func(ctx context.Context, c *Client) error
}{
	{"close", func(ctx context.Context, c *Client) error { _, err := c.Close(ctx, disputeID, soon()); return err }},
	{"get", func(ctx context.Context, c *Client) error { _, _, err := c.Get(ctx, disputeID); return err }},
}

const shortTimeout = 500 * time.Millisecond

func quickClient(t *testing.T, url string) *Client {
	t.Helper()
	return newClient(t, Config{BaseURL: url, CloseTimeout: shortTimeout, ReadTimeout: shortTimeout})
}

// The contract of the errors: what an answer, or its absence, means for the request.
func TestFaultsAfterTheRequestMayHaveLeftAreAmbiguous(t *testing.T) {
	long := strings.Repeat("x", maxObject)
	tests := map[string]func(conn net.Conn){
		"reset":                   reset,
		"hang up":                 hangUp,
		"silence":                 func(net.Conn) { time.Sleep(2 * shortTimeout) },
		"stop in the status line": func(c net.Conn) { write(c, "HTTP/1.1 20"); hangUp(c) },
		"silence in the headers":  func(c net.Conn) { write(c, "HTTP/1.1 200 OK\r\nContent-"); time.Sleep(2 * shortTimeout) },
		"silence in the body":     func(c net.Conn) { stall(c, lostBody[:9]) },
		"hang up in the body":     func(c net.Conn) { stallThen(c, lostBody[:9], hangUp) },
		"reset in the body":       func(c net.Conn) { stallThen(c, lostBody[:9], reset) },
		"length too short":        func(c net.Conn) { write(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"+lostBody); hangUp(c) },
		"length unreadable":       func(c net.Conn) { write(c, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"+lostBody) },
		"broken chunks":           func(c net.Conn) { write(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"); hangUp(c) },
		"chunks that break off": func(c net.Conn) {
			write(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"i\r\n")
			hangUp(c)
		},
		"no HTTP":                      func(c net.Conn) { write(c, "SSH-2.0-x\r\n\r\n"); hangUp(c) },
		"huge headers":                 func(c net.Conn) { reply(c, 200, "X-Long: "+long+"\r\n", lostBody) },
		"huge body":                    func(c net.Conn) { reply(c, 200, "", `{"id":"dp_1","x":"`+long+`"}`) },
		"huge body of unknown length":  func(c net.Conn) { write(c, "HTTP/1.1 200 OK\r\n\r\n"+lostBody+long); hangUp(c) },
		"nothing":                      func(c net.Conn) { reply(c, 200, "", "") },
		"no content":                   func(c net.Conn) { write(c, "HTTP/1.1 204 No Content\r\n\r\n") },
		"HTML":                         func(c net.Conn) { reply(c, 200, "Content-Type: text/html\r\n", "<html>hello</html>") },
		"null":                         func(c net.Conn) { reply(c, 200, "", "null") },
		"a list":                       func(c net.Conn) { reply(c, 200, "", "["+lostBody+"]") },
		"no id":                        func(c net.Conn) { reply(c, 200, "", `{"status":"lost"}`) },
		"another id":                   func(c net.Conn) { reply(c, 200, "", `{"id":"dp_2","status":"lost"}`) },
		"an error object with 200":     func(c net.Conn) { reply(c, 200, "", `{"error":{"type":"api_error"}}`) },
		"a switch of the protocol":     func(c net.Conn) { write(c, "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n") },
		"early hints without end":      func(c net.Conn) { write(c, strings.Repeat("HTTP/1.1 103 X\r\n\r\n", 10000)) },
		"500 with a reset in its body": func(c net.Conn) { write(c, "HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\nx"); reset(c) },
	}
	for name, fail := range tests {
		for _, attempt := range attempts {
			t.Run(name+"/"+attempt.name, func(t *testing.T) {
				t.Parallel()
				p := servePlain(t, func(conn net.Conn, _ *http.Request) { fail(conn) })
				start := time.Now()
				err := attempt.do(t.Context(), quickClient(t, p.url))
				wantClass(t, err, fault.Ambiguous)
				if took := time.Since(start); took > 20*shortTimeout {
					t.Errorf("took %v, with a timeout of %v", took, shortTimeout)
				}
				if n := p.executed.Load(); n != 1 {
					t.Errorf("executed %d times, want once", n)
				}
			})
		}
	}
}

func write(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

func stall(conn net.Conn, part string) {
	stallThen(conn, part, func(net.Conn) { time.Sleep(2 * shortTimeout) })
}

func stallThen(conn net.Conn, part string, then func(net.Conn)) {
	write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"+part)
	then(conn)
}

// wantClass requires a label, so that Ambiguous cannot pass only because it is the default.
func wantClass(t *testing.T, err error, want fault.Class) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if !errors.As(err, new(*fault.Error)) {
		t.Errorf("%v has no class", err)
	}
	if got := fault.Of(err); got != want {
		t.Errorf("%v is %v, want %v", err, got, want)
	}
	if strings.Contains(err.Error(), "sk_test_") {
		t.Errorf("%v holds the key", err)
	}
}

// net/http quotes in its error what it cannot read. That may be the rest of another dispute's answer, and must reach no log
// line and no case.
func TestAnErrorQuotesNoServer(t *testing.T) {
	const private = "4242 Jane Doe"
	for name, answer := range map[string]string{
		"no HTTP":          private + "\r\n\r\n",
		"status":           "HTTP/1.1 " + private + "\r\n\r\n",
		"version":          private + " 200 OK\r\n\r\n",
		"a header's line":  "HTTP/1.1 200 OK\r\n" + private + "\r\n\r\n",
		"length":           "HTTP/1.1 200 OK\r\nContent-Length: " + private + "\r\n\r\n",
		"coding":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + private + "\r\n\r\n",
		"a trailer's line": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + private + "\r\n\r\n",
	} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { write(conn, answer); hangUp(conn) })
		c := quickClient(t, p.url)
		errs := []error{c.Warm(t.Context())}
		for _, attempt := range attempts {
			err := attempt.do(t.Context(), c)
			wantClass(t, err, fault.Ambiguous)
			errs = append(errs, err)
		}
		for _, err := range errs {
			if err != nil && (strings.Contains(err.Error(), "Jane") || strings.Contains(err.Error(), "4242")) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// If the connection ends before the server has read the whole request, the client cannot know it.
func TestAResetBeforeTheRequestWasReadIsAmbiguous(t *testing.T) {
	for name, end := range map[string]func(net.Conn){"reset": reset, "hang up": hangUp} {
		for _, attempt := range attempts {
			t.Run(name+"/"+attempt.name, func(t *testing.T) {
				p := serveRaw(t, listen(t), "http", func(_ *peer, conn net.Conn) {
					_, _ = conn.Read(make([]byte, 1))
					end(conn)
				})
				wantClass(t, attempt.do(t.Context(), quickClient(t, p.url)), fault.Ambiguous)
				if n := p.accepted.Load(); n != 1 {
					t.Errorf("opened %d connections, want one", n)
				}
			})
		}
	}
}

func TestFaultsBeforeAnythingLeftAreRetryable(t *testing.T) {
	cert, _ := certificate(t)
	tests := map[string]func(t *testing.T) *Client{
		"refused": func(t *testing.T) *Client {
			ln := listen(t)
			_ = ln.Close()
			return quickClient(t, "http://"+ln.Addr().String())
		},
		"no such host": func(t *testing.T) *Client {
			return dialingClient(t, func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
			})
		},
		"silence while connecting": func(t *testing.T) *Client {
			return dialingClient(t, func(context.Context, string, string) (net.Conn, error) {
				time.Sleep(2 * shortTimeout)
				return nil, errors.New("too late")
			})
		},
		"reset in the handshake": func(t *testing.T) *Client {
			return quickClient(t, serveRaw(t, listen(t), "https", func(_ *peer, c net.Conn) { reset(c) }).url)
		},
		"silence in the handshake": func(t *testing.T) *Client {
			return quickClient(t, serveRaw(t, listen(t), "https", func(*peer, net.Conn) { time.Sleep(2 * shortTimeout) }).url)
		},
		"plain text for a handshake": func(t *testing.T) *Client {
			return quickClient(t, serveRaw(t, listen(t), "https", func(_ *peer, c net.Conn) { reply(c, 400, "", "") }).url)
		},
		"unknown authority": func(t *testing.T) *Client {
			ln := tls.NewListener(listen(t), &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
			return quickClient(t, serveRaw(t, ln, "https", func(p *peer, c net.Conn) {
				executeAll(p, c, func(net.Conn, *http.Request) { t.Error("the request was sent") })
			}).url)
		},
	}
	for name, client := range tests {
		for _, attempt := range attempts {
			t.Run(name+"/"+attempt.name, func(t *testing.T) {
				t.Parallel()
				wantClass(t, attempt.do(t.Context(), client(t)), fault.Retryable)
			})
		}
	}
}

func dialingClient(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) *Client {
	t.Helper()
	c := quickClient(t, "http://127.0.0.1:1")
	c.closes.DialContext, c.reads.DialContext = dial, dial
	return c
}

func TestATimeThatIsOverBeforeSendingIsRetryable(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", lostBody) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, attempt := range attempts {
		err := attempt.do(ctx, quickClient(t, p.url))
		wantClass(t, err, fault.Retryable)
		wantIs(t, err, context.Canceled)
	}
	if n := p.accepted.Load(); n != 0 {
		t.Errorf("opened %d connections", n)
	}
}

// If the caller's deadline is shorter than the timeout, it ends the wait for a server that does not answer.
func TestTheCallersDeadlineEndsAnAttempt(t *testing.T) {
	p := servePlain(t, func(net.Conn, *http.Request) { time.Sleep(2 * shortTimeout) })
	ctx, cancel := context.WithTimeout(t.Context(), shortTimeout)
	defer cancel()
	_, err := newClient(t, Config{BaseURL: p.url}).Close(ctx, disputeID, soon())
	wantClass(t, err, fault.Ambiguous)
	wantIs(t, err, context.DeadlineExceeded)
}

// A read that certainly was not sent is tried once more; a close never is.
func TestOnlyAReadThatWasNotSentIsRepeated(t *testing.T) {
	for _, attempt := range attempts {
		dials := 0
		c := dialingClient(t, func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, errors.New("refused")
		})
		c.readTimeout = DefaultReadTimeout
		wantClass(t, attempt.do(t.Context(), c), fault.Retryable)
		if want := map[string]int{"close": 1, "get": maxReads}[attempt.name]; dials != want {
			t.Errorf("%s: dialed %d times, want %d", attempt.name, dials, want)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		for _, attempt := range attempts {
			target := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", lostBody) })
			p := servePlain(t, func(conn net.Conn, r *http.Request) {
				reply(conn, status, "Location: "+target.url+r.URL.Path+"\r\n", "")
			})
			wantClass(t, attempt.do(t.Context(), quickClient(t, p.url)), fault.Ambiguous)
			if p.executed.Load() != 1 || target.accepted.Load() != 0 {
				t.Errorf("%s, %d: sent %d requests and followed %d", attempt.name, status, p.executed.Load(), target.accepted.Load())
			}
		}
	}
}

func TestEarlyHintsBeforeAnAnswerAreNoFault(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		write(conn, "HTTP/1.1 103 X\r\nLink: </x>\r\n\r\n")
		reply(conn, 200, "", lostBody)
	})
	if d, err := quickClient(t, p.url).Close(t.Context(), disputeID, soon()); err != nil || d.Status != "lost" {
		t.Fatalf("got %v, %v", d, err)
	}
}

// The largest dispute that we store has 300 KB.
func TestALargeDisputeIsRead(t *testing.T) {
	body := `{"id":"dp_1","evidence":{"uncategorized_text":"` + strings.Repeat("x", 300<<10) + `"}}`
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", body) })
	d, _, err := newClient(t, Config{BaseURL: p.url}).Get(t.Context(), disputeID)
	if err != nil || len(d.Raw()) != len(body) {
		t.Fatalf("got %d bytes, %v", len(d.Raw()), err)
	}
}
