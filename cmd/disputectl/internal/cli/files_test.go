package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestANewFileReplacesNone(t *testing.T) {
	c := &Console{Dir: t.TempDir()}
	if err := c.CreateNew("secret", []byte("first"), OwnerOnly); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateNew("secret", []byte("second"), WorldReadable); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that exists: %v", err)
	}
	path := filepath.Join(c.Dir, "secret")
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "first" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestHalfAFileIsRemoved has a file that cannot be written to.
func TestHalfAFileIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(f, []byte("mode: shadow")); err == nil {
		t.Error("the file cannot be written, and nobody says so")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is left: %v", err)
	}
}
