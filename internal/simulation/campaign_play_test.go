package simulation

import (
	"os"
	"strconv"
	"testing"
)

// TestSeeds plays SEEDS histories (200 by default), beginning with seed FROM (0 by default).
func TestSeeds(t *testing.T) {
	c := Campaign{From: setting(t, "FROM", 0), Seeds: setting(t, "SEEDS", 200)}
	outcome := c.Run(t.Context())
	if len(outcome.Violations) > 0 {
		v := outcome.Violations[0]
		t.Fatalf("seed %d: %v\n%s", v.Seed, v, Explain(v, c.Options))
	}
	t.Logf("%d histories, %d steps, %d POSTs, %d executed", outcome.Figures.Histories, outcome.Figures.Steps, outcome.Figures.Posts, outcome.Figures.Executed)
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// The same seed gives the same history, bit for bit, with or without a story.
func TestSameSeedSameHistory(t *testing.T) {
	digests := map[uint64]bool{}
	for seed := range uint64(50) {
		first, second := Play(seed, Options{}), Play(seed, Options{story: &Story{}, keepIncidents: true})
		if first.Digest != second.Digest || first.Figures.Steps != second.Figures.Steps {
			t.Fatalf("seed %d: digests %x and %x after %d and %d steps", seed, first.Digest, second.Digest, first.Figures.Steps, second.Figures.Steps)
		}
		digests[first.Digest] = true
	}
	if len(digests) < 50 {
		t.Fatalf("50 seeds gave %d different histories", len(digests))
	}
}
