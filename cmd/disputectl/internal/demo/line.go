package demo

import (
	"errors"
	"net/http"
	"sync/atomic"
)

// line is the line over which WooshPay delivers webhooks. It can be cut.
type line struct{ isCut atomic.Bool }

var errCut = errors.New("the line is cut")

func (l *line) cut(cut bool) { l.isCut.Store(cut) }

// RoundTrip sends a request unless the line is cut.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.isCut.Load() {
		return nil, errCut
	}
	return http.DefaultTransport.RoundTrip(r)
}
