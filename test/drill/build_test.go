//go:build parts

package drill

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"disputecloser/internal/localaws"
)

// change replaces a text that stands exactly once in a file of the module.
type change struct{ file, old, new string }

// movedClock lets the executable's time run ahead by what the file that DRILL_AHEAD names says.
var movedClock = change{
	file: "functions/start.go",
	old:  "return time.Now().UTC().Round(0) }",
	new:  "return time.Now().UTC().Round(0).Add(ahead()) }",
}

// executables are two builds: as deployed, and with a clock that the drill moves.
type executables struct{ deployed, timed string }

// buildBoth builds the executables in a folder.
func buildBoth(dir string) (executables, error) {
	e := executables{deployed: filepath.Join(dir, "deployed"), timed: filepath.Join(dir, "timed")}
	if err := build(e.deployed); err != nil {
		return e, err
	}
	return e, build(e.timed, movedClock)
}

// build builds ./functions with the flags of a deployment, for this machine, with the changes in place.
func build(out string, changes ...change) error {
	root, err := localaws.ModuleRoot()
	if err != nil {
		return err
	}
	overlay, err := overlayOf(root, out, changes)
	if err != nil {
		return fmt.Errorf("build %s: %w", filepath.Base(out), err)
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", out, "./functions")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", filepath.Base(out), err, said)
	}
	return nil
}

// overlayOf writes the changed files and the list of them beside the executable to be, and returns the list's path.
func overlayOf(root, out string, changes []change) (string, error) {
	replace := map[string]string{}
	for i, c := range changes {
		path := filepath.Join(root, c.file)
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), c.old); n != 1 {
			return "", fmt.Errorf("%s holds %q %d times, want once", c.file, c.old, n)
		}
		replace[path] = fmt.Sprintf("%s.%d.go", out, i)
		if err := os.WriteFile(replace[path], []byte(strings.Replace(string(text), c.old, c.new, 1)), 0o600); err != nil {
			return "", err
		}
	}
	if len(changes) > 0 {
		replace[filepath.Join(root, "functions", "ahead.go")] = filepath.Join(root, "test", "drill", "testdata", "ahead.go")
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	return out + ".overlay.json", os.WriteFile(out+".overlay.json", list, 0o600)
}
