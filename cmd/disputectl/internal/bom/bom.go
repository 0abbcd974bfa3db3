// Package bom reads the text files of people, whose editors and consoles begin them with a byte order mark.
package bom

import (
	"bytes"
	"errors"
	"io"
)

// ErrUTF16 means that a text is in UTF-16, as PowerShell's > and Notepad's "Unicode" write it.
var ErrUTF16 = errors.New("it is in UTF-16, not UTF-8: convert it with `iconv -f UTF-16 -t UTF-8`, or write it with `-Encoding utf8` in PowerShell")

// mark is the byte order mark in UTF-8.
var mark = []byte("\xef\xbb\xbf")

// NewReader returns a text without the byte order mark that it may begin with. A read of a text in UTF-16 returns
// ErrUTF16.
func NewReader(text io.Reader) io.Reader { return &reader{from: text} }

type reader struct {
	from  io.Reader
	begun bool
	err   error
}

func (r *reader) Read(p []byte) (int, error) {
	if !r.begun {
		r.begun = true
		r.err = r.begin()
	}
	if r.err != nil {
		return 0, r.err
	}
	return r.from.Read(p)
}

// begin looks at the first bytes. A text that ends with them is not read again: a terminal would be asked for more.
func (r *reader) begin() error {
	head := make([]byte, len(mark))
	n, err := io.ReadFull(r.from, head)
	head = head[:n]
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case err != nil && !ended:
		return err
	case isUTF16(head):
		return ErrUTF16
	}
	head = bytes.TrimPrefix(head, mark)
	if ended {
		r.from = bytes.NewReader(head)
	} else {
		r.from = io.MultiReader(bytes.NewReader(head), r.from)
	}
	return nil
}

// isUTF16 reports whether a text begins with a mark of UTF-16, or with one of its ASCII characters.
func isUTF16(head []byte) bool {
	if len(head) < 2 {
		return false
	}
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) || (head[0] == 0) != (head[1] == 0)
}
