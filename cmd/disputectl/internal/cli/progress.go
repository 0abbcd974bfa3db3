package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress shows how far long work has come.
type Progress struct {
	// out is nil if nobody watches.
	out   io.Writer
	now   func() time.Time
	begun time.Time
	bar   *progressbar.ProgressBar
}

// patience is how long work may take before a progress bar is shown.
const patience = 500 * time.Millisecond

// Progress returns the progress of work that begins now. It is shown on a terminal only, beside the output.
func (c *Console) Progress() *Progress {
	p := &Progress{now: c.Now, begun: c.Now()}
	if f := terminalOf(c.Stderr); f != nil && c.Getenv("TERM") != "dumb" {
		p.out = f
	}
	return p
}

// Update shows how many bytes were read, of a length that may be 0 for unknown.
func (p *Progress) Update(read, size int64) {
	if p.out == nil || p.now().Sub(p.begun) < patience {
		return
	}
	if p.bar == nil {
		length := size
		if length <= 0 {
			length = -1
		}
		// The bar starts late, so the speed that it computes would be wrong. A spinner with an interval is drawn by
		// a goroutine that nothing stops: it would draw over what is printed after the work.
		p.bar = progressbar.NewOptions64(length,
			progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription("reading"),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetSpinnerChangeInterval(0), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		)
	}
	if size <= 0 {
		p.bar.Describe(fmt.Sprintf("reading, %d MB", read>>20))
	}
	_ = p.bar.Set64(read) // Losing the bar loses no result.
}

// Done removes the bar.
func (p *Progress) Done() {
	if p.bar != nil {
		_ = p.bar.Clear()
		_ = p.bar.Exit()
	}
}
