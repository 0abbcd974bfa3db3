package source_test

import (
	"fmt"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/source"
)

// TestTextWithoutQuotes reads a metadata value as YAML 1.2 does, whatever white space it holds.
func TestTextWithoutQuotes(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{"gold", "gold"},
		{"  gold \t", "gold"},
		{"gold\tmember", "gold\tmember"},
		{"gold\t \tmember", "gold\t \tmember"},
		{"gold \t\n          member", "gold member"},
		{"gold\n\n\n          member # a comment", "gold\n\nmember"},
		{"gold\u00a0", "gold\u00a0"},
		{"gold\u2003member", "gold\u2003member"},
		{"x:y", "x:y"},
		{"x#y", "x#y"},
		{"-x", "-x"},
	} {
		yaml := fmt.Sprintf("mode: shadow\nceiling: {}\nbudget: {failures: 1}\nrules:\n  - name: one\n    if:\n      metadata:\n"+
			"        tier:\n        - %s\n    then: keep\n", c.written)
		result := source.Check("p.yaml", []byte(yaml))
		if !result.OK(true) {
			t.Errorf("%q: %v", c.written, result.Findings)
			continue
		}
		if got := result.Document.Rules[0].If.Metadata["tier"].In[0]; got != c.want {
			t.Errorf("%q is read as %q, want %q", c.written, got, c.want)
		}
	}
}
