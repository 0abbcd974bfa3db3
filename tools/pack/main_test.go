package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// folder holds a program and a text, made by somebody with other habits each time.
func folder(t *testing.T, writable os.FileMode, at time.Time) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "docs"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"program": 0o700 | writable, "docs/a.md": 0o600 | writable} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("text of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func packedFrom(t *testing.T, dir string, words ...string) []byte {
	t.Helper()
	t.Chdir(dir)
	out := filepath.Join(t.TempDir(), "out.zip")
	if err := pack(out, words); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheSameFilesGiveTheSameBytes(t *testing.T) {
	first := packedFrom(t, folder(t, 0, time.Unix(1, 0)), "bootstrap=program", "docs")
	second := packedFrom(t, folder(t, 0o066, time.Now()), "docs", "bootstrap=program")
	if !bytes.Equal(first, second) {
		t.Error("order, date or modes of the files show in the zip")
	}
	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.File {
		names = append(names, f.Mode().String()+" "+f.Name)
	}
	if len(names) != 2 || names[0] != "-rwxr-xr-x bootstrap" || names[1] != "-rw-r--r-- docs/a.md" {
		t.Errorf("%q", names)
	}
}

func TestTwoFilesOfOneNameAreRefused(t *testing.T) {
	t.Chdir(folder(t, 0, time.Now()))
	if err := pack(filepath.Join(t.TempDir(), "out.zip"), []string{"a=program", "a=docs/a.md"}); err == nil {
		t.Error("one of the two would be lost")
	}
}
