//go:build parts

package drill

import (
	"path/filepath"
	"testing"
)

// fault is a deliberate fault of the executable, and the part of the drill that has to notice it.
type fault struct {
	name   string
	change change
	try    func(w *world) []verdict
	caught func(v verdict) bool
}

func isTwice(v verdict) bool { return v.twice }

func isLost(v verdict) bool { return v.lost }

var deliberate = []fault{
	{"the closer does not look", change{
		"shared/closing/work.go", "look := w.lookWithCharge(ctx, c.ID)", "look := Look{SentAt: w.Now(), SafeAt: w.Now(), Dispute: c.Dispute, Refunded: dispute.Known(false)}",
	}, killedAtThePOST, isTwice},
	{"the ledger ignores versions", change{
		"shared/dynamo/write.go", `"#version = :loaded AND`, `"(#version = :loaded OR #version <> :loaded) AND`,
	}, twoAtTheClaim, isTwice},
	{"a claim is never due", change{
		"shared/closing/close.go", "c.ArmedAt, c.DueAt = time.Time{}, c.ClaimUntil.Add(dateStep)", "c.ArmedAt, c.DueAt = time.Time{}, time.Time{}",
	}, killedAtThePOST, isLost},
	{"the window begins with the claim's answer", change{
		"shared/closing/close.go", "p := w.post(ctx, claimed, claimedAt)", "p := w.post(ctx, claimed, w.Now())",
	}, answeredLate, isTwice},
}

// TestTheDrillCanFail breaks the executable on purpose: the drill has to notice, and by the promise that is broken.
func TestTheDrillCanFail(t *testing.T) {
	for _, f := range deliberate {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			broken := filepath.Join(t.TempDir(), "broken")
			if err := build(broken, movedClock, f.change); err != nil {
				t.Fatal(err)
			}
			for _, v := range f.try(newWorld(t, executables{deployed: broken, timed: broken})) {
				if f.caught(v) {
					return
				}
				t.Logf("not caught: %+v", v)
			}
			t.Error("nobody noticed")
		})
	}
}

func killedAtThePOST(w *world) []verdict {
	var all []verdict
	for _, b := range closes.undisturbed(w) {
		if b.step.name == closeStep {
			_, v, _ := closes.kill(w, b)
			all = append(all, v)
		}
	}
	return all
}

func twoAtTheClaim(w *world) []verdict { return []verdict{w.race(claimStep)} }

// answeredLate tries three times: on a machine that is very busy, the closer may have given up before its answer is let
// through, and then has nothing to send.
func answeredLate(w *world) []verdict { return []verdict{w.late(), w.late(), w.late()} }
