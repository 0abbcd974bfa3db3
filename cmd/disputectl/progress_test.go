package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

func TestProgressIsShownOfLongWorkAlone(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	p := &progress{out: &out, now: func() time.Time { return now }, begun: now}
	p.tell(10, 1000)
	if p.done(); out.Len() > 0 {
		t.Errorf("work that is soon done shows %q", out.String())
	}
	now = now.Add(patience)
	p.tell(500_000, 1_000_000)
	if !strings.Contains(out.String(), "reading") || !strings.Contains(out.String(), "50%") {
		t.Errorf("half of it shows %q", out.String())
	}
	p.done()
	if last := out.String(); !strings.HasSuffix(strings.TrimRight(last, " "), "\r") {
		t.Errorf("the bar stays: %q", last)
	}
}

func TestProgressOfUnknownLengthTellsWhatWasRead(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: &out, now: time.Now, begun: time.Now().Add(-time.Hour)}
	p.tell(7<<20, 0)
	if p.done(); !strings.Contains(out.String(), "reading, 7 MB") {
		t.Errorf("it shows %q", out.String())
	}
}

// What is no terminal is told nothing, and neither is a person who said so.
func TestProgressIsNotShownElsewhere(t *testing.T) {
	var out bytes.Buffer
	a := &app{stderr: &out, now: time.Now, getenv: func(string) string { return "" }}
	p := a.progress()
	p.begun = p.begun.Add(-time.Hour)
	p.tell(1, 2)
	if p.done(); p.out != nil || out.Len() > 0 {
		t.Errorf("a file shows %q", out.String())
	}
}

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
		a := &app{stdin: slowly{ctx.Done()}, stdout: &out, stderr: &errs, dir: "../..", now: time.Now, getenv: func(string) string { return "" }}
		if code := a.run(ctx, args); code != unreachable || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
			t.Errorf("%v: exit code %d, %s, %s", args, code, out.String(), errs.String())
		}
		cancel()
	}
}
