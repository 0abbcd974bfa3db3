// Package tools holds the tests of the scripts beside it, and of the repository's own files.
package tools

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namedTest is how SECURITY.md names a test: folder.Test.
var namedTest = regexp.MustCompile("`([a-z]+(?:/[a-z]+)*)\\.(Test[A-Za-z0-9]+)`")

func TestSecurityNamesTestsThatExist(t *testing.T) {
	text := read(t, "SECURITY.md")
	named := namedTest.FindAllStringSubmatch(text, -1)
	for _, n := range named {
		files, err := filepath.Glob(filepath.Join("..", n[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(source), "\nfunc "+n[2]+"(t *testing.T)")
		}
		if !found {
			t.Errorf("SECURITY.md names %s.%s, and there is no such test", n[1], n[2])
		}
	}
	if mentions := regexp.MustCompile(`\.Test[A-Z]`).FindAllString(text, -1); len(named) < 30 || len(mentions) != len(named) {
		t.Errorf("%d tests are named in a way that is looked at, of %d", len(named), len(mentions))
	}
}

func TestWorkflowsArePinnedAndModest(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	uses := regexp.MustCompile(`uses:\s*(\S+)(.*)`)
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	for _, file := range files {
		text := read(t, strings.TrimPrefix(file, "../"))
		for _, u := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(u[1]) || !strings.Contains(u[2], "# v") {
				t.Errorf("%s: %s is not pinned by a commit, with its version beside it", file, u[1])
			}
		}
		if !strings.Contains(text, "\npermissions: {}\n") && !strings.Contains(text, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s: the workflow's own permissions are not none, or to read the code", file)
		}
		if strings.Contains(text, "pull_request_target") || strings.Contains(text, "secrets.") {
			t.Errorf("%s: strangers' code must meet no secret, and no key of AWS is stored", file)
		}
		if strings.Contains(text, "id-token: write") && (strings.Contains(text, "actions/cache@") || strings.Contains(text, "cache: true")) {
			t.Errorf("%s: who can write the cache could take the role", file)
		}
	}
}

// A check that is not among the steps of make test would never run.
func TestMakeTestRunsEveryCheck(t *testing.T) {
	text := strings.ReplaceAll(read(t, "Makefile"), "\\\n", " ")
	list := regexp.MustCompile(`(?m)^STEPS := (.*)$`).FindStringSubmatch(text)
	targets := regexp.MustCompile(`(?m)^((?:check|test)-[a-z]+):`).FindAllStringSubmatch(text, -1)
	if list == nil || len(targets) < 10 {
		t.Fatalf("STEPS is %q, and there are %d targets", list, len(targets))
	}
	steps := map[string]bool{}
	for word := range strings.FieldsSeq(list[1]) {
		name, _, _ := strings.Cut(word, "=")
		steps[name] = true
	}
	for _, target := range targets {
		if !steps[target[1]] {
			t.Errorf("make test does not run %s: add it to STEPS", target[1])
		}
	}
}

// Every pinned package has a hash, so that pip refuses any other file; nothing names where it comes from.
func TestEveryPythonPackageIsPinnedByHash(t *testing.T) {
	for _, part := range []string{"checkov", "ministack", "sam"} {
		data, err := os.ReadFile(filepath.Join(part, "requirements.txt"))
		if err != nil {
			t.Fatal(err)
		}
		packages := 0
		for entry := range strings.SplitSeq(strings.ReplaceAll(string(data), "\\\n", ""), "\n") {
			if entry == "" || strings.HasPrefix(entry, "#") {
				continue
			}
			packages++
			if name, _, _ := strings.Cut(entry, " "); !strings.Contains(name, "==") || !strings.Contains(entry, " --hash=sha256:") {
				t.Errorf("%s: not pinned by version and hash: %.80s", part, entry)
			}
		}
		if packages < 20 || strings.Contains(string(data), "://") {
			t.Errorf("%s: %d packages, or an address of an index", part, packages)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEachDecisionIsWrittenOnce: a merge that keeps both sides writes an entry twice, or one that was taken back.
func TestEachDecisionIsWrittenOnce(t *testing.T) {
	page, err := os.ReadFile("../docs/decisions.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for title := range strings.Lines(string(page)) {
		if !strings.HasPrefix(title, "## ") {
			continue
		}
		if seen[title] {
			t.Errorf("%q stands there twice", title)
		}
		seen[title] = true
	}
	if len(seen) == 0 {
		t.Error("no decision was found")
	}
}
