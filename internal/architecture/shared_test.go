package architecture

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSharedIsWhatIsDeployed because whoever opens shared/ must see what runs in production, and nothing else.
func TestSharedIsWhatIsDeployed(t *testing.T) {
	deployed := list(t, "-deps", "./functions")
	deployed = slices.DeleteFunc(deployed, func(pkg string) bool { return !strings.HasPrefix(pkg, module+"shared/") })
	shared := list(t, "./shared/...")
	slices.Sort(deployed)
	slices.Sort(shared)
	if len(shared) == 0 || !slices.Equal(shared, deployed) {
		t.Errorf("shared/ holds\n  %s\nthe functions link\n  %s\nmove what they do not link below cmd/disputectl/internal or internal",
			strings.Join(shared, "\n  "), strings.Join(deployed, "\n  "))
	}
}

// list returns the packages that `go list` names.
func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}
