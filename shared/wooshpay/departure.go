package wooshpay

import (
	"context"
	"errors"
	"net"
	"time"
)

var errLate = errors.New("the time to leave has passed")

type departureKey struct{}

// departure is until when a request may leave, by the wall clock. A context's deadline cannot say so: its timer stands
// still while the machine does, and fires a moment after the process goes on.
type departure struct {
	by  time.Time
	now func() time.Time
}

func withDeparture(ctx context.Context, by time.Time, now func() time.Time) context.Context {
	return context.WithValue(ctx, departureKey{}, departure{by, now})
}

// punctual is a connection that writes nothing once its request should have left.
type punctual struct {
	net.Conn
	departure
}

func (p punctual) Write(b []byte) (int, error) {
	if p.now().Round(0).After(p.by.Round(0)) {
		return 0, errLate
	}
	return p.Conn.Write(b)
}

// dialPunctual dials for one request: every close has a connection of its own.
func dialPunctual(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := dialWithoutLinger(ctx, network, addr)
	if d, ok := ctx.Value(departureKey{}).(departure); ok && err == nil {
		return punctual{conn, d}, nil
	}
	return conn, err
}
