package main

import (
	"archive/zip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

func TestFetchReplacesTheSnapshot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vulndb")
	serve := serveZip(t, map[string]string{"index/modules.json": "[]", "ID/GO-1.json": "{}"})
	for range 2 {
		if err := fetch(serve, dir); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "ID", "GO-1.json")); err != nil || string(got) != "{}" {
		t.Fatalf("entry = %q, %v", got, err)
	}
}

func TestFetchKeepsTheSnapshotOnBadAnswers(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(gone.Close)
	for name, url := range map[string]string{
		"not found":      gone.URL,
		"nobody there":   "http://127.0.0.1:1",
		"no database":    serveZip(t, map[string]string{"readme": "hello"}),
		"leaves the dir": serveZip(t, map[string]string{"index/modules.json": "[]", "../evil": "x"}),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			kept := filepath.Join(dir, "kept")
			if err := os.WriteFile(kept, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := fetch(url, dir); err == nil {
				t.Fatal("no error")
			}
			if _, err := os.Stat(kept); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func serveZip(t *testing.T, files map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		archive := zip.NewWriter(w)
		for name, content := range files {
			entry, err := archive.Create(name)
			if err == nil {
				_, err = entry.Write([]byte(content))
			}
			if err != nil {
				t.Error(err)
			}
		}
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
