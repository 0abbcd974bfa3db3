package mutants

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each broken part names a text that stands once in its file: code that moved on is noticed here, and not only where the
// broken parts are tried.
func TestTextsAreThere(t *testing.T) {
	seen := map[string]bool{}
	all := slices.Concat(Protocol, Broken, mutantsOf(Named), mutantsOf(MoneyPath), mutantsOf(Watched))
	for _, m := range all {
		text, err := os.ReadFile(filepath.Join("../..", m.File))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), m.Old); n != 1 || m.Old == m.New {
			t.Errorf("%s: %s holds its text %d times, want once", m.Name, m.File, n)
		}
		seen[m.Name] = true
	}
	if len(seen) != len(all) {
		t.Errorf("%d names for %d broken parts", len(seen), len(all))
	}
}

func mutantsOf(named []Noticed) []Mutant {
	var all []Mutant
	for _, n := range named {
		all = append(all, n.Mutant)
	}
	return all
}
