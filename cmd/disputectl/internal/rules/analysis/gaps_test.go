package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/internal/naive"
	"disputecloser/shared/policy"
)

const topGap = 8

// others are conditions besides amount; the first two are alike, though they are written differently.
func others() []policy.Conditions {
	return []policy.Conditions{
		{ReasonCode: &policy.Words{In: []string{"10.4", "b"}}},
		{ReasonCode: &policy.Words{In: []string{"B", "104"}}},
		{HasEvidence: new(false)},
		{HasEvidence: new(true)},
		{Currency: &policy.Words{In: []string{"usd"}}},
		{Status: &policy.Words{In: []string{"won"}}},
	}
}

// amountPolicy is a policy of rules on small amounts in two currencies, many of them alike in all else.
func amountPolicy(r *rand.Rand) policy.Document {
	d := policy.Document{Mode: policy.Shadow, Budget: policy.Budgets{Failures: 1}}
	for i := range 2 + r.IntN(4) {
		rule := policy.Rule{Name: fmt.Sprint("rule ", i), Then: policy.Keep, Shadow: r.IntN(6) == 0}
		rule.If = others()[r.IntN(len(others()))]
		if r.IntN(2) == 0 {
			rule.If = others()[r.IntN(2)]
		}
		if r.IntN(2) == 0 {
			rule.Then, rule.After = policy.Close, new(policy.Duration)
		}
		if r.IntN(8) > 0 {
			rule.If.Amount = map[string]policy.Bounds{"usd": amountBounds(r)}
			if r.IntN(2) == 0 {
				rule.If.Amount["eur"] = amountBounds(r)
			}
		}
		d.Rules = append(d.Rules, rule)
	}
	return d
}

func amountBounds(r *rand.Rand) policy.Bounds {
	low, high := 1+r.Int64N(topGap), 1+r.Int64N(topGap)
	switch r.IntN(4) {
	case 0:
		return policy.Bounds{AtLeast: &low}
	case 1:
		return policy.Bounds{AtMost: &high}
	default:
		return policy.Bounds{AtLeast: &low, AtMost: &high}
	}
}

type amountOf struct {
	currency string
	amount   int64
}

// alike reports whether two rules have the same conditions but for amount.
func alike(a, b policy.Conditions) bool {
	a.Amount, b.Amount = nil, nil
	same := func(c policy.Conditions) string {
		if c.ReasonCode != nil {
			return "code"
		}
		return text(c)
	}
	return same(a) == same(b)
}

// bruteGaps returns the amounts between two live rules alike that no live rule can surely match.
func bruteGaps(d *policy.Document) map[amountOf]bool {
	gaps := map[amountOf]bool{}
	met := make([]map[amountOf]bool, len(d.Rules))
	for i := range d.Rules {
		met[i] = surelyMet(&d.Rules[i])
	}
	live := func(i int) bool { return !d.Rules[i].Shadow && len(met[i]) > 0 }
	for i := range d.Rules {
		for j := range d.Rules {
			if i == j || !live(i) || !live(j) || !alike(d.Rules[i].If, d.Rules[j].If) {
				continue
			}
			for _, currency := range []string{"usd", "eur"} {
				below, above := d.Rules[i].If.Amount[currency].AtMost, d.Rules[j].If.Amount[currency].AtLeast
				if below == nil || above == nil || crossed(d.Rules[i].If.Amount[currency]) || crossed(d.Rules[j].If.Amount[currency]) {
					continue
				}
				for amount := *below + 1; amount < *above; amount++ {
					at, decided := amountOf{currency, amount}, false
					for k := range d.Rules {
						decided = decided || live(k) && met[k][at]
					}
					if !decided {
						gaps[at] = true
					}
				}
			}
		}
	}
	return gaps
}

func crossed(b policy.Bounds) bool {
	return b.AtLeast != nil && b.AtMost != nil && *b.AtLeast > *b.AtMost
}

// surelyMet returns the amounts at which some dispute surely meets a rule.
func surelyMet(r *policy.Rule) map[amountOf]bool {
	met := map[amountOf]bool{}
	for _, currency := range []string{"usd", "eur", "gbp"} {
		for amount := range int64(topGap + 2) {
			for _, status := range []string{"needs_response", "won"} {
				for _, code := range []string{"104", "b", "c"} {
					for _, evidence := range []bool{false, true} {
						at := amountOf{currency, amount + 1}
						c := naive.Case{Sample: policy.Sample{Currency: &at.currency, Amount: &at.amount, Status: &status, ReasonCode: &code, HasEvidence: &evidence}}
						if naive.InDomain(r, c) && naive.Surely(r, c) {
							met[at] = true
						}
					}
				}
			}
		}
	}
	return met
}

func TestGapsAgreeWithBruteForce(t *testing.T) {
	total := 0
	for seed := range rounds(t, 1000) {
		d := amountPolicy(rand.New(rand.NewPCG(uint64(seed), 2)))
		got := map[amountOf]bool{}
		for _, p := range analysis.Check(&d, nil) {
			if p.Kind != analysis.Gap {
				continue
			}
			var low, high int64
			var currency string
			if n, _ := fmt.Sscanf(p.Message, "no rule decides %d to %d %3s", &low, &high, &currency); n != 3 {
				if _, err := fmt.Sscanf(p.Message, "no rule decides %d %3s", &low, &currency); err != nil {
					t.Fatal(p.Message)
				}
				high = low
			}
			for amount := low; amount <= high; amount++ {
				got[amountOf{currency, amount}] = true
			}
		}
		want := bruteGaps(&d)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("seed %d: gaps %v, by brute force %v\n%s", seed, got, want, text(d))
		}
		total += len(want)
	}
	if total < 100 {
		t.Errorf("%d amounts in gaps: too few to mean anything", total)
	}
}
