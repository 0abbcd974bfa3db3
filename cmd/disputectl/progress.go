package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is told how far long work has come.
type progress struct {
	// out is nil where nobody watches.
	out   io.Writer
	now   func() time.Time
	begun time.Time
	bar   *progressbar.ProgressBar
}

// patience is how long work may take before a bar tells how far it is.
const patience = 500 * time.Millisecond

// progress returns the progress of work that begins now. It is shown on a terminal alone, beside the output.
func (a *app) progress() *progress {
	p := &progress{now: a.now, begun: a.now()}
	if f, isFile := a.stderr.(*os.File); isFile && a.getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) {
		p.out = f
	}
	return p
}

// tell shows how many bytes were read, of a length that may be 0 for unknown.
func (p *progress) tell(read, size int64) {
	if p.out == nil || p.now().Sub(p.begun) < patience {
		return
	}
	if p.bar == nil {
		if size <= 0 {
			size = -1
		}
		p.bar = progressbar.NewOptions64(size,
			progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription("reading"), progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		)
	}
	_ = p.bar.Set64(read) // A bar that cannot be drawn hides nothing.
}

// done takes the bar away.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Clear()
		_ = p.bar.Exit()
	}
}
