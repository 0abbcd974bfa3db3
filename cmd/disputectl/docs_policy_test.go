package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/rules/source/schema"
)

const policyDocs = "../../docs/policy.md"

var fenced = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestPolicyDocsHoldASoundPolicy checks what merchants will copy.
func TestPolicyDocsHoldASoundPolicy(t *testing.T) {
	for _, name := range []string{policyDocs, "../../README.md"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		examples := fenced.FindAllSubmatch(page, -1)
		if len(examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, example := range examples {
			if result := source.Check(name, example[1]); !result.OK(true) {
				t.Errorf("%s: %v", name, result.Findings)
			}
		}
	}
}

// TestPolicyDocsNameEveryKey compares the page with the schema, which the code is checked against.
func TestPolicyDocsNameEveryKey(t *testing.T) {
	page, err := os.ReadFile(policyDocs)
	if err != nil {
		t.Fatal(err)
	}
	var form any
	if err := json.Unmarshal(schema.JSON(), &form); err != nil {
		t.Fatal(err)
	}
	keys := properties(form)
	if len(keys) < 20 {
		t.Fatalf("the schema has %d keys", len(keys))
	}
	for _, key := range keys {
		if !strings.Contains(string(page), key) {
			t.Errorf("%s does not say what %s is", policyDocs, key)
		}
	}
}

// properties returns the keys that a schema names, wherever they stand in it.
func properties(form any) []string {
	var keys []string
	switch form := form.(type) {
	case []any:
		for _, part := range form {
			keys = append(keys, properties(part)...)
		}
	case map[string]any:
		for name, part := range form {
			if named, ok := part.(map[string]any); ok && name == "properties" {
				keys = slices.AppendSeq(keys, maps.Keys(named))
			}
			keys = append(keys, properties(part)...)
		}
	}
	return keys
}
