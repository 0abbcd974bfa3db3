package cli

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressIsShownOfLongWorkAlone(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	p := &Progress{out: &out, now: func() time.Time { return now }, begun: now}
	p.Update(10, 1000)
	if p.Done(); out.Len() > 0 {
		t.Errorf("work that is soon done shows %q", out.String())
	}
	now = now.Add(patience)
	p.Update(500_000, 1_000_000)
	if !strings.Contains(out.String(), "reading") || !strings.Contains(out.String(), "50%") {
		t.Errorf("half of it shows %q", out.String())
	}
	p.Done()
	if last := out.String(); !strings.HasSuffix(strings.TrimRight(last, " "), "\r") {
		t.Errorf("the bar stays: %q", last)
	}
}

func TestProgressOfUnknownLengthTellsWhatWasRead(t *testing.T) {
	var out bytes.Buffer
	p := &Progress{out: &out, now: time.Now, begun: time.Now().Add(-time.Hour)}
	p.Update(7<<20, 0)
	if p.Done(); !strings.Contains(out.String(), "reading, 7 MB") {
		t.Errorf("it shows %q", out.String())
	}
}

// What is printed after the work is not overwritten, whether the length was known or not.
func TestNothingIsDrawnAfterTheWork(t *testing.T) {
	for _, size := range []int64{0, 1 << 30} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			p := &Progress{out: &out, now: time.Now, begun: time.Now().Add(-time.Hour)}
			p.Update(7<<20, size)
			p.Done()
			shown := out.String()
			time.Sleep(time.Minute)
			synctest.Wait()
			if later, _ := strings.CutPrefix(out.String(), shown); later != "" {
				t.Errorf("of a length of %d: after the work it shows %q", size, later)
			}
		})
	}
}

// What is no terminal is told nothing, and neither is a person who said so.
func TestProgressIsNotShownElsewhere(t *testing.T) {
	var out bytes.Buffer
	c := &Console{Stderr: &out, Now: time.Now, Getenv: func(string) string { return "" }}
	p := c.Progress()
	p.begun = p.begun.Add(-time.Hour)
	p.Update(1, 2)
	if p.Done(); p.out != nil || out.Len() > 0 {
		t.Errorf("a file shows %q", out.String())
	}
}
