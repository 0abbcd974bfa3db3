package main

import (
	"math"
	goruntime "runtime"
	"runtime/debug"
	"testing"
)

// fitted returns what fit makes of Go's runtime for a memory size, and puts it back.
func fitted(t *testing.T, memory string) (procs, percent int, limit int64) {
	t.Helper()
	was := goruntime.GOMAXPROCS(2)
	wasPercent := debug.SetGCPercent(100)
	wasLimit := debug.SetMemoryLimit(math.MaxInt64)
	defer func() {
		procs = goruntime.GOMAXPROCS(was)
		percent = debug.SetGCPercent(wasPercent)
		limit = debug.SetMemoryLimit(wasLimit)
	}()
	fit(func(name string) string {
		if name != "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" {
			t.Errorf("it reads %s", name)
		}
		return memory
	})
	return procs, percent, limit
}

func TestTheRuntimeFitsTheMemorySize(t *testing.T) {
	for memory, want := range map[string]struct {
		procs, percent int
		limit          int64
	}{
		"128":  {1, gcPercent, 96 << 20},
		"1768": {1, gcPercent, 1326 << 20},
		"1769": {2, gcPercent, 1769 << 20 / 4 * 3},
		"":     {2, 100, math.MaxInt64},
		"0":    {2, 100, math.MaxInt64},
		"much": {2, 100, math.MaxInt64},
	} {
		procs, percent, limit := fitted(t, memory)
		if procs != want.procs || percent != want.percent || limit != want.limit {
			t.Errorf("%q MB: %d threads, %d percent, limit %d, want %+v", memory, procs, percent, limit, want)
		}
	}
}
