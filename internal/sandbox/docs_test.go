package sandbox

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThePageHasEveryCallAndFault: docs/sandbox.md lists what the sandbox serves, and nothing else.
func TestThePageHasEveryCallAndFault(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "sandbox.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	route := regexp.MustCompile(`"((?:GET|POST|DELETE) /(?:v1|sandbox)/[^"]*)"`)
	served := map[string]bool{}
	for _, name := range []string{"api.go", "control.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range route.FindAllStringSubmatch(string(source), -1) {
			served[found[1]] = true
			if !strings.Contains(page, "| `"+found[1]+"` |") {
				t.Errorf("%s is not on the page", found[1])
			}
		}
	}
	if len(served) < 15 {
		t.Fatalf("found only %d routes in the source", len(served))
	}
	for _, found := range regexp.MustCompile("(?m)^\\| `((?:GET|POST|DELETE) [^`]*)` \\|").FindAllStringSubmatch(page, -1) {
		if !served[found[1]] {
			t.Errorf("the page has %s, which is not served", found[1])
		}
	}
	for _, kind := range []Kind{AnswerStatus, Drop, Hang, HTML, Truncate, Unchanged, Alter, Clock, Delay, Stale} {
		if !strings.Contains(page, "\n| `"+string(kind)+"` | ") {
			t.Errorf("the kind %s is not on the page", kind)
		}
	}
	for _, order := range regexp.MustCompile(`-d '(\{"kind"[^']*\})'`).FindAllStringSubmatch(page, -1) {
		var f Fault
		if err := decode([]byte(order[1]), &f); err != nil {
			t.Errorf("%s: %v", order[1], err)
		} else if err := f.check(); err != nil {
			t.Errorf("%s: %v", order[1], err)
		}
	}
}
