package schema_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// unseen are the faults of form that a schema cannot state, by what the check says of them.
var unseen = map[string]*regexp.Regexp{
	"names are unique by case folding":       regexp.MustCompile(`^there are two rules named `),
	"codes are equal by letters and digits":  regexp.MustCompile(` is listed twice$`),
	"a clock has a longest time":             regexp.MustCompile(`can't be longer than 720h`),
	"rules that are equal have equal names":  regexp.MustCompile(`^rule ".*" occurs twice$`),
	"an unknown rule's name is known to all": regexp.MustCompile(`^there is no rule `),
}

// TestSchemaAndCodeAgreeOnForm breaks sound policies at random places: the schema refuses what the code cannot read,
// and accepts all else.
func TestSchemaAndCodeAgreeOnForm(t *testing.T) {
	s := compiled(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var refused, accepted int
	files := glob(t, testdata+"good/*.yaml")
	for range 3000 {
		file := files[rng.IntN(len(files))]
		var tree any
		if err := yaml.Unmarshal(directives.ReplaceAll(read(t, file), nil), &tree); err != nil {
			t.Fatal(err)
		}
		tree = mutated(rng, tree)
		text, err := json.Marshal(tree) // JSON is YAML.
		if err != nil {
			t.Fatal(err)
		}
		faults := faultsOf(text)
		ok := valid(s, text)
		if ok != (len(faults) == 0) {
			t.Fatalf("valid by the schema: %t; the code: %q\n%s", ok, faults, text)
		}
		if ok {
			accepted++
		} else {
			refused++
		}
	}
	if min(refused, accepted) < 150 {
		t.Errorf("%d refused and %d accepted: too few of one kind", refused, accepted)
	}
}

// faultsOf returns what the code has against a text's form, but for what a schema cannot state.
func faultsOf(text []byte) []string {
	d, findings := source.Read("p", text)
	var faults []string
	for _, f := range findings {
		if !isUnseen(f.Message) {
			faults = append(faults, f.Message)
		}
	}
	if len(findings) > 0 {
		return faults
	}
	if _, err := policy.Compile(d); err != nil {
		faults = append(faults, err.Error())
	}
	for _, test := range d.Tests {
		if test.Expect.Then == policy.Close && test.Expect.Rule == "" {
			faults = append(faults, "a test that expects close names no rule")
		}
	}
	return faults
}

func isUnseen(message string) bool {
	for _, pattern := range unseen {
		if pattern.MatchString(message) {
			return true
		}
	}
	return false
}

// strange are values that may stand anywhere.
var strange = []any{
	nil, true, false, 0, 1, -1, 7, 1.5, "", " ", "x", "usd", "USD", "24h", "1d", "-2h", "close", "keep", "live", "needs_response",
	[]any{}, []any{"usd"}, []any{"10.4", "104"}, []any{"x", "x"}, []any{7}, map[string]any{}, map[string]any{"not": []any{"lost"}},
	map[string]any{"at_most": 5}, map[string]any{"at_least": "3h"}, map[string]any{"usd": 5}, map[string]any{"closes": 1, "amount": 2},
}

// keysTo are keys that may be added.
var keysTo = []string{"mode", "shadow", "after", "before_due", "rule", "not", "at_most", "usd", "jpy", "failures", "tests", "amount", "zzz", ""}

// mutated changes a tree at one place.
func mutated(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		return mutatedMapping(rng, v)
	case []any:
		if len(v) == 0 || rng.IntN(6) == 0 {
			return strange[rng.IntN(len(strange))]
		}
		i := rng.IntN(len(v))
		if rng.IntN(8) == 0 {
			return slices.Delete(slices.Clone(v), i, i+1)
		}
		v[i] = mutated(rng, v[i])
		return v
	default:
		return strange[rng.IntN(len(strange))]
	}
}

func mutatedMapping(rng *rand.Rand, m map[string]any) any {
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) == 0 || rng.IntN(12) == 0 {
		return strange[rng.IntN(len(strange))]
	}
	key := keys[rng.IntN(len(keys))]
	switch rng.IntN(8) {
	case 0:
		delete(m, key)
	case 1:
		m[keysTo[rng.IntN(len(keysTo))]] = strange[rng.IntN(len(strange))]
	case 2:
		m[keysTo[rng.IntN(len(keysTo))]] = m[key]
		delete(m, key)
	default:
		m[key] = mutated(rng, m[key])
	}
	return m
}
