package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
)

// slowly is an input that ends only when the context does.
type slowly struct{ ended <-chan struct{} }

func (s slowly) Read(p []byte) (int, error) {
	select {
	case <-s.ended:
		return 0, io.ErrUnexpectedEOF
	case <-time.After(time.Millisecond):
		return copy(p, "{\"id\":\"dp_1\",\"created\":1767225600}\n"), nil
	}
}

func TestALongReadIsInterrupted(t *testing.T) {
	for _, args := range [][]string{{"policy", "backtest", "--cases", "-"}, {"policy", "diff", "policy.yaml", "policy.yaml", "--cases", "-"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		var out, errs bytes.Buffer
		a := &access.Env{
			Console: cli.Console{Stdin: slowly{ctx.Done()}, Stdout: &out, Stderr: &errs, Dir: "../..", Now: time.Now, Getenv: func(string) string { return "" }},
		}
		if code := command.Run(ctx, a, args); code != cli.Interrupted || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
			t.Errorf("%v: exit code %d, %s, %s", args, code, out.String(), errs.String())
		}
		cancel()
	}
}
