package wooshpay

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"disputecloser/shared/fault"
)

// soon returns a latest instant that no test reaches.
func soon() time.Time { return time.Now().Add(time.Minute) }

// The timers of a machine that froze after the window was checked have not moved when it continues.
func TestCloseNeverLeavesLate(t *testing.T) {
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served.Add(1) }))
	defer server.Close()
	wall := time.Now()
	c := newClient(t, Config{BaseURL: server.URL, Key: FixedKey("sk_test_1"), Now: func() time.Time { return wall }})
	leaveBy := wall.Add(10 * time.Second)
	wall = wall.Add(2 * time.Minute)
	_, err := c.Close(t.Context(), disputeID, leaveBy)
	if err == nil || served.Load() != 0 {
		t.Fatalf("%v after %d requests, want none", err, served.Load())
	}
	if class := fault.Of(err); class == fault.Permanent {
		t.Fatalf("a close that never left is %s", class)
	}
}

// The instant belongs to one close: a later close of the same client has its own.
func TestALateCloseDoesNotStopTheNext(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, 200, "", lostBody) })
	c := newClient(t, Config{BaseURL: p.url})
	if _, err := c.Close(t.Context(), disputeID, time.Now().Add(-time.Second)); !errors.Is(err, errTooLate) {
		t.Errorf("a late close: %v", err)
	}
	if _, err := c.Close(t.Context(), disputeID, soon()); err != nil {
		t.Errorf("the close after it: %v", err)
	}
	if n := p.executed.Load(); n != 1 {
		t.Errorf("%d closes were executed, want one", n)
	}
}
