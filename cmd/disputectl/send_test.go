package main

import (
	"context"
	"errors"
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
	if code != cli.Unreachable || stdout != "" || stderr != "disputectl: interrupted: whether the event arrived is not known\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}
