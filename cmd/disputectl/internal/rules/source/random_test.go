package source_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/internal/naive"
	"disputecloser/shared/policy"
)

// yamlOf writes a document as a merchant would, in YAML's flow style, which is JSON. The test's list form and the
// budget's place of the failures are all that differs from the compiled form.
func yamlOf(t testing.TB, d policy.Document) []byte {
	t.Helper()
	encoded, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	delete(m, "schema")
	delete(m, "hash")
	budget := m["budget"].(map[string]any)
	spend := budget["spend"].(map[string]any)
	spend["failures"] = budget["failures"]
	m["budget"] = spend
	text, err := json.Marshal(plainLists(m))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// plainLists writes {"in": [a]} as [a].
func plainLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if in, ok := v["in"]; ok && len(v) == 1 {
			return in
		}
		for key, value := range v {
			v[key] = plainLists(value)
		}
	case []any:
		for i, value := range v {
			v[i] = plainLists(value)
		}
	}
	return v
}

// What is written in the merchant's form is read back as it was, and decides as it did.
func TestReadGivesBackRandomPolicies(t *testing.T) {
	for seed := range uint64(1000) {
		d := naive.NewRandom(seed).Policy()
		for i := range d.Rules {
			// Two codes of the vocabulary are one: a list of both is refused.
			for _, w := range []*policy.Words{d.Rules[i].If.ReasonType, d.Rules[i].If.ReasonCode} {
				if w != nil {
					w.In, w.Not = w.In[:min(1, len(w.In))], w.Not[:min(1, len(w.Not))]
				}
			}
		}
		yaml := yamlOf(t, d)
		read, findings := source.Read("random.yaml", yaml)
		if len(findings) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, findings, yaml)
		}
		want, err := policy.Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := policy.Encode(read)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("seed %d: %v\n%s\nis read as\n%s", seed, err, want, got)
		}
	}
}

// Every position is in the file, and every finding says what to do; whatever the bytes, nothing panics, and what has no
// error compiles and loads.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		yaml, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(yaml)
	}
	f.Fuzz(func(t *testing.T, yaml []byte) {
		result := source.Check("fuzz.yaml", yaml)
		lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(yaml)), "\n") + 1
		for _, finding := range result.Findings {
			if finding.Line < 1 || finding.Line > lines || finding.Column < 1 || finding.Message == "" {
				t.Errorf("in a file of %d lines: %+v", lines, finding)
			}
		}
		if !result.OK(false) {
			return
		}
		compiled, err := policy.Encode(result.Document)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := policy.Load(compiled); err != nil {
			t.Fatal(err)
		}
	})
}

func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	bomb := "a: &a [x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		bomb += string(c) + ": &" + string(c) + " [*" + string(c-1) + ", *" + string(c-1) + "]\n"
	}
	rule := "&r {name: a, if: {reason_type: [" + strings.Repeat("x, ", 2000) + "y]}, then: keep}"
	for _, c := range []struct{ name, yaml, want string }{
		{"a file of zeros", strings.Repeat("\x00", 1000), "control character"},
		{"too large", "# " + strings.Repeat("x", 1<<19), "larger than"},
		{"open brackets", strings.Repeat("[", 100_000), "nests too deeply"},
		{"open braces", strings.Repeat("{a: ", 50_000), "nests too deeply"},
		{"nested dashes", strings.Repeat("- ", 100_000), "nests too deeply"},
		{"question marks", strings.Repeat("? ", 100_000), "nests too deeply"},
		{"nested anchors", "a: " + strings.Repeat("&a ", 50_000), "nests too deeply"},
		{"nested tags", "a: " + strings.Repeat("!a ", 50_000), "nests too deeply"},
		{"deep indentation", deep(200), "nested too deeply"},
		{"an alias bomb", bomb, "unfolds"},
		{"a rule many times", "rules: [" + rule + strings.Repeat(", *r", 2000) + "]\n", "unfolds"},
		{"many keys", strings.Repeat("a: 1\n", 8_000), "occurs twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			result := source.Check("hostile.yaml", []byte(c.yaml))
			for _, finding := range result.Findings {
				if strings.Contains(finding.Message, c.want) {
					return
				}
			}
			t.Errorf("%d findings, none of which says %q", len(result.Findings), c.want)
		})
	}
}

func deep(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
