//go:build parts

package drill

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// clock is the time that the drill, the sandbox and the executables with a moved clock agree on.
type clock struct {
	file  string
	ahead atomic.Int64 // a time.Duration
}

func newClock(t *testing.T) *clock {
	c := &clock{file: filepath.Join(t.TempDir(), "ahead")}
	c.set(t, 0)
	return c
}

func (c *clock) now() time.Time {
	return time.Now().UTC().Round(0).Add(time.Duration(c.ahead.Load()))
}

// passUntil lets time pass until an instant, at once. An instant that is over changes nothing.
func (c *clock) passUntil(t *testing.T, at time.Time) {
	t.Helper()
	if left := at.Sub(c.now()); left > 0 {
		c.set(t, time.Duration(c.ahead.Load())+left)
	}
}

// set replaces the file in one step: a process may read it at any moment.
func (c *clock) set(t *testing.T, ahead time.Duration) {
	t.Helper()
	c.ahead.Store(int64(ahead))
	if err := os.WriteFile(c.file+".new", []byte(ahead.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(c.file+".new", c.file); err != nil {
		t.Fatal(err)
	}
}
