package simulation

import (
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// The policy's text, read a second time, and the compiled policy agree on disputes with and without unknown facts.
func TestRulingAgreesWithThePolicy(t *testing.T) {
	actions := map[policy.Action]int{}
	for volume := range volumes {
		book := rulebookAt(volume)
		for i := range uint64(40) {
			c := chance(7).of(uint64(volume)).of(i)
			now := epoch.Add(c.of(1).span(0, 200*time.Hour))
			f := drawFacts(&subject{id: "dp_1", key: c}, now)
			now = now.Add(c.of(2).span(0, 100*time.Hour))
			refunded, known := pick(c.of(3), []truth{no, unknown, yes}), dispute.Maybe[bool]{}
			if refunded != unknown {
				known = dispute.Known(refunded == yes)
			}
			want := rule(&book.document, f, (&look{facts: f, charge: refunded}).refunded(), now)
			facts := policy.FactsOf(f.dispute(), known, now)
			got := book.compiled.Decide(&facts)
			if got.Action != want.action || want.rule != nil && got.Rule != want.rule.Name {
				t.Fatalf("volume %d: decided %+v, want %s\n%s", volume, got, want.action, f.body())
			}
			actions[got.Action]++
			stopped := guard(&book.document, f, (&look{facts: f, charge: refunded}).refunded(), false)
			if by := book.compiled.Guard(&facts, false, nil); (by == "") != (stopped == "") {
				t.Fatalf("volume %d: stopped by %q, want %q\n%s", volume, by, stopped, f.body())
			}
		}
	}
	if len(actions) != 3 {
		t.Fatalf("only %v were decided", actions)
	}
}
