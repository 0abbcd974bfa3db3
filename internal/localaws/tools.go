package localaws

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ToolsVariable names the folder of the installed tools, where it is not .tools in the module's root.
const ToolsVariable = "DISPUTECLOSER_TOOLS"

// ModuleRoot returns the folder of go.mod, above the working directory.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find module root: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find module root: no go.mod above the working directory")
		}
		dir = parent
	}
}

// Tool returns the path of an installed tool, such as "sam/bin/sam". Its error says how to install it.
func Tool(name string) (string, error) {
	dir := os.Getenv(ToolsVariable)
	if dir == "" {
		root, err := ModuleRoot()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, ".tools")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is not installed: run make tools", path)
	} else if err != nil {
		return "", fmt.Errorf("find tool %s: %w", name, err)
	}
	return path, nil
}
