package analysis_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/internal/naive"
	"disputecloser/shared/policy"
)

// rounds is how many random policies a test tries. POLICY_ROUNDS sets another number.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	text, ok := os.LookupEnv("POLICY_ROUNDS")
	if !ok {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reached is what a search through every dispute of a small domain says about a policy's rules.
type reached struct {
	// surely is whether some dispute surely meets the rule, matched whether some matches it, and decided whether it decides
	// some, or would if it were live.
	surely, matched, decided []bool
	// taken is whether the first rule decides a dispute that it and the second surely meet.
	taken map[[2]int]bool
}

func brute(d *policy.Document, domain func(func(naive.Case) bool)) reached {
	n := len(d.Rules)
	out := reached{surely: make([]bool, n), matched: make([]bool, n), decided: make([]bool, n), taken: map[[2]int]bool{}}
	surely := make([]bool, n)
	domain(func(c naive.Case) bool {
		deciding := -1
		clear(surely)
		for i := range d.Rules {
			r := &d.Rules[i]
			if !naive.InDomain(r, c) {
				continue
			}
			sure, matches := naive.Try(r, c)
			surely[i] = sure
			out.surely[i] = out.surely[i] || sure
			out.matched[i] = out.matched[i] || matches
			if deciding < 0 && matches {
				out.decided[i] = true
				if !r.Shadow {
					deciding = i
				}
			}
			if deciding >= 0 && deciding < i && sure && surely[deciding] {
				out.taken[[2]int{deciding, i}] = true
			}
		}
		return true
	})
	return out
}

func TestAnalysesAgreeWithBruteForce(t *testing.T) {
	counts := map[analysis.Kind]int{}
	for seed := range rounds(t, 1000) {
		d := naive.NewRandom(uint64(seed)).Policy()
		problems := analysis.Check(&d, nil)
		want := brute(&d, func(do func(naive.Case) bool) { naive.Each(naive.Domain(&d), do) })
		for i := range d.Rules {
			empty := found(problems, analysis.NeverMatches, i)
			if !want.surely[i] && !empty {
				t.Fatalf("seed %d: no dispute surely meets rule %d, and that is not found\n%s", seed, i, text(d))
			}
			if empty && want.surely[i] && !partlyEmpty(&d.Rules[i]) {
				t.Fatalf("seed %d: rule %d is found to match nothing, and some dispute meets it\n%s", seed, i, text(d))
			}
			shadowed := want.surely[i] && !want.decided[i]
			if got := found(problems, analysis.Shadowed, i); got != shadowed {
				t.Fatalf("seed %d: rule %d is found shadowed: %t, by brute force: %t\n%s", seed, i, got, shadowed, text(d))
			}
			taken := false
			for early := range i {
				taken = taken || want.taken[[2]int{early, i}] && d.Rules[early].Then == policy.Close
			}
			taken = taken && d.Rules[i].Then != policy.Close && !d.Rules[i].Shadow && !shadowed
			if got := found(problems, analysis.Taken, i); got != taken {
				t.Fatalf("seed %d: disputes of rule %d are found taken: %t, by brute force: %t\n%s", seed, i, got, taken, text(d))
			}
		}
		checkNamed(t, seed, &d, problems)
		for _, p := range problems {
			counts[p.Kind]++
		}
	}
	for _, kind := range []analysis.Kind{analysis.NeverMatches, analysis.Shadowed, analysis.Taken} {
		if counts[kind] < 100 {
			t.Errorf("kind %d was found %d times: too few to mean anything", kind, counts[kind])
		}
	}
}

// checkNamed drops all live rules before a shadowed one but those that the finding's place and message name, and
// expects it to be shadowed still; and no longer when one of the named is dropped too.
func checkNamed(t *testing.T, seed int, d *policy.Document, problems []analysis.Problem) {
	t.Helper()
	for _, p := range problems {
		if p.Kind != analysis.Shadowed {
			continue
		}
		at := ruleOf(p.At)
		var named []int
		for i := range at {
			if containsName(p.Message, d.Rules[i].Name) {
				named = append(named, i)
			}
		}
		if len(named) == 0 || p.Also != rulePlace(named[0]).Key("name") {
			t.Fatalf("seed %d: named %v, also %s\n%s", seed, named, p.Also, text(d))
		}
		for drop := -1; drop < len(named); drop++ {
			less := *d
			less.Rules = nil
			for n, i := range named {
				if n != drop {
					less.Rules = append(less.Rules, d.Rules[i])
				}
			}
			less.Rules = append(less.Rules, d.Rules[at])
			if got := found(analysis.Check(&less, nil), analysis.Shadowed, len(less.Rules)-1); got != (drop < 0) {
				t.Fatalf("seed %d: without the %dth of %v rule %d is shadowed: %t\n%s", seed, drop, named, at, got, text(d))
			}
		}
	}
}

func containsName(message, name string) bool {
	for i := range len(message) - len(name) {
		if message[i] == '"' && message[i+1:i+1+len(name)] == name {
			return true
		}
	}
	return false
}

// partlyEmpty reports whether a part of a rule that some dispute meets is met by no dispute, which is an error as well.
func partlyEmpty(r *policy.Rule) bool {
	if r.Then == policy.Close {
		if r.If.Refunded != nil && *r.If.Refunded {
			return true
		}
		if r.If.Status != nil && slices.ContainsFunc(r.If.Status.In, func(s string) bool { return !naive.Closable(s) }) {
			return true
		}
	}
	met := func(currency string) bool {
		only := policy.Rule{Then: policy.Close, If: policy.Conditions{Currency: r.If.Currency, Amount: r.If.Amount}}
		for amount := range int64(10) {
			c := naive.Case{Sample: policy.Sample{Currency: &currency, Amount: new(amount + 1)}}
			if naive.Surely(&only, c) {
				return true
			}
		}
		return false
	}
	for currency := range r.If.Amount {
		if !met(currency) {
			return true
		}
	}
	if r.If.Amount == nil || r.If.Currency == nil {
		return false
	}
	return slices.ContainsFunc(r.If.Currency.In, func(currency string) bool { return !met(currency) })
}

func rulePlace(i int) analysis.Path { return analysis.Path("/rules").Item(i) }

func ruleOf(p analysis.Path) int {
	for i := range 1000 {
		if p.Within(rulePlace(i)) {
			return i
		}
	}
	return -1
}

func found(problems []analysis.Problem, kind analysis.Kind, rule int) bool {
	return slices.ContainsFunc(problems, func(p analysis.Problem) bool {
		return p.Kind == kind && p.At.Within(rulePlace(rule))
	})
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
