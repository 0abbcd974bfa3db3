//go:build mutants

package mutants

import (
	"path/filepath"
	"slices"
	"testing"
)

// Every rule of the protocol that is left out fails the test that bears its name.
func TestProtocol(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("nothing left out", func(t *testing.T) {
		same := Mutant{Name: "none", File: "shared/closing/schedule.go", Old: "package closing", New: "package closing"}
		if output, failed, err := Run(root, t.TempDir(), same, "./shared/closing"); err != nil || failed {
			t.Fatalf("the tests fail without any fault: %v\n%s", err, output)
		}
	})
	for _, m := range Protocol {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			output, failed, err := Run(root, t.TempDir(), m, "./shared/closing", "-test.run", "^Test"+m.Name+"$")
			if err != nil {
				t.Fatal(err)
			}
			if !failed {
				t.Errorf("Test%s passes without the rule:\n%s", m.Name, output)
			}
		})
	}
}

// Every fault that a test bears in mind by name fails that test.
func TestNamed(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range slices.Concat(Named, MoneyPath, Watched) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			output, failed, err := Run(root, t.TempDir(), m.Mutant, m.Package, "-test.run", "^"+m.Test+"$")
			if err != nil {
				t.Fatal(err)
			}
			if !failed {
				t.Errorf("%s passes:\n%s", m.Test, output)
			}
		})
	}
}
