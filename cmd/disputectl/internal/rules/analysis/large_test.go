package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/policy"
)

// large is a policy of n rules over the whole vocabulary, tiered by amount as a merchant's would be.
func large(n int, seed uint64) policy.Document {
	r := rand.New(rand.NewPCG(seed, 3))
	d := policy.Document{Mode: policy.Shadow, Ceiling: map[string]int64{}, Budget: policy.Budgets{Failures: 1}}
	currencies := []string{"usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "sek"}
	word := func(kind string, many int) string { return fmt.Sprint(kind, r.IntN(many)) }
	for i := range n {
		rule := policy.Rule{Name: fmt.Sprint("rule ", i), Then: policy.Review}
		if i%3 == 0 {
			rule.Then, rule.After = policy.Close, new(policy.Duration)
			rule.If.Status = &policy.Words{In: []string{"needs_response"}}
		}
		rule.If.Amount = map[string]policy.Bounds{}
		for range 1 + r.IntN(3) {
			low := int64(1 + r.IntN(5000))
			rule.If.Amount[currencies[r.IntN(len(currencies))]] = policy.Bounds{AtLeast: &low, AtMost: new(low + r.Int64N(3000))}
		}
		if r.IntN(2) == 0 {
			rule.If.ReasonCode = &policy.Words{In: []string{word("a", 20), word("b", 20), word("c", 20)}}
		}
		if r.IntN(3) == 0 {
			rule.If.ReasonType = &policy.Words{Not: []string{word("fraud", 5), word("other", 5)}}
		}
		for _, flag := range []**bool{&rule.If.HasEvidence, &rule.If.PastDue, &rule.If.Refunded} {
			if r.IntN(3) == 0 {
				*flag = new(r.IntN(2) == 0)
			}
		}
		if r.IntN(4) == 0 {
			rule.If.Metadata = map[string]policy.Words{word("key", 5): {In: []string{word("value", 4)}}}
		}
		if r.IntN(4) == 0 {
			rule.If.TimeLeft = &policy.Span{AtMost: new(policy.Duration(r.IntN(200)) * policy.Duration(time.Hour))}
		}
		d.Rules = append(d.Rules, rule)
	}
	return d
}

// entangled is a policy of n rules that each ask three of some keys: random clauses, the hardest where there are about
// four to a key.
func entangled(n, keys int, seed uint64) policy.Document {
	r := rand.New(rand.NewPCG(seed, 4))
	d := policy.Document{Mode: policy.Shadow, Budget: policy.Budgets{Failures: 1}}
	for i := range n {
		rule := policy.Rule{Name: fmt.Sprint("rule ", i), Then: policy.Keep, If: policy.Conditions{Metadata: map[string]policy.Words{}}}
		for _, k := range r.Perm(keys)[:3] {
			rule.If.Metadata[fmt.Sprint("key", k)] = []policy.Words{{In: []string{"a"}}, {Not: []string{"a"}}}[r.IntN(2)]
		}
		if i > n*3/4 {
			rule.Then, rule.After = policy.Close, new(policy.Duration)
		}
		d.Rules = append(d.Rules, rule)
	}
	return d
}

// inTime is far more than a check takes, so that a busy machine passes; the benchmark measures what it takes.
const inTime = 10 * time.Second

func TestTwoHundredRulesAreDecided(t *testing.T) {
	var policies []policy.Document
	for seed := range uint64(4) {
		policies = append(policies, large(200, seed))
	}
	for _, keys := range []int{11, 25, 30, 47} {
		policies = append(policies, entangled(200, keys, 1))
	}
	for i := range policies {
		start, shadowed := time.Now(), 0
		for _, p := range analysis.Check(&policies[i], nil) {
			switch p.Kind {
			case analysis.Undecided:
				t.Errorf("policy %d: %s: %s", i, p.At, p.Message)
			case analysis.Shadowed:
				shadowed++
			}
		}
		if took := time.Since(start); took > inTime {
			t.Errorf("policy %d took %s", i, took)
		}
		t.Logf("policy %d: %d shadowed, %s", i, shadowed, time.Since(start))
	}
}

func BenchmarkCheck200Rules(b *testing.B) {
	for name, d := range map[string]policy.Document{"tiered": large(200, 1), "entangled": entangled(200, 30, 1)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				analysis.Check(&d, nil)
			}
		})
	}
}
