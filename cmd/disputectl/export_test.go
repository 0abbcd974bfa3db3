package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// TestAnInterruptedExport leaves no file behind, neither whole nor half.
func TestAnInterruptedExport(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pages := 0
	a := d.at()
	a.Dir = t.TempDir()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) {
		return endless{d, func() {
			if pages++; pages == 3 {
				cancel()
			}
		}}, nil
	}
	code, _, stderr := runIn(ctx, a, strings.NewReader(""), "export", "-o", "cases.jsonl")
	left, err := os.ReadDir(a.Dir)
	if code != cli.Interrupted || !strings.HasPrefix(stderr, "disputectl: interrupted after 300 cases: cases.jsonl was not written") || err != nil || len(left) != 0 {
		t.Errorf("exit code %d, %s, left %v, %v", code, stderr, left, err)
	}
	if code, _, stderr := runIn(ctx, a, strings.NewReader(""), "export"); code != cli.Interrupted || !strings.Contains(stderr, "what was written is not complete") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestAnExportIsForItsOwnersEyes because it holds evidence, and replaces what was there only when it is complete.
func TestAnExportIsForItsOwnersEyes(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(t.TempDir(), "cases.jsonl")
	if code, _, stderr := invoke(t, d.at(), "export", "-o", path); code != cli.Fine {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("%v, %v", info, err)
	}
	d.reads = errors.New("no route")
	if code, _, stderr := invoke(t, d.at(), "export", "-o", path); code != cli.Unreachable || !strings.Contains(stderr, path+" was not written") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if after, err := os.Stat(path); err != nil || after.Size() != info.Size() {
		t.Errorf("%v, %v", after, err)
	}
}
