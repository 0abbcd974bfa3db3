package main

import (
	"context"
	"io"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
)

// TestCtrlCWhileTheStandardInputSaysNothing ends what reads it: a terminal at which nobody types, or a program that hangs.
func TestCtrlCWhileTheStandardInputSaysNothing(t *testing.T) {
	for _, args := range [][]string{
		{"policy", "check", "-"},
		{"policy", "explain", "-", "--policy", "../../policy.yaml"},
		{"policy", "backtest", "--policy", "../../policy.yaml", "--cases", "-"},
		{"policy", "diff", "../../policy.yaml", "../../policy.yaml", "--cases", "-"},
		{"export", "--table", "disputes", "--ids", "-"},
		{"sign", "-"},
	} {
		in, keyboard := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		time.AfterFunc(10*time.Second, func() { _ = keyboard.Close() }) // The test fails and does not hang.
		code, stdout, stderr := runIn(ctx, newDesk(t).at(), in, args...)
		if code != cli.Interrupted || stdout != "" || stderr != "disputectl: interrupted\n" {
			t.Errorf("%v: exit code %d, %q, %q", args, code, stdout, stderr)
		}
	}
}
