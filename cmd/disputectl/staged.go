package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// staged is an output that is written as it comes. In place of a file it is a file beside it, which takes its name
// only when it is complete.
type staged struct {
	*bufio.Writer
	// file is nil for the standard output.
	file *os.File
	name string
	path string
}

// stage begins an output; without a name, or with -, it is the standard output. A file can be read by its owner alone.
func (a *app) stage(name string) (*staged, error) {
	if name == "" || name == "-" {
		return &staged{Writer: bufio.NewWriterSize(a.data(), stageBuffer)}, nil
	}
	path := a.file(name)
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, unwritable(name, err)
	}
	return &staged{Writer: bufio.NewWriterSize(io.Writer(f), stageBuffer), file: f, name: name, path: path}, nil
}

// stageBuffer is in bytes.
const stageBuffer = 64 << 10

// done completes the output.
func (s *staged) done() error {
	err := s.Flush()
	if s.file == nil {
		return err
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
	if s.file == nil {
		_ = s.Flush() // Whoever reads it is told that it is not complete.
		return "what was written is not complete"
	}
	_ = s.file.Close() // It is removed.
	_ = os.Remove(s.file.Name())
	return s.name + " was not written"
}
