package simulation

import (
	"cmp"
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Campaign plays many seeds, each in one goroutine, on every processor.
type Campaign struct {
	From, Seeds uint64
	Options     Options
	// GoOn plays all seeds even if a promise is broken. Otherwise the first violation ends the campaign.
	GoOn bool
	// Progress, if set, is called now and then with the number of seeds played.
	Progress func(done uint64)
}

// Outcome is the result of a campaign.
type Outcome struct {
	Figures Figures
	// Violations are those found, of the lowest seeds first; Broken counts them by promise.
	Violations []*Violation
	Broken     map[string]int
	Took       time.Duration
}

// maxViolations is how many violations an outcome keeps.
const maxViolations = 20

const garbagePercent = 400

// crew is what the workers of a campaign share.
type crew struct {
	*Campaign
	next    atomic.Uint64
	stopped atomic.Bool

	mu      sync.Mutex
	outcome Outcome
}

// Run plays the campaign until it is over or ctx ends.
func (c *Campaign) Run(ctx context.Context) Outcome {
	began := time.Now()
	// Histories are short-lived garbage: collecting it less often costs little memory.
	defer debug.SetGCPercent(debug.SetGCPercent(garbagePercent))
	crew := &crew{Campaign: c, outcome: Outcome{Broken: map[string]int{}}}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() { crew.work(ctx) })
	}
	if c.Progress != nil {
		crew.report(&workers)
	}
	workers.Wait()
	crew.outcome.Took = time.Since(began)
	crew.outcome.sort()
	return crew.outcome
}

func (c *crew) work(ctx context.Context) {
	var figures Figures
	for ctx.Err() == nil && !c.stopped.Load() {
		n := c.next.Add(1) - 1
		if n >= c.Seeds {
			break
		}
		r := Play(c.From+n, c.Options)
		figures.Add(&r.Figures)
		if r.Violation != nil {
			c.found(r.Violation)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcome.Figures.Add(&figures)
}

func (c *crew) found(v *Violation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcome.Broken[v.Promise]++
	if len(c.outcome.Violations) < maxViolations {
		c.outcome.Violations = append(c.outcome.Violations, v)
	}
	if !c.GoOn {
		c.stopped.Store(true)
	}
}

// report reports the progress until the workers are done.
func (c *crew) report(workers *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	ticker := time.NewTicker(5 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			c.Progress(min(c.next.Load(), c.Seeds))
		}
	}
}

// sort orders violations by seed, so that the report does not depend on which worker was faster.
func (o *Outcome) sort() {
	slices.SortFunc(o.Violations, func(a, b *Violation) int { return cmp.Compare(a.Seed, b.Seed) })
}
