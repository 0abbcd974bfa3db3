package localrun

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
)

func TestLocalIsHarmless(t *testing.T) {
	var out bytes.Buffer
	console := &cli.Console{Stdout: &out, Stderr: io.Discard, Getenv: func(string) string { return "" }}
	console.ScreenOutputs()
	say := &noteWriter{out: console.Stdout, now: time.Now}
	for _, c := range hostiletest.Cases(t) {
		for _, kind := range []closing.Kind{
			closing.NoteDecided, closing.NoteClosed, closing.NoteRefused, closing.NoteResolved, closing.NotePerson, closing.NoteDiffering, hostiletest.Evil,
		} {
			say.Note(t.Context(), closing.Note{Kind: kind, Case: c, Reason: hostiletest.Evil, Err: errors.New(hostiletest.Evil)})
		}
	}
	if err := hostiletest.Harmless(out.String()); err != nil || strings.Count(out.String(), "\n") != 6*7 {
		t.Errorf("%v in %d lines: %q", err, strings.Count(out.String(), "\n"), out.String())
	}
}

// TestLocalTurnsClosingOn unless somebody paused it, or the table has no mark.
func TestLocalTurnsClosingOn(t *testing.T) {
	console := &cli.Console{Now: time.Now}
	l := memory.New()
	if c, err := turnOn(t.Context(), console, l); err != nil || c.Switch != closing.On || c.Who != "disputectl local" {
		t.Errorf("got %+v, %v", c, err)
	}
	person := closing.Operator{Acts: l, Now: time.Now, Who: "ada"}
	if err := person.Pause(t.Context(), "a look"); err != nil {
		t.Fatal(err)
	}
	if c, err := turnOn(t.Context(), console, l); err != nil || c.Switch != closing.Paused || c.Who != "ada" {
		t.Errorf("paused: got %+v, %v", c, err)
	}
	l.LoseControl()
	l.MoveTo("")
	if c, err := turnOn(t.Context(), console, l); !errors.Is(err, closing.ErrNoMark) {
		t.Errorf("without a mark: got %+v, %v", c, err)
	}
}
