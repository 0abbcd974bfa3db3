package main

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

// staged is an output that is written as it comes. In place of a regular file it is a file beside it, which takes its
// name only when it is complete; everything else, such as a device or a pipe, is written through.
type staged struct {
	*bufio.Writer
	name string
	// standard means that it is the standard output, which is not closed.
	standard bool
	// file is nil for the standard output. It takes the place of path with the permissions of mode; path is empty if it
	// is written through.
	file *os.File
	path string
	mode fs.FileMode
}

// stageBuffer is in bytes.
const stageBuffer = 64 << 10

// The permissions of a file that was not there before. One that was keeps its own.
const (
	ownersFile = fs.FileMode(0o600) // for what holds evidence
	publicFile = fs.FileMode(0o644)
)

// stage begins an output; without a name, or with -, it is the standard output. Symbolic links are followed.
func (a *app) stage(name string, mode fs.FileMode) (*staged, error) {
	if name == "" || name == "-" {
		return a.stageStandard(), nil
	}
	info, err := os.Stat(a.file(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unwritable(name, err)
	}
	path, err := followed(a.file(name))
	if err != nil {
		return nil, unwritable(name, err)
	}
	process, n, isDescriptor := descriptorOf(path)
	switch {
	case isDescriptor && process == os.Getpid():
		return a.stageDescriptor(name, n)
	case info != nil && !info.Mode().IsRegular():
		return a.stageThrough(name, path)
	}
	return a.stageBeside(name, path, info, mode)
}

func (a *app) stageStandard() *staged {
	return &staged{Writer: bufio.NewWriterSize(a.data(), stageBuffer), name: "the standard output", standard: true}
}

// stageDescriptor writes to what this process has open already, from where that stands.
func (a *app) stageDescriptor(name string, n int) (*staged, error) {
	if n == syscall.Stdout {
		return a.stageStandard(), nil
	}
	own, err := syscall.Dup(n)
	if err != nil {
		return nil, unwritable(name, err)
	}
	return through(name, os.NewFile(uintptr(own), name)), nil
}

// stageThrough writes to a device or a pipe. To open a pipe waits for its reader, and Ctrl-C ends that.
func (a *app) stageThrough(name, path string) (*staged, error) {
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
	case <-a.interrupted:
		return nil, errInterrupted
	case r := <-opened:
		if r.err != nil {
			return nil, unwritable(name, r.err)
		}
		return through(name, r.file), nil
	}
}

func through(name string, f *os.File) *staged {
	to := io.Writer(f)
	if terminalOf(f) != nil {
		to = screen.New(f, "")
	}
	return &staged{Writer: bufio.NewWriterSize(to, stageBuffer), name: name, file: f}
}

// stageBeside writes beside a regular file, or beside where one is to be; info is nil if it is not there yet.
func (a *app) stageBeside(name, path string, info fs.FileInfo, mode fs.FileMode) (*staged, error) {
	if info != nil {
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // A file that may not be written may not be replaced either.
		if err != nil {
			return nil, unwritable(name, err)
		}
		_ = f.Close() // Nothing was written.
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".disputectl.*")
	if err != nil {
		return nil, unwritable(name, err)
	}
	return &staged{Writer: bufio.NewWriterSize(f, stageBuffer), name: name, file: f, path: path, mode: mode}, nil
}

// maxLinks is how many symbolic links are followed, as many as by Linux.
const maxLinks = 40

// followed returns the file behind symbolic links, which need not exist, by a path whose folder has none. A descriptor
// of a process is left as it is: its link may have no file.
func followed(path string) (string, error) {
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

// descriptor is how Linux names what a process has open, where /dev/stdout leads, too. The BSDs name their own in /dev.
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

// done completes the output.
func (s *staged) done() error {
	err := s.Flush()
	if s.path == "" {
		if s.file != nil {
			err = errors.Join(err, s.file.Close())
		}
		if err != nil {
			return unwritable(s.name, err)
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
		return errors.Join(unwritable(s.name, err), os.Remove(s.file.Name()))
	}
	return nil
}

// drop gives up the output and says what there is of it.
func (s *staged) drop() string {
	if s.path == "" {
		_ = s.Flush() // Whoever reads it is told that it is not complete.
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
