package localapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"disputecloser/cmd/disputectl/internal/cli"
)

// Run is where a local run answers. It is kept in a file that only its user can read.
type Run struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// fileName is the name of the file, in the user's own folder for what runs, or for what is cached. The newest run's is kept.
const fileName = "local.json"

// folder returns the folder of the file.
func folder(getenv func(string) string) (string, error) {
	dir := getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("there is no folder of your own to note where it runs: %w", err)
		}
	}
	return filepath.Join(dir, "disputectl"), nil
}

// Announce writes where a run is, for its user only. The returned function takes the file back, unless a later run wrote
// its own.
func Announce(getenv func(string) string, r Run) (withdraw func(), err error) {
	dir, err := folder(getenv)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("note where it runs: %w", err)
	}
	beside, err := os.CreateTemp(dir, fileName) // CreateTemp gives it to its user only.
	if err != nil {
		return nil, err
	}
	_, err = beside.Write(text)
	path := filepath.Join(dir, fileName)
	if err = errors.Join(err, beside.Close()); err == nil {
		err = os.Rename(beside.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(beside.Name()))
	}
	return func() {
		if now, err := readRun(path); err == nil && now == r {
			_ = os.Remove(path) // What is left names a run that does not answer, and --local says so.
		}
	}, nil
}

// Find returns the newest run of this user.
func Find(getenv func(string) string, client *http.Client) (*Client, error) {
	dir, err := folder(getenv)
	if err != nil {
		return nil, cli.Fail(cli.Unreachable, "set XDG_RUNTIME_DIR or HOME", "%w", err)
	}
	r, err := readRun(filepath.Join(dir, fileName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, cli.Fail(cli.Unreachable, startNext, "there is no local run of yours on this machine")
	case err != nil:
		return nil, cli.Fail(cli.Unreachable, startNext, "where the local run is cannot be read: %w", err)
	}
	return &Client{Run: r, HTTP: client}, nil
}

// errShared means that others may have written the file.
var errShared = errors.New("others than its user may read or write it")

func readRun(path string) (Run, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Run{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Run{}, fmt.Errorf("%s: %w", path, errShared)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Run{}, err
	}
	var r Run
	if err := json.Unmarshal(text, &r); err != nil {
		return Run{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
