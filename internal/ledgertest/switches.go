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

// switches are about a store on which closing is still off.
var switches = []Check{
	{"closing is off until a person turns it on", offAtFirst},
	{"closing that is on for another table is off", offElsewhere},
	{"closing is off when the switch is lost", offWhenLost},
	{"a table without a mark is never on", offWithoutMark},
	{"a closed switch refuses by what it is, after a conflict and before the budget", precedence},
	{"only a pause and a resume can be stored", pausesAndResumes},
	{"the switch is kept as it was set", keepsControl},
	{"a resume lifts no newer pause", resumesInOrder},
	{"a pause refuses claims and allows saves", pauseRefuses},
	{"no claim begun after the pause wins", racePause},
}

func set(t testing.TB, s Store, position closing.Switch) {
	t.Helper()
	if err := s.SetControl(t.Context(), closing.Control{Switch: position, Who: "ops", Why: "drill", At: noon}); err != nil {
		t.Fatalf("SetControl: %v", err)
	}
}

func wantSwitch(t testing.TB, s Store, want closing.Switch) {
	t.Helper()
	got, err := s.Control(t.Context())
	if err != nil || got.Switch != want {
		t.Errorf("the switch is %q, %v, want %q", got.Switch, err, want)
	}
}

// refuses checks that the switch refuses a fresh claim and one of what the case holds, and allows saves.
func refuses(t testing.TB, s Store, c closing.Case, want error) closing.Case {
	t.Helper()
	held := roomy(1)
	held.Held = true
	refused(t, s, claimed(c, "claim-1"), roomy(1), want)
	refused(t, s, claimed(c, "claim-2"), held, want)
	return saveWith(t, s, c, closing.Tally{Day: held.Day, Currency: held.Currency, Failures: 1})
}

func offAtFirst(t testing.TB, s Store) {
	wantControl(t, s, closing.Control{})
	c := refuses(t, s, save(t, s, sample(t, "dp_1")), closing.ErrOff)
	_, err := s.Claim(t.Context(), claimed(sample(t, "dp_new"), "claim"), roomy(1))
	wantErr(t, err, closing.ErrOff)
	set(t, s, closing.On)
	claim(t, s, claimed(c, "claim-3"), roomy(1))
}

// offElsewhere has the store be that of another table, and of the first one again. Who turned it on last is said of either.
func offElsewhere(t testing.TB, s Store) {
	s.MoveTo("here")
	set(t, s, closing.On)
	wantSwitch(t, s, closing.On)
	s.MoveTo("there")
	wantControl(t, s, closing.Control{Who: "ops", Why: "drill", At: noon})
	c := refuses(t, s, save(t, s, sample(t, "dp_1")), closing.ErrOff)
	set(t, s, closing.Paused)
	wantSwitch(t, s, closing.Paused)
	c = refuses(t, s, c, closing.ErrPaused)
	set(t, s, closing.On)
	c = claim(t, s, claimed(c, "claim-3"), roomy(1))
	s.MoveTo("here")
	wantSwitch(t, s, closing.Off)
	refuses(t, s, c, closing.ErrOff)
}

func offWhenLost(t testing.TB, s Store) {
	set(t, s, closing.On)
	s.LoseControl()
	wantControl(t, s, closing.Control{})
	refuses(t, s, save(t, s, sample(t, "dp_1")), closing.ErrOff)
	set(t, s, closing.Paused)
	s.LoseControl()
	wantControl(t, s, closing.Control{})
}

// offWithoutMark also has a store without a mark look at a table for which closing was turned on.
func offWithoutMark(t testing.TB, s Store) {
	set(t, s, closing.On)
	s.MoveTo("")
	wantSwitch(t, s, closing.Off)
	c := refuses(t, s, save(t, s, sample(t, "dp_1")), closing.ErrOff)
	wantErr(t, s.SetControl(t.Context(), closing.Control{Switch: closing.On, At: noon.Add(1)}), closing.ErrNoMark)
	wantControl(t, s, closing.Control{Who: "ops", Why: "drill", At: noon})
	set(t, s, closing.Paused)
	refuses(t, s, c, closing.ErrPaused)
}

func precedence(t testing.TB, s Store) {
	stale := save(t, s, sample(t, "dp_1"))
	fresh := save(t, s, stale)
	poor := roomy(1)
	poor.Limit.Closes = 0
	for _, c := range []struct {
		position closing.Switch
		want     error
	}{{closing.Off, closing.ErrOff}, {closing.Paused, closing.ErrPaused}, {closing.On, closing.ErrBudget}} {
		if c.position != closing.Off {
			set(t, s, c.position)
		}
		refused(t, s, claimed(stale, "claim-1"), poor, closing.ErrConflict)
		refused(t, s, claimed(fresh, "claim-2"), poor, c.want)
	}
}

func pausesAndResumes(t testing.TB, s Store) {
	for _, before := range []closing.Switch{closing.Off, closing.On, closing.Paused} {
		if before != closing.Off {
			set(t, s, before)
		}
		for _, position := range []closing.Switch{closing.Off, "yes"} {
			if err := s.SetControl(t.Context(), closing.Control{Switch: position, At: noon.Add(1)}); err == nil {
				t.Errorf("SetControl stored %q", position)
			}
		}
		wantSwitch(t, s, before)
	}
}

func keepsControl(t testing.TB, s Store) {
	for _, want := range []closing.Control{
		{Switch: closing.Paused, Who: "ada", Why: "too many", At: noon},
		{Switch: closing.On, Who: "bob", At: noon.Add(1)},
		{Switch: closing.Paused, Who: "ada", At: noon},
		{Switch: closing.On, At: noon.Add(1)},
	} {
		if err := s.SetControl(t.Context(), want); err != nil {
			t.Fatalf("SetControl: %v", err)
		}
		wantControl(t, s, want)
	}
}

// resumesInOrder has a resume arrive after a pause that was made later. A pause counts whenever it arrives.
func resumesInOrder(t testing.TB, s Store) {
	newest := closing.Control{Switch: closing.Paused, Who: "ada", Why: "too many", At: noon.Add(2)}
	for _, c := range []struct {
		set  closing.Control
		want error
		then closing.Control
	}{
		{newest, nil, newest},
		{closing.Control{Switch: closing.On, Who: "bob", At: noon.Add(1)}, closing.ErrConflict, newest},
		{closing.Control{Switch: closing.On}, closing.ErrConflict, newest},
		{closing.Control{Switch: closing.Paused, Who: "bob", At: noon}, nil, closing.Control{Switch: closing.Paused, Who: "bob", At: noon}},
		{closing.Control{Switch: closing.On, Who: "ada", At: noon}, nil, closing.Control{Switch: closing.On, Who: "ada", At: noon}},
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
	set(t, s, closing.On)
	set(t, s, closing.Paused)
	c := refuses(t, s, save(t, s, sample(t, "dp_1")), closing.ErrPaused)
	set(t, s, closing.On)
	claim(t, s, claimed(c, "claim-3"), roomy(1))
}

func racePause(t testing.TB, s Store) {
	const each = 8
	set(t, s, closing.On)
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
	err := insist(func() error { return s.SetControl(t.Context(), closing.Control{Switch: closing.Paused, At: noon}) })
	if err != nil {
		t.Errorf("SetControl: %v", err)
	}
	paused.Store(true)
}
