//go:build parts

package drill

import (
	"sync/atomic"
	"testing"
	"time"
)

// outage is an end of DynamoDB at a function's step.
type outage struct {
	scenario scenario
	step     string
	at       moment
}

// outages begin with those that leave most in doubt.
var outages = []outage{
	{closes, claimStep, after}, {closes, saveStep, before},
	{closes, saveStep, after}, {closes, claimStep, before}, {closes, loadStep, before},
	{learning, saveStep, before}, {learning, saveStep, after}, {arming, saveStep, before}, {arming, saveStep, after},
}

// TestDynamoDBEndsInTheMiddle ends DynamoDB Local with SIGKILL in the middle of an invocation and starts it again, on
// what is on its disk, when the function has given up. It is not parallel: the tables are everybody's. A start takes
// seconds, so that one round tries two outages, and twenty try all of them four times.
func TestDynamoDBEndsInTheMiddle(t *testing.T) {
	w := newWorld(t, built)
	some := outages
	if rounds == 1 {
		some = outages[:2]
	}
	for _, o := range some {
		for range max(1, rounds/5) {
			v := o.suffer(w)
			s := o.scenario
			results.add(string(s.function)+", DynamoDB ends", o.step, string(o.at), v)
			for _, fault := range v.faults {
				t.Errorf("DynamoDB ended %s %s of %s: %s", o.at, o.step, s.doing, fault)
			}
		}
	}
}

// settling is what DynamoDB Local gets to write down what it has acknowledged. Unlike DynamoDB, it answers a transaction
// some milliseconds before that is on its disk: killed at once, it lost four of five; after 20 ms, none.
const settling = 300 * time.Millisecond

// suffer is one round.
func (o outage) suffer(w *world) verdict {
	w.t.Helper()
	w.begin()
	d := w.newDispute(closedNow)
	start := o.scenario.begin(w, d)
	p := w.victim(o.scenario.function)
	defer p.stop()
	var ended atomic.Bool
	a := p.answers(w.t, start.event, func(s step, m moment) effect {
		if s.name != o.step || m != o.at || ended.Swap(true) {
			return goOn
		}
		time.Sleep(settling)
		if err := tables.Kill(); err != nil {
			w.t.Error(err)
		}
		return cut
	})
	if !ended.Load() {
		w.t.Fatalf("%s never came to %s %s", o.scenario.doing, o.at, o.step)
	}
	if err := tables.Restart(); err != nil {
		w.t.Fatal(err)
	}
	start.outcome(a, true, false)
	return w.finish(d)
}
