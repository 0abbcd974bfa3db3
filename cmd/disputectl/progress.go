package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
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

// progress returns the progress of work that begins now. It is shown on a terminal only, beside the output.
func (a *app) progress() *progress {
	p := &progress{now: a.now, begun: a.now()}
	if f := terminalOf(a.stderr); f != nil && a.getenv("TERM") != "dumb" {
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
		length := size
		if length <= 0 {
			length = -1
		}
		// The bar begins late, so any speed that it worked out would be wrong.
		p.bar = progressbar.NewOptions64(length,
			progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription("reading"),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		)
	}
	if size <= 0 {
		p.bar.Describe(fmt.Sprintf("reading, %d MB", read>>20))
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
