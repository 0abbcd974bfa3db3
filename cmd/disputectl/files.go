package main

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

// maxFile bounds in bytes what is read of a file that a command line names: a policy or an event has some KB.
const maxFile = 16 << 20

// file returns the path of a file that the command line names.
func (a *app) file(name string) string {
	if a.dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.dir, name)
}

// read returns the text of a person's file, without a byte order mark; - is the standard input. Its error is a failure.
func (a *app) read(name string) ([]byte, error) {
	data, err := a.bytes(name)
	if err != nil {
		return nil, err
	}
	return unmarked(name, data)
}

// unmarked returns a file's text without a byte order mark. Its error is a failure.
func unmarked(name string, data []byte) ([]byte, error) {
	text, err := io.ReadAll(bom.NewReader(bytes.NewReader(data)))
	if err != nil {
		return nil, fail(misused, "convert the file, then try again", "cannot read %s: %w", name, err)
	}
	return text, nil
}

// bytes returns a file's bytes as they are. Its error is a failure.
func (a *app) bytes(name string) ([]byte, error) {
	in := a.input()
	if name != "-" {
		f, err := os.Open(a.file(name))
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case errors.Is(err, context.Canceled):
		return nil, errInterrupted
	case err != nil:
		return nil, unreadable(name, err)
	case len(data) > maxFile:
		return nil, fail(misused, "name a smaller file", "%s is larger than %d MB", name, maxFile>>20)
	}
	return data, nil
}

// create writes a new file to its end, or leaves none. Its error is fs.ErrExist if there is one already.
func (a *app) create(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(a.file(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func unreadable(name string, err error) error {
	return fail(misused, "check the path and its permissions", "cannot read %s: %w", name, reason(err))
}

func unwritable(name string, err error) error {
	return fail(misused, "check the folder and its permissions", "cannot write %s: %w", name, reason(err))
}

// reason leaves out the path that the error repeats.
func reason(err error) error {
	if e := new(fs.PathError); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// printJSON writes a value as indented JSON.
func (a *app) printJSON(v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := a.data().Write(screen.JSON(text.Bytes()))
	return err
}
