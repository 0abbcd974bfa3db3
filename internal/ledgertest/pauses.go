package ledgertest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/shared/closing"
)

var pauses = []Check{
	{"the switch is kept as it was set", keepsControl},
	{"a resume lifts no newer pause", resumesInOrder},
	{"a pause refuses claims and allows saves", pauseRefuses},
	{"no claim begun after the pause wins", racePause},
}

func pause(t testing.TB, s Store, paused bool) {
	t.Helper()
	if err := s.SetControl(t.Context(), closing.Control{Paused: paused, Who: "ops", Why: "drill", At: noon}); err != nil {
		t.Fatalf("SetControl: %v", err)
	}
}

func keepsControl(t testing.TB, s Store) {
	wantControl(t, s, closing.Control{})
	for _, want := range []closing.Control{
		{Paused: true, Who: "ada", Why: "too many", At: noon},
		{Paused: false, Who: "bob", At: noon.Add(1)},
		{Paused: true, Who: "ada", At: noon},
		{At: noon.Add(1)},
	} {
		if err := s.SetControl(t.Context(), want); err != nil {
			t.Fatalf("SetControl: %v", err)
		}
		wantControl(t, s, want)
	}
}

// resumesInOrder has a resume arrive after a pause that was made later. A pause counts whenever it arrives.
func resumesInOrder(t testing.TB, s Store) {
	newest := closing.Control{Paused: true, Who: "ada", Why: "too many", At: noon.Add(2)}
	for _, c := range []struct {
		set  closing.Control
		want error
		then closing.Control
	}{
		{newest, nil, newest},
		{closing.Control{Who: "bob", At: noon.Add(1)}, closing.ErrConflict, newest},
		{closing.Control{}, closing.ErrConflict, newest},
		{closing.Control{Paused: true, Who: "bob", At: noon}, nil, closing.Control{Paused: true, Who: "bob", At: noon}},
		{closing.Control{Who: "ada", At: noon}, nil, closing.Control{Who: "ada", At: noon}},
	} {
		if err := s.SetControl(t.Context(), c.set); !errors.Is(err, c.want) {
			t.Errorf("SetControl(%+v): %v, want %v", c.set, err, c.want)
		}
		wantControl(t, s, c.then)
	}
}

func wantControl(t testing.TB, s Store, want closing.Control) {
	t.Helper()
	got, err := s.Control(t.Context())
	if err != nil {
		t.Fatalf("Control: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the switch differs (-want +got):\n%s", diff)
	}
}

func pauseRefuses(t testing.TB, s Store) {
	c := save(t, s, sample(t, "dp_1"))
	held := roomy(1)
	held.Held = true
	pause(t, s, true)
	refused(t, s, claimed(c, "claim-1"), roomy(1), closing.ErrPaused)
	refused(t, s, claimed(c, "claim-2"), held, closing.ErrPaused)
	c = saveWith(t, s, c, closing.Tally{Day: held.Day, Currency: held.Currency, Failures: 1})
	pause(t, s, false)
	claim(t, s, claimed(c, "claim-3"), roomy(1))
}

func racePause(t testing.TB, s Store) {
	const each = 8
	var paused atomic.Bool
	var won atomic.Int64
	race(workers+1, func(worker int) {
		if worker == workers {
			pauseAfter(t, s, &won, &paused)
			return
		}
		for i := range each {
			late := paused.Load()
			c := sample(t, fmt.Sprintf("dp_%d_%d", worker, i))
			err := insist(func() error { _, err := s.Claim(t.Context(), claimed(c, "claim"), roomy(1)); return err })
			switch {
			case err == nil && late:
				t.Errorf("a claim begun after the pause won")
			case err == nil:
				won.Add(1)
			case !errors.Is(err, closing.ErrPaused):
				t.Errorf("Claim: %v", err)
			}
		}
	})
	refused(t, s, claimed(save(t, s, sample(t, "dp_last")), "claim"), roomy(1), closing.ErrPaused)
	wantSpent(t, s, roomy(0), closing.Tally{Closes: won.Load(), Amount: won.Load()})
}

// pauseAfter pauses when the first claims have won, or after a while.
func pauseAfter(t testing.TB, s Store, won *atomic.Int64, paused *atomic.Bool) {
	t.Helper()
	for range 2000 {
		if won.Load() >= workers/2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	err := insist(func() error { return s.SetControl(t.Context(), closing.Control{Paused: true, At: noon}) })
	if err != nil {
		t.Errorf("SetControl: %v", err)
	}
	paused.Store(true)
}
