package pause_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"disputecloser/shared/pause"
)

func TestPausesGrowToASecond(t *testing.T) {
	for n, want := range map[int]time.Duration{
		-1: 25 * time.Millisecond, 0: 25 * time.Millisecond, 1: 25 * time.Millisecond, 2: 50 * time.Millisecond,
		6: 800 * time.Millisecond, 7: time.Second, 19: time.Second, 1 << 40: time.Second,
	} {
		if got := pause.Longest(n); got != want {
			t.Errorf("before repetition %d: %s, want %s", n, got, want)
		}
	}
}

func TestAPauseIsARandomPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := map[time.Duration]bool{}
		for range 50 {
			began := time.Now()
			if err := pause.Before(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
			wait := time.Since(began)
			if waits[wait] = true; wait >= time.Second {
				t.Errorf("it waited for %s", wait)
			}
		}
		if len(waits) < 40 {
			t.Errorf("%d different pauses of 50", len(waits))
		}
	})
}

// A pause longer than the rest of the invocation does not begin, and a pause in progress ends with it.
func TestAPauseHeedsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		began := time.Now()
		if err := pause.Before(ctx, 7); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := pause.Before(stopped, 7); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want that it was stopped", err)
		}
	})
}
