package cli

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"

	"disputecloser/cmd/disputectl/internal/screen"
)

// Output is what a command writes to a named file. A regular file is replaced only when the output is complete: until
// then the output is a temporary file beside it. Anything else, such as a device or a pipe, is written directly.
type Output struct {
	*bufio.Writer
	name string
	// standard means that it is the standard output, which is not closed.
	Standard bool
	// file is nil for the standard output. It replaces path and gets the permissions of mode; path is empty if the
	// output is written directly.
	file *os.File
	path string
	mode fs.FileMode
}

// stageBuffer is the size of the buffer in bytes.
const stageBuffer = 64 << 10

// The permissions of a new file. A file that is replaced keeps its own.
const (
	OwnerOnly     = fs.FileMode(0o600) // for what holds evidence
	WorldReadable = fs.FileMode(0o644)
)

// Output opens an output; without a name, or with -, it is the standard output. Symbolic links are followed.
func (c *Console) Output(name string, mode fs.FileMode) (*Output, error) {
	if name == "" || name == "-" {
		return c.stageStandard(), nil
	}
	info, err := os.Stat(c.Path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, Unwritable(name, err)
	}
	path, err := resolveLinks(c.Path(name))
	if err != nil {
		return nil, Unwritable(name, err)
	}
	process, n, isDescriptor := descriptorOf(path)
	switch {
	case isDescriptor && process == os.Getpid():
		return c.stageDescriptor(name, n)
	case info != nil && !info.Mode().IsRegular():
		return c.stageThrough(name, path)
	}
	return c.stageBeside(name, path, info, mode)
}

func (c *Console) stageStandard() *Output {
	return &Output{Writer: bufio.NewWriterSize(c.Data(), stageBuffer), name: "the standard output", Standard: true}
}

// stageDescriptor writes to a file that this process already has open, from its current offset.
func (c *Console) stageDescriptor(name string, n int) (*Output, error) {
	const standard = 1
	if n == standard {
		return c.stageStandard(), nil
	}
	own, err := duplicate(n)
	if err != nil {
		return nil, Unwritable(name, err)
	}
	return through(name, os.NewFile(uintptr(own), name)), nil
}

// stageThrough writes to a device or a pipe. Opening a pipe waits for its reader; Ctrl-C ends the wait.
func (c *Console) stageThrough(name, path string) (*Output, error) {
	type result struct {
		file *os.File
		err  error
	}
	opened := make(chan result, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		opened <- result{f, err}
	}()
	select {
	case <-c.Interrupted:
		return nil, ErrInterrupted
	case r := <-opened:
		if r.err != nil {
			return nil, Unwritable(name, r.err)
		}
		return through(name, r.file), nil
	}
}

func through(name string, f *os.File) *Output {
	to := io.Writer(f)
	if terminalOf(f) != nil {
		to = screen.New(f, "")
	}
	return &Output{Writer: bufio.NewWriterSize(to, stageBuffer), name: name, file: f}
}

// stageBeside writes a temporary file beside a regular file; info is nil if that file does not exist yet.
func (c *Console) stageBeside(name, path string, info fs.FileInfo, mode fs.FileMode) (*Output, error) {
	if info != nil {
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // A file that may not be written may not be replaced either.
		if err != nil {
			return nil, Unwritable(name, err)
		}
		_ = f.Close() // Nothing was written.
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".disputectl.*")
	if err != nil {
		return nil, Unwritable(name, err)
	}
	return &Output{Writer: bufio.NewWriterSize(f, stageBuffer), name: name, file: f, path: path, mode: mode}, nil
}

// maxLinks is how many symbolic links are followed; Linux has the same limit.
const maxLinks = 40

// resolveLinks follows symbolic links and returns a path whose folder has none. The file itself need not exist. The
// descriptor of a process is returned as it is, because its link may lead to no file.
func resolveLinks(path string) (string, error) {
	for range maxLinks {
		dir, base := filepath.Split(path)
		dir, err := filepath.EvalSymlinks(cmp.Or(dir, "."))
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, base)
		if _, _, isDescriptor := descriptorOf(path); isDescriptor {
			return path, nil
		}
		to, err := os.Readlink(path)
		switch {
		case err != nil:
			return path, nil //nolint:nilerr // It is not a link.
		case filepath.IsAbs(to):
			path = to
		default:
			path = dir + string(filepath.Separator) + to
		}
	}
	return "", syscall.ELOOP
}

// descriptor matches the names of a process's open files: those of Linux, where /dev/stdout leads, and those of the
// BSDs in /dev.
var descriptor = regexp.MustCompile(`^(?:/dev|/proc/([0-9]+)(?:/task/[0-9]+)?)/fd/([0-9]+)$`)

// descriptorOf returns the process and the number of a descriptor.
func descriptorOf(path string) (process, n int, is bool) {
	found := descriptor.FindStringSubmatch(path)
	if found == nil {
		return 0, 0, false
	}
	n, err := strconv.Atoi(found[2])
	if err != nil {
		return 0, 0, false
	}
	if found[1] == "" {
		return os.Getpid(), n, true
	}
	process, err = strconv.Atoi(found[1])
	return process, n, err == nil
}

// Commit completes the output.
func (s *Output) Commit() error {
	err := s.Flush()
	if s.path == "" {
		if s.file != nil {
			err = errors.Join(err, s.file.Close())
		}
		if err != nil {
			return Unwritable(s.name, err)
		}
		return nil
	}
	if err == nil {
		err = errors.Join(s.file.Chmod(s.mode), s.file.Sync())
	}
	if err = errors.Join(err, s.file.Close()); err == nil {
		err = os.Rename(s.file.Name(), s.path)
	}
	if err != nil {
		return errors.Join(Unwritable(s.name, err), os.Remove(s.file.Name()))
	}
	return nil
}

// Discard gives up the output and says what is left of it.
func (s *Output) Discard() string {
	if s.path == "" {
		_ = s.Flush() // The returned text says that it is not complete.
	}
	if s.file != nil {
		_ = s.file.Close()
	}
	if s.path == "" {
		return "what was written is not complete"
	}
	_ = os.Remove(s.file.Name())
	return s.name + " was not written"
}
