package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"disputecloser/cmd/disputectl/internal/bom"
	"disputecloser/cmd/disputectl/internal/screen"
)

// maxFile limits a named file, in bytes: a policy or an event has a few KB.
const maxFile = 16 << 20

// Path returns the path of a file that the command line names.
func (c *Console) Path(name string) string {
	if c.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, name)
}

// ReadText returns the text of a named file without its byte order mark; - is the standard input. Its error is an
// ExitError.
func (c *Console) ReadText(name string) ([]byte, error) {
	data, err := c.ReadBytes(name)
	if err != nil {
		return nil, err
	}
	return WithoutBOM(name, data)
}

// WithoutBOM returns a file's text without its byte order mark. Its error is an ExitError.
func WithoutBOM(name string, data []byte) ([]byte, error) {
	text, err := io.ReadAll(bom.NewReader(bytes.NewReader(data)))
	if err != nil {
		return nil, Fail(Misused, "convert the file, then try again", "cannot read %s: %w", name, err)
	}
	return text, nil
}

// ReadBytes returns a named file's bytes as they are; - is the standard input. Its error is an ExitError.
func (c *Console) ReadBytes(name string) ([]byte, error) {
	in := c.Input()
	if name != "-" {
		f, err := os.Open(c.Path(name))
		if err != nil {
			return nil, Unreadable(name, err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case errors.Is(err, context.Canceled):
		return nil, ErrInterrupted
	case err != nil:
		return nil, Unreadable(name, err)
	case len(data) > maxFile:
		return nil, Fail(Misused, "name a smaller file", "%s is larger than %d MB", name, maxFile>>20)
	}
	return data, nil
}

// CreateNew writes a new file completely, or leaves none. Its error is fs.ErrExist if the file exists.
func (c *Console) CreateNew(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(c.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return fill(f, text)
}

// fill writes a new file completely and closes it, or removes it.
func fill(f *os.File, text []byte) error {
	_, err := f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Unreadable says that a named file cannot be read.
func Unreadable(name string, err error) error {
	return Fail(Misused, "check the path and its permissions", "cannot read %s: %w", name, WithoutPath(err))
}

// Unwritable says that a named file cannot be written.
func Unwritable(name string, err error) error {
	return Fail(Misused, "check the folder and its permissions", "cannot write %s: %w", name, WithoutPath(err))
}

// WithoutPath returns the cause of a file error, without the path that its text repeats.
func WithoutPath(err error) error {
	if e := new(fs.PathError); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// PrintJSON writes a value as indented JSON.
func (c *Console) PrintJSON(v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := c.Data().Write(screen.JSON(text.Bytes()))
	return err
}
