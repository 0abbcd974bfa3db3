// Packages says how the tests of each package are run, by what its files hold, so that no list can go stale.
//
//	packages race       packages with concurrency of their own: under the race detector, with -short
//	packages plain      all others, and those whose tests do less there (-short, or a file with the tag !race)
//	packages ministack  packages outside test/ with tests that start a MiniStack
//	packages ministack-tests  a regular expression of those tests; they run one at a time, by themselves
//
// Packages below test/ are left out: they have steps of their own.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: packages race|plain|ministack|ministack-tests")
	}
	all, err := list()
	if err != nil {
		return err
	}
	var lines []string
	var tests []string
	for _, p := range all {
		if p.chosen(args[0]) {
			lines = append(lines, p.ImportPath)
		}
		tests = append(tests, p.holds.ministack...)
	}
	switch args[0] {
	case "race", "plain", "ministack":
	case "ministack-tests":
		lines = []string{"^(" + strings.Join(tests, "|") + ")$"}
	default:
		return fmt.Errorf("unknown kind %q", args[0])
	}
	_, err = fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// A pkg is one package, as `go list` describes it, with what its files hold.
type pkg struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string

	holds contents
}

func (p pkg) chosen(kind string) bool {
	switch kind {
	case "race":
		return p.holds.concurrent
	case "plain":
		return !p.holds.concurrent || p.holds.short
	case "ministack":
		return len(p.holds.ministack) > 0
	}
	return false
}

// list returns the module's packages outside test/, with the files of the tests of external parts.
func list() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-tags", "parts", "-json=ImportPath,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if strings.Contains(p.ImportPath, "/test/") {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			c, err := look(name, source)
			if err != nil {
				return nil, err
			}
			p.holds.add(c)
		}
		all = append(all, p)
	}
}
