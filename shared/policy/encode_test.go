package policy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"disputecloser/shared/policy"
)

func encode(t testing.TB, d policy.Document) []byte {
	t.Helper()
	encoded, err := policy.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestLoadReadsWhatEncodeWrote(t *testing.T) {
	for _, d := range []policy.Document{example(), tenRules()} {
		encoded := encode(t, d)
		if again := encode(t, d); !bytes.Equal(encoded, again) {
			t.Errorf("two encodings differ:\n%s\n%s", encoded, again)
		}
		loaded, err := policy.Load(encoded)
		if err != nil {
			t.Fatal(err)
		}
		f := tenRuleFacts()
		if got, want := loaded.Decide(&f), compile(t, d).Decide(&f); got != want {
			t.Errorf("loaded decides %+v, compiled %+v", got, want)
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, encoded, "", "  "); err != nil {
			t.Fatal(err)
		}
		if _, err := policy.Load(pretty.Bytes()); err != nil {
			t.Errorf("white space alone is refused: %v", err)
		}
	}
}

func TestLimitsOfThePolicy(t *testing.T) {
	d := example()
	d.Mode = policy.Live
	loaded, err := policy.Load(encode(t, d))
	if err != nil {
		t.Fatal(err)
	}
	ceiling, ok := loaded.Ceiling("usd")
	_, none := loaded.Ceiling("jpy")
	if ceiling != 5000 || !ok || none {
		t.Errorf("ceilings: %d %t, jpy %t", ceiling, ok, none)
	}
	budget, ok := loaded.Budget("eur")
	_, none = loaded.Budget("jpy")
	if want := (policy.Budget{Closes: 50, Amount: 50000, Failures: 5}); budget != want || !ok || none {
		t.Errorf("budgets: %+v %t, jpy %t", budget, ok, none)
	}
	if !loaded.Live() || compile(t, example()).Live() {
		t.Error("live is not mode: live")
	}
}

func TestHashCoversTheBehaviourAndNotTheTests(t *testing.T) {
	hash := compile(t, example()).Hash()
	if len(hash) != 12 || strings.Trim(hash, "0123456789abcdef") != "" {
		t.Errorf("hash %q is not 12 hexadecimal digits", hash)
	}
	d := example()
	d.Tests = []policy.Test{{Expect: policy.Expect{Then: policy.Keep}}}
	if got := compile(t, d).Hash(); got != hash {
		t.Errorf("a test changed the hash from %s to %s", hash, got)
	}
	for name, change := range map[string]func(*policy.Document){
		"mode":     func(d *policy.Document) { d.Mode = policy.Live },
		"ceiling":  func(d *policy.Document) { d.Ceiling["usd"]++ },
		"budget":   func(d *policy.Document) { d.Budget.Spend["usd"] = policy.Spend{Closes: 51, Amount: 50000} },
		"failures": func(d *policy.Document) { d.Budget.Failures++ },
		"rules":    func(d *policy.Document) { d.Rules[1].If.Amount["usd"] = upTo(1501) },
		"clock":    func(d *policy.Document) { d.Rules[1].After = hours(25) },
		"shadow":   func(d *policy.Document) { d.Rules[1].Shadow = true },
		"refunds":  func(d *policy.Document) { d.Refunds = policy.RefundsUnavailable },
		"order":    func(d *policy.Document) { d.Rules[0], d.Rules[1] = d.Rules[1], d.Rules[0] },
	} {
		d := example()
		change(&d)
		if compile(t, d).Hash() == hash {
			t.Errorf("a change of %s did not change the hash", name)
		}
	}
}

// A policy that states the default is the same policy.
func TestRefundsRequiredIsTheDefault(t *testing.T) {
	d := example()
	d.Refunds = policy.RefundsRequired
	written := compile(t, d)
	if got, want := written.Hash(), compile(t, example()).Hash(); got != want {
		t.Errorf("refunds: required changed the hash from %s to %s", want, got)
	}
	loaded, err := policy.Load(encode(t, d))
	if err != nil || loaded.Hash() != written.Hash() || loaded.RefundsUnavailable() {
		t.Errorf("loaded: %v", err)
	}
	d.Refunds = policy.RefundsUnavailable
	if loaded, err = policy.Load(encode(t, d)); err != nil || !loaded.RefundsUnavailable() {
		t.Errorf("refunds: unavailable was lost: %v", err)
	}
	d.Refunds = "perhaps"
	if _, err := policy.Compile(d); err == nil {
		t.Error("refunds: perhaps compiles")
	}
}

// The same rules have the same hash in test and in live, so that a change of the rules shows as one.
func TestTheEnvironmentIsKeptAndIsNoPartOfTheHash(t *testing.T) {
	want := compile(t, example()).Hash()
	for _, environment := range []string{"", policy.EnvironmentTest, policy.EnvironmentLive} {
		d := example()
		d.Environment = environment
		p, err := policy.Load(encode(t, d))
		if err != nil || p.Environment() != environment || p.Hash() != want {
			t.Errorf("%q: loaded %+v, %v", environment, p, err)
		}
	}
	d := example()
	d.Environment = "staging"
	if _, err := policy.Compile(d); err == nil || !strings.Contains(err.Error(), `environment "staging"`) {
		t.Errorf("staging: %v", err)
	}
}

func TestLoadRefusesWhatCompileDidNotWrite(t *testing.T) {
	good := string(encode(t, example()))
	replace := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in %s", old, good)
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, text := range map[string]string{
		"nothing":            "",
		"the YAML file":      "mode: shadow\n",
		"a list":             "[]",
		"null":               "null",
		"an empty object":    "{}",
		"another schema":     replace(`"schema":1`, `"schema":2`),
		"no schema":          replace(`"schema":1,`, ``),
		"a raised bound":     replace(`"at_most":1500`, `"at_most":150000`),
		"a raised ceiling":   replace(`"usd":5000`, `"usd":500000`),
		"another mode":       replace(`"shadow"`, `"live"`),
		"another hash":       replace(`"hash":"`, `"hash":"0`),
		"an unknown field":   replace(`"schema":1`, `"schema":1,"extra":1`),
		"a field in capital": replace(`"mode"`, `"Mode"`),
		"a field twice":      replace(`"mode":"shadow"`, `"mode":"live","mode":"shadow"`),
		"an escaped text":    replace(`"small"`, `"sm\u0061ll"`),
		"cut short":          good[:len(good)-10],
		"something after":    good + "{}",
		"a dropped clock":    replace(`,"after":"24h"`, ``),
		"a long duration":    replace(`"24h"`, `"1440m"`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Load([]byte(text))
			if !errors.Is(err, policy.ErrNotCompiled) || !strings.Contains(err.Error(), "disputectl policy compile") {
				t.Errorf("got %v, want ErrNotCompiled and what to do", err)
			}
		})
	}
}

func TestCompileRefusesFaultsOfForm(t *testing.T) {
	for name, change := range map[string]func(*policy.Document){
		"mode \"\" is neither":       func(d *policy.Document) { d.Mode = "" },
		"ceiling usd is negative":    func(d *policy.Document) { d.Ceiling["usd"] = -1 },
		"budget usd is negative":     func(d *policy.Document) { d.Budget.Spend["usd"] = policy.Spend{Closes: -1} },
		"failures must be 1 or more": func(d *policy.Document) { d.Budget.Failures = 0 },
		"there are no rules":         func(d *policy.Document) { d.Rules = nil },
		"occurs twice":               func(d *policy.Document) { d.Rules[0].Name = "small" },
		"it has no name":             func(d *policy.Document) { d.Rules[0].Name = " " },
		"is not close":               func(d *policy.Document) { d.Rules[0].Then = "" },
		"exactly one of":             func(d *policy.Document) { d.Rules[1].After = nil },
		"only a close has":           func(d *policy.Document) { d.Rules[0].BeforeDue = hours(1) },
		"whole seconds between 0h":   func(d *policy.Document) { d.Rules[1].After = hours(721) },
		"it has no conditions":       func(d *policy.Document) { d.Rules[0].If = policy.Conditions{} },
		"status is malformed":        func(d *policy.Document) { d.Rules[0].If.Status = in("new_word") },
		"reason_code is malformed":   func(d *policy.Document) { d.Rules[0].If.ReasonCode = in("-") },
		"currency is malformed":      func(d *policy.Document) { d.Rules[0].If.Currency = &policy.Words{} },
		"reason_type is malformed": func(d *policy.Document) {
			d.Rules[0].If.ReasonType = &policy.Words{In: []string{"a"}, Not: []string{"b"}}
		},
		"amount is malformed":         func(d *policy.Document) { d.Rules[0].If.Amount = map[string]policy.Bounds{} },
		"amount.usd is malformed":     func(d *policy.Document) { d.Rules[1].If.Amount["usd"] = upTo(0) },
		"age is malformed":            func(d *policy.Document) { d.Rules[0].If.Age = &policy.Span{} },
		"condition age is malformed":  func(d *policy.Document) { d.Rules[0].If.Age = &policy.Span{AtMost: p(policy.Duration(1))} },
		"time_left is malformed":      func(d *policy.Document) { d.Rules[0].If.TimeLeft = &policy.Span{} },
		"submission_count is malform": func(d *policy.Document) { d.Rules[0].If.SubmissionCount = p(upTo(-1)) },
		"metadata is malformed":       func(d *policy.Document) { d.Rules[0].If.Metadata = map[string]policy.Words{} },
		"metadata.a is malformed":     func(d *policy.Document) { d.Rules[0].If.Metadata = map[string]policy.Words{"a": {}} },
	} {
		t.Run(name, func(t *testing.T) {
			d := example()
			change(&d)
			if _, err := policy.Compile(d); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want %q", err, name)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(encode(f, example()))
	f.Add(encode(f, tenRules()))
	f.Add([]byte(`{"schema":1,"rules":[{"if":{}}]}`))
	f.Fuzz(func(t *testing.T, compiled []byte) {
		d, err := policy.Decode(compiled)
		if err != nil {
			return
		}
		again := encode(t, d)
		var given bytes.Buffer
		if err := json.Compact(&given, compiled); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.TrimSpace(given.Bytes()), bytes.TrimSpace(again)) {
			t.Errorf("loaded %s, which Encode writes as %s", compiled, again)
		}
		facts := small()
		loaded, err := policy.Load(compiled)
		if err != nil {
			t.Fatal(err)
		}
		loaded.Decide(&facts)
	})
}
