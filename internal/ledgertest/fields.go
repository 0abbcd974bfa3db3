package ledgertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var fields = []Check{
	{"every field is kept by a save", savesEveryField},
	{"every field is kept by a claim", claimsEveryField},
	{"every field can be cleared again", clearsEveryField},
	{"a case of zero values is kept", keepsZero},
	{"instants are kept to the nanosecond", keepsInstants},
	{"known zero and unknown are kept apart", keepsMaybe},
	{"every outcome of a condition is kept", keepsTruths},
	{"any text is kept", keepsText},
}

// kept saves the case, checks that nothing but its version changed, and returns it as stored.
func kept(t testing.TB, s Store, c closing.Case) closing.Case {
	t.Helper()
	saved := save(t, s, c)
	c.Version++
	WantCase(t, saved, c)
	WantCase(t, load(t, s, c.ID), c)
	return c
}

func savesEveryField(t testing.TB, s Store) {
	kept(t, s, kept(t, s, Filled(t)))
}

func claimsEveryField(t testing.TB, s Store) {
	want := Filled(t)
	want.Version = save(t, s, sample(t, string(want.ID))).Version
	won := claim(t, s, want, roomy(1))
	want.Version = 2
	WantCase(t, won, want)
	WantCase(t, load(t, s, want.ID), want)
}

func clearsEveryField(t testing.TB, s Store) {
	full := save(t, s, Filled(t))
	kept(t, s, closing.Case{ID: full.ID, State: closing.Open, Version: full.Version})
	wantDue(t, s, noon.AddDate(10, 0, 0), 10, nil)
}

func keepsZero(t testing.TB, s Store) {
	c := kept(t, s, closing.Case{ID: "dp_zero"})
	c.Decision, c.Override = &policy.Decision{Tried: make([]policy.Tried, 2)}, &closing.Override{}
	c.History = make([]closing.Entry, 1)
	c.Told, c.Seen = []string{""}, []string{"", ""}
	kept(t, s, c)
}

func keepsInstants(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	for _, at := range []time.Time{
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(2026, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Date(2026, 3, 1, 9, 0, 0, 100_000_000, time.FixedZone("east", 8*3600)),
		time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Unix(-1, 5),
		time.Now(),
	} {
		c.DueAt, c.ObservedAt, c.ClaimUntil = at, at, at.Add(0)
		c.History = []closing.Entry{{At: at, What: "looked"}}
		c = kept(t, s, c)
	}
}

func keepsMaybe(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	for _, clock := range []policy.Clock{
		{},
		{After: dispute.Known(time.Duration(0))},
		{BeforeDue: dispute.Known(24 * time.Hour)},
		{After: dispute.Known(-time.Nanosecond)},
	} {
		c.Decision = &policy.Decision{Action: policy.Close, Clock: clock}
		c = kept(t, s, c)
	}
}

func keepsTruths(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	c.Decision = &policy.Decision{Tried: []policy.Tried{{Rule: "all", Conditions: []policy.Check{
		{Name: "a", Outcome: policy.Yes}, {Name: "b", Outcome: policy.No}, {Name: "c", Outcome: policy.Unknown},
	}}}}
	kept(t, s, c)
}

func keepsText(t testing.TB, s Store) {
	c := sample(t, "dp_1")
	c.LastError = "争议 \x00 \u2028 \"quoted\" \\ <html> 🙂 " + strings.Repeat("long ", 1000)
	c.Told = []string{" ", "争议", "争议", "\n"}
	c.Seen = slices.Repeat([]string{"evt_0123456789abcdefghijklmnop"}, 100)
	kept(t, s, c)
}
