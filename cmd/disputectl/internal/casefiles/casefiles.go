// Package casefiles reads several files of past disputes as one.
package casefiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"disputecloser/cmd/disputectl/internal/bom"
	"disputecloser/cmd/disputectl/internal/rules/history"
)

// Opener opens a file and returns its length, 0 if unknown.
type Opener func(name string) (io.ReadCloser, int64, error)

// ErrMixed means that two files are of different formats, which cannot be read as one.
var ErrMixed = errors.New("files of different formats")

// Files is the text of several files, one after another. It reads each when its turn comes.
type Files struct {
	open  Opener
	names []string
	size  int64
	// parts are the files that were begun, the last of them being read.
	parts   []part
	current io.ReadCloser
	// read and lines count what was handed out.
	read, lines int64
}

// part is where a file begins in the whole.
type part struct {
	name        string
	read, lines int64
}

// Open looks at the files. One file is handed out as it is; several must be of one format.
func Open(names []string, open Opener) (*Files, error) {
	f := &Files{open: open, names: names}
	if len(names) == 1 {
		return f, f.next()
	}
	var format history.Format
	for i, name := range names {
		found, size, err := formatOf(name, open)
		if err != nil {
			return nil, err
		}
		if i > 0 && found != format && found != "" && format != "" {
			return nil, fmt.Errorf("%s is %s, and %s is %s: %w", names[i-1], format, name, found, ErrMixed)
		}
		format, f.size = found, f.size+size
	}
	return f, f.next()
}

// head is how much of a file is read to tell its format, in bytes.
const head = 64 << 10

// formatOf returns a file's format, empty for an empty file, and its length.
func formatOf(name string, open Opener) (history.Format, int64, error) {
	in, size, err := open(name)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, head))
	if err != nil {
		return "", 0, fmt.Errorf("read %s: %w", name, err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return "", size, nil
	}
	read, err := history.Read(context.Background(), bytes.NewReader(text), history.Options{}, unseen{})
	if errors.Is(err, history.ErrFormat) {
		return "", 0, fmt.Errorf("%s: %w", name, err)
	}
	return read.Format, size, nil
}

type unseen struct{}

func (unseen) Visit(*history.Record) {}

// Size is the length of all, 0 if unknown.
func (f *Files) Size() int64 { return f.size }

// next opens the next file; io.EOF if there is none.
func (f *Files) next() error {
	n := len(f.parts)
	if n == len(f.names) {
		return io.EOF
	}
	in, size, err := f.open(f.names[n])
	if err != nil {
		return err
	}
	if len(f.names) == 1 {
		f.size = size
	}
	f.current = withoutMark(in)
	f.parts = append(f.parts, part{f.names[n], f.read, f.lines})
	return nil
}

// withoutMark returns a file without the byte order mark that it may begin with.
func withoutMark(in io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{bom.NewReader(in), in}
}

// Read reads on, with a line's end between two files.
func (f *Files) Read(p []byte) (int, error) {
	if len(p) == 0 || f.current == nil {
		return 0, io.EOF
	}
	n, err := f.current.Read(p)
	if err == nil || !errors.Is(err, io.EOF) {
		f.count(p[:n])
		return n, err
	}
	if n < len(p) && len(f.parts) < len(f.names) {
		p[n] = '\n'
		n++
	} else if n == len(p) {
		f.count(p[:n])
		return n, nil // The end is met again, with room for a line's end.
	}
	f.count(p[:n])
	_ = f.current.Close() // It was only read.
	f.current = nil
	if err := f.next(); err != nil {
		return n, err
	}
	return n, nil
}

// count keeps account of what was handed out; of one file nobody needs it.
func (f *Files) count(p []byte) {
	if len(f.names) > 1 {
		f.read += int64(len(p))
		f.lines += int64(bytes.Count(p, []byte{'\n'}))
	}
}

// Close closes the file that is being read.
func (f *Files) Close() error {
	if f.current == nil {
		return nil
	}
	return f.current.Close()
}

// Place returns the file in which a fault lies, and the fault as counted in that file.
func (f *Files) Place(of history.Fault) (name string, in history.Fault) {
	at, _ := slices.BinarySearchFunc(f.parts, of.Byte, func(p part, b int64) int {
		if p.read <= b {
			return -1
		}
		return 1
	})
	p := f.parts[max(at-1, 0)]
	of.Byte, of.Line = of.Byte-p.read, of.Line-p.lines
	return p.name, of
}
