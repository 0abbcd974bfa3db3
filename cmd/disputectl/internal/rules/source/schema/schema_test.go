package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"disputecloser/cmd/disputectl/internal/rules/source/schema"
	"disputecloser/shared/policy"
)

// update writes the schema's file anew: go test ./cmd/disputectl/internal/rules/source/schema -update.
var update = flag.Bool("update", false, "write policy.schema.json")

const (
	root     = "../../../../../../"
	testdata = "../testdata/"
)

func TestTheFileIsTheSchema(t *testing.T) {
	file := root + schema.Name
	if *update {
		if err := os.WriteFile(file, schema.JSON(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(written, schema.JSON()) {
		t.Errorf("%s is stale (%v): go test ./cmd/disputectl/internal/rules/source/schema -update", schema.Name, err)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	decoded := decode(t, schema.JSON())
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schema.Name, decoded); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schema.Name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// directives are lines of a file that this reader of YAML refuses.
var directives = regexp.MustCompile(`(?m)^%.*$`)

// valid reports whether the schema accepts a YAML text. A text that is not YAML never reaches a schema.
func valid(s *jsonschema.Schema, text []byte) bool {
	var decoded any
	if yaml.Unmarshal(directives.ReplaceAll(text, nil), &decoded) != nil {
		return false
	}
	asJSON, err := json.Marshal(decoded)
	if err != nil {
		return false
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	return err == nil && s.Validate(v) == nil
}

func TestSoundPoliciesAreValid(t *testing.T) {
	s := compiled(t)
	files := append(glob(t, testdata+"good/*.yaml"), glob(t, testdata+"warned/*.yaml")...)
	for _, file := range append(files, root+"policy.yaml") {
		if !valid(s, read(t, file)) {
			t.Errorf("%s is refused", file)
		}
	}
}

// beyond lists the malformed files that the schema accepts, and why.
var beyond = map[string]string{
	"directive.yaml":           "a directive is no part of the document",
	"second-document.yaml":     "a schema sees one document",
	"document-after-dots.yaml": "a schema sees one document",
	"tags.yaml":                "a schema sees values, not their tags",
	"merge-key.yaml":           "a schema sees the mapping after the merge",
}

// A file is structurally bad if the check finds something malformed in it: kind 1.
func TestMalformedPoliciesAreInvalid(t *testing.T) {
	s := compiled(t)
	malformed := 0
	for _, file := range glob(t, testdata+"bad/*.yaml") {
		text := read(t, file)
		if !strings.Contains(string(text), "\n#! ") {
			t.Fatalf("%s does not say what is wrong with it", file)
		}
		if !statesMalformed(text) {
			continue
		}
		malformed++
		reason, excepted := beyond[filepath.Base(file)]
		if got := valid(s, text); got != excepted {
			t.Errorf("%s: valid %t; listed as beyond a schema %t %s", file, got, excepted, reason)
		}
	}
	if malformed < 25 {
		t.Errorf("only %d malformed files were found", malformed)
	}
}

// statesMalformed reads the findings that a file of testdata states in its trailing comments.
func statesMalformed(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		finding, stated := strings.CutPrefix(line, "#! ")
		if fields := strings.Fields(finding); stated && len(fields) > 1 && fields[1] == "1" {
			return true
		}
	}
	return false
}

// The schema has the keys that the code reads, and no others.
func TestKeysAreThoseOfTheCode(t *testing.T) {
	whole := decode(t, schema.JSON())
	at := func(path ...string) any {
		v := whole
		for _, key := range path {
			v = v.(map[string]any)[key]
		}
		return v
	}
	rule := []string{"properties", "rules", "items", "properties"}
	test := []string{"properties", "tests", "items", "properties"}
	for _, c := range []struct {
		of     any
		beside []string // written by the build, not by the merchant
		path   []string
	}{
		{policy.Document{}, []string{"schema", "hash", "environment"}, []string{"properties"}},
		{policy.Spend{}, nil, []string{"properties", "budget", "additionalProperties", "properties"}},
		{policy.Rule{}, nil, rule},
		{policy.Conditions{}, nil, append(slices.Clone(rule), "if", "properties")},
		{policy.Bounds{}, nil, append(slices.Clone(rule), "if", "properties", "amount", "additionalProperties", "properties")},
		{policy.Span{}, nil, append(slices.Clone(rule), "if", "properties", "age", "properties")},
		{policy.Test{}, nil, test},
		{policy.Sample{}, nil, append(slices.Clone(test), "dispute", "properties")},
		{policy.Expect{}, nil, append(slices.Clone(test), "expect", "properties")},
	} {
		got := slices.Sorted(maps.Keys(at(c.path...).(map[string]any)))
		want := slices.DeleteFunc(keysOf(c.of), func(key string) bool { return slices.Contains(c.beside, key) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T (-code +schema):\n%s", c.of, diff)
		}
	}
}

// keysOf returns the JSON names of a struct's fields.
func keysOf(v any) []string {
	var all []string
	for field := range reflect.TypeOf(v).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
