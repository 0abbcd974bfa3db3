package source_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// brief is a finding as the files below testdata state it.
func brief(f source.Finding) string {
	text := fmt.Sprintf("%d:%d %d %s", f.Line, f.Column, f.Kind, f.Message)
	if f.Also != nil {
		text += fmt.Sprintf(" (see %d:%d)", f.Also.Line, f.Also.Column)
	}
	return text + " | " + f.Hint
}

// wanted returns the findings that a file's trailing comments state, one to a line: #! line:column kind message | hint.
func wanted(yaml []byte) []string {
	var all []string
	for line := range bytes.Lines(yaml) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "#! "); ok {
			all = append(all, text)
		}
	}
	return all
}

func TestTestdata(t *testing.T) {
	for _, dir := range []string{"bad", "good", "warned"} {
		files, err := filepath.Glob(filepath.Join("testdata", dir, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in testdata/%s: %v", dir, err)
		}
		for _, file := range files {
			t.Run(dir+"/"+filepath.Base(file), func(t *testing.T) { checkFile(t, dir, file) })
		}
	}
}

func checkFile(t *testing.T, dir, file string) {
	yaml, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	result := source.Check(file, yaml)
	var got []string
	for _, f := range result.Findings {
		got = append(got, brief(f))
		if f.Hint == "" || f.File != file {
			t.Errorf("%s: hint %q", f, f.Hint)
		}
	}
	if g, w := strings.Join(got, "\n"), strings.Join(wanted(yaml), "\n"); g != w {
		t.Errorf("got\n#! %s\nwant\n#! %s", strings.Join(got, "\n#! "), strings.Join(wanted(yaml), "\n#! "))
	}
	wantErrors, wantFindings := dir == "bad", dir != "good"
	if (result.Findings.Errors() > 0) != wantErrors || (len(result.Findings) > 0) != wantFindings {
		t.Errorf("%d findings, %d of them errors, in testdata/%s", len(result.Findings), result.Findings.Errors(), dir)
	}
	if result.OK(false) == wantErrors || result.OK(true) == wantFindings {
		t.Errorf("OK(false) = %t, OK(true) = %t", result.OK(false), result.OK(true))
	}
	if !wantErrors {
		if _, err := policy.Encode(result.Document); err != nil {
			t.Errorf("it does not compile: %v", err)
		}
	}
}

// The policy that the project ships has no findings in strict mode, and closes nothing until its mode is live.
func TestShippedPolicy(t *testing.T) {
	yaml, err := os.ReadFile("../../../../../policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	result := source.Check("policy.yaml", yaml)
	if !result.OK(true) {
		t.Errorf("findings: %v", result.Findings)
	}
	if result.Document.Mode != policy.Shadow || len(result.Document.Tests) == 0 {
		t.Errorf("mode %s with %d tests, want shadow with some", result.Document.Mode, len(result.Document.Tests))
	}
	live := bytes.Replace(yaml, []byte("\nmode: shadow\n"), []byte("\nmode: live\n"), 1)
	if result := source.Check("policy.yaml", live); !result.OK(true) || result.Document.Mode != policy.Live {
		t.Errorf("it can't go live as it is: %v", result.Findings)
	}
}

func TestFindingIsReadableAsTextAndJSON(t *testing.T) {
	result := source.Check("p.yaml", []byte("mode: live\nmode: shadow\nceiling: {}\nbudget: {failures: 1}\nrules: [{name: a, if: {past_due: true}, then: keep}]\n"))
	want := "p.yaml:2:1: error: \"mode\" occurs twice\n  see p.yaml:1:1\n  keep one of the two"
	if len(result.Findings) != 1 || result.Findings[0].String() != want {
		t.Fatalf("got %v, want %s", result.Findings, want)
	}
	encoded, err := json.Marshal(result.Findings[0])
	wantJSON := `{"file":"p.yaml","line":2,"column":1,"kind":1,"severity":"error","message":"\"mode\" occurs twice","hint":"keep one of the two","also":{"file":"p.yaml","line":1,"column":1}}`
	if err != nil || string(encoded) != wantJSON {
		t.Errorf("got %s, %v, want %s", encoded, err, wantJSON)
	}
}
