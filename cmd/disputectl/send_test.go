package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
)

// TestAnInterruptedSendIsNoFaultOfTheNetwork with the cause that signal.NotifyContext gives.
func TestAnInterruptedSendIsNoFaultOfTheNetwork(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	url := silentAfter(t, func() { cancel(errors.New("interrupt signal received")) })
	a := &access.Env{Console: cli.Console{Getenv: func(string) string { return "" }}, HTTP: delivery.Client()}
	code, stdout, stderr := runIn(ctx, a, strings.NewReader(""), "send", "--kind", "forged", "--url", url)
	if code != cli.Interrupted || stdout != "" || stderr != "disputectl: interrupted: whether the event arrived is not known\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

// silentAfter starts a server that never answers, and calls asked with each request.
func silentAfter(t *testing.T, asked func()) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only then does the server see that the client left.
		asked()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	return s.URL
}
