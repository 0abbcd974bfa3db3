// Package mutants shows that the tests can fail: it breaks the code in one place, runs the tests that should
// notice, and expects them to.
package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Mutant is one deliberate fault.
type Mutant struct {
	// Name is the protocol's name of the rule that is left out, or what is broken.
	Name string
	// File is relative to the module's root. Old stands in it exactly once, and New replaces it.
	File, Old, New string
}

// Run builds the package with the mutant in place and runs its tests. It returns their output and whether
// they failed; an error means that the mutant could not be tried.
func Run(root, dir string, m Mutant, pkg string, args ...string) (output string, failed bool, err error) {
	overlay, err := m.overlay(root, dir)
	if err != nil {
		return "", false, fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	build := exec.Command("go", "test", "-overlay", overlay, "-vet=off", "-c", "-o", filepath.Join(dir, "mutant.test"), pkg)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", false, fmt.Errorf("mutant %s does not compile: %w\n%s", m.Name, err, out)
	}
	run := exec.Command(filepath.Join(dir, "mutant.test"), args...)
	run.Dir = filepath.Join(root, pkg)
	out, err := run.CombinedOutput()
	return string(out), err != nil, nil
}

// overlay writes the mutated file and the overlay that puts it in its place, and returns the overlay's path.
func (m Mutant) overlay(root, dir string) (string, error) {
	path := filepath.Join(root, m.File)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.Old); n != 1 {
		return "", fmt.Errorf("%s holds the text to replace %d times, want once:\n%s", m.File, n, m.Old)
	}
	mutated := filepath.Join(dir, "mutated.go")
	if err := os.WriteFile(mutated, []byte(strings.Replace(string(text), m.Old, m.New, 1)), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{path: mutated}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, list, 0o600)
}
