package localaws

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMissingToolSaysWhatToDo(t *testing.T) {
	t.Setenv(ToolsVariable, t.TempDir())
	if _, err := Tool("sam/bin/sam"); err == nil || !strings.Contains(err.Error(), "run make tools") {
		t.Fatalf("err = %v", err)
	}
	if _, err := RunDynamoDB(""); err == nil || !strings.Contains(err.Error(), "run make tools") {
		t.Fatalf("err = %v", err)
	}
}

func TestToolIsFoundByTheVariable(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(ToolsVariable, dir)
	want := filepath.Join(dir, "thing")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Tool("thing"); err != nil || got != want {
		t.Fatalf("Tool = %q, %v", got, err)
	}
}
