package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/delivery"
)

// TestAnInterruptedSendIsNoFaultOfTheNetwork with the cause that signal.NotifyContext gives.
func TestAnInterruptedSendIsNoFaultOfTheNetwork(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	url := silentAfter(t, func() { cancel(errors.New("interrupt signal received")) })
	a := &app{web: delivery.Client(), getenv: func(string) string { return "" }}
	code, stdout, stderr := runIn(ctx, a, strings.NewReader(""), "send", "--kind", "forged", "--url", url)
	if code != unreachable || stdout != "" || stderr != "disputectl: interrupted: whether the event arrived is not known\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}
