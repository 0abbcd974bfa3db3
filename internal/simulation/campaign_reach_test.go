//go:build !race

package simulation

import "testing"

// A few thousand histories reach every incident and every situation that the protocol describes.
func TestReachesEverything(t *testing.T) {
	c := Campaign{From: 50_000, Seeds: 3000, GoOn: true}
	outcome := c.Run(t.Context())
	for k := range incidentKinds {
		if outcome.Figures.Faults[k] == 0 && !k.beyond() {
			t.Errorf("it never happened: %s", k)
		}
		if outcome.Figures.Faults[k] > 0 && k.beyond() {
			t.Errorf("it happened unasked: %s", k)
		}
	}
	for s := range situations {
		if outcome.Figures.Situations[s] == 0 {
			t.Errorf("it was never met: %s", s)
		}
	}
}

// With Options.Beyond, incidents against which no design can promise anything happen, and the watchers see broken promises.
func TestBeyondPromise(t *testing.T) {
	c := Campaign{Seeds: 3000, GoOn: true, Options: Options{Beyond: true}}
	outcome := c.Run(t.Context())
	for k := executesTooLate; k < incidentKinds; k++ {
		if outcome.Figures.Faults[k] == 0 {
			t.Errorf("it never happened: %s", k)
		}
	}
	if outcome.Broken["S1"] == 0 {
		t.Errorf("nothing of ours was executed twice or too late: %v", outcome.Broken)
	}
	t.Logf("broken: %v", outcome.Broken)
}
