//go:build parts && load

package load

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// inParallel does n things, at most so many at once as there are instances.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range atOnce {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	running.Wait()
}

func rounded(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }

// report prints a figure, whether the test is verbose or not.
func report(format string, args ...any) { fmt.Printf("  "+format+"\n", args...) }
