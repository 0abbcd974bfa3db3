package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAFailedWriteLeavesTheOldFile and nothing beside it.
func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	for name, breaks := range map[string]func(s *Output) error{
		"the disk":   func(s *Output) error { return s.file.Close() },
		"the rename": func(s *Output) error { s.path = filepath.Join(s.path, "x"); return nil },
	} {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/target", []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := (&Console{Dir: dir}).Output("target", OwnerOnly)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = s.WriteString("new")
		if err := breaks(s); err != nil {
			t.Fatal(err)
		}
		err = s.Commit()
		text, readErr := os.ReadFile(dir + "/target")
		if err == nil || !strings.Contains(err.Error(), "cannot write target: ") || readErr != nil || string(text) != "old" {
			t.Errorf("%s: %v, %v, %q", name, err, readErr, text)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
}

func TestLinksAreFollowedToALimit(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("loop", dir+"/loop"); err != nil {
		t.Fatal(err)
	}
	if path, err := resolveLinks(dir + "/loop"); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("%q, %v", path, err)
	}
}
