package wooshpay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"disputecloser/shared/fault"
)

// dropper executes every close. It answers the first by closing the connection, which has answered a read before, and later
// ones with 200: a client that resends does not notice.
func dropper(t *testing.T) (*peer, *atomic.Int64) {
	t.Helper()
	var closes atomic.Int64
	p := servePlain(t, func(conn net.Conn, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			reply(conn, 200, "", openBody)
		case closes.Add(1) == 1:
			hangUp(conn)
		default:
			reply(conn, 200, "", lostBody)
		}
	})
	return p, &closes
}

func TestAKeptAliveConnectionThatDropsDoesNotRepeatTheClose(t *testing.T) {
	p, closes := dropper(t)
	c := newClient(t, Config{BaseURL: p.url})
	if _, _, err := c.Get(t.Context(), disputeID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Close(t.Context(), disputeID, soon())
	wantClass(t, err, fault.Ambiguous)
	if n := closes.Load(); n != 1 {
		t.Errorf("executed %d times, want once", n)
	}
}

// The control: what Go does by itself with the same server. It shows that the test above can fail.
func TestGoRepeatsAPostWithAnIdempotencyKey(t *testing.T) {
	tests := []struct {
		header   string
		executed int64
	}{{"", 1}, {"Idempotency-Key", 2}, {"X-Idempotency-Key", 2}}
	for _, test := range tests {
		p, closes := dropper(t)
		stock := &http.Client{Transport: &http.Transport{}}
		if _, err := stockSend(t, stock, http.MethodGet, p.url, ""); err != nil {
			t.Fatal(err)
		}
		_, err := stockSend(t, stock, http.MethodPost, p.url, test.header)
		if n := closes.Load(); n != test.executed || (err == nil) != (n == 2) {
			t.Errorf("%q: executed %d times, want %d; the client saw the error %v", test.header, n, test.executed, err)
		}
	}
}

func stockSend(t *testing.T, client *http.Client, method, url, keyHeader string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+"/v1/disputes/dp_1/close", nil)
	if err != nil {
		t.Fatal(err)
	}
	if keyHeader != "" {
		req.Header.Set(keyHeader, "one")
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Proto, nil
}

// Go also resends a POST if a reused connection turns out to be dead before anything was written. No close uses such a
// connection.
func TestEveryCloseHasAConnectionOfItsOwn(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, r *http.Request) {
		if r.Method == http.MethodPost && !r.Close {
			t.Error("the server may keep the connection")
		}
		reply(conn, 200, "", lostBody)
	})
	c := newClient(t, Config{BaseURL: p.url})
	const closes = 5
	for range closes {
		if _, err := c.Close(t.Context(), disputeID, soon()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Get(t.Context(), disputeID); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.accepted.Load(); n != closes+1 {
		t.Errorf("opened %d connections for %d closes and one for the reads", n, closes)
	}
}

// When a close is given up, its connection is reset; otherwise the kernel might deliver the request later.
func TestACloseGivenUpIsThrownAway(t *testing.T) {
	ended := make(chan error, 1)
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		_, err := conn.Read(make([]byte, 1))
		ended <- err
	})
	_, err := quickClient(t, p.url).Close(t.Context(), disputeID, soon())
	wantIs(t, err, context.DeadlineExceeded)
	if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection ended with %v, want a reset", err)
	}
}

// Under load too, one call is one request, whatever its outcome.
func TestConcurrentClosesAreOneRequestEach(t *testing.T) {
	var n atomic.Int64
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		switch n.Add(1) % 4 {
		case 0:
			hangUp(conn)
		case 1:
			reset(conn)
		case 2:
			reply(conn, 503, "", "")
		default:
			reply(conn, 200, "", lostBody)
		}
	})
	c := newClient(t, Config{BaseURL: p.url, CloseTimeout: 5 * time.Second})
	const closes = 100
	done := make(chan error, closes)
	for range closes {
		go func() {
			_, err := c.Close(t.Context(), disputeID, soon())
			done <- err
		}()
	}
	for range closes {
		if err := <-done; err != nil {
			wantClass(t, err, fault.Ambiguous)
		}
	}
	if got := p.executed.Load(); got != closes {
		t.Errorf("%d closes were %d requests", closes, got)
	}
}
