package template

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/internal/localaws"
)

// `sam build` runs make in a folder that the template's parameters name. What make would do there is for those parameters,
// whatever the shell says. The SAM CLI itself builds so in the tests of the deployed stack.
func TestABuildIsForTheParameters(t *testing.T) {
	root, err := localaws.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for architecture, goarch := range map[string]string{"arm64": "arm64", "x86_64": "amd64"} {
		for _, environment := range []string{"test", "live"} {
			cmd := exec.CommandContext(t.Context(), "make", "-n", "--makefile", filepath.Join(root, "functions", "Makefile"), "build-Closer")
			cmd.Dir = filepath.Join(root, "tools", "package", environment, architecture)
			cmd.Env = append(os.Environ(), "ARTIFACTS_DIR=/nowhere", "ARCH=riscv", "ENVIRONMENT=staging", "MAKEFLAGS=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("make in %s: %v\n%s", cmd.Dir, err, out)
			}
			for _, want := range []string{"GOARCH=" + goarch + " ", "policy compile  --environment " + environment + " -o", fmt.Sprintf(".build/%s/bootstrap", architecture)} {
				if !strings.Contains(string(out), want) {
					t.Errorf("make in %s does not say %q:\n%s", cmd.Dir, want, out)
				}
			}
		}
	}
}
