package wooshpay

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

var errTooLate = errors.New("the latest instant to send has passed")

// closeBy returns the transport of one close. It writes nothing after an instant of the wall clock.
func (c *Client) closeBy(leaveBy time.Time) *http.Transport {
	t := c.closes.Clone()
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return cutoffConn{Conn: conn, leaveBy: leaveBy, now: c.now}, nil
	}
	return t
}

// cutoffConn is a connection that refuses to write after an instant of the wall clock. A deadline of the context or of
// the connection cannot do this: its timer stops while the machine is frozen, and fires only some time after the process
// continues.
type cutoffConn struct {
	net.Conn
	leaveBy time.Time
	now     func() time.Time
}

// Write writes b, or nothing if leaveBy has passed. Round strips the monotonic reading, which also stops in a freeze.
func (c cutoffConn) Write(b []byte) (int, error) {
	if c.now().Round(0).After(c.leaveBy.Round(0)) {
		return 0, errTooLate
	}
	return c.Conn.Write(b)
}
