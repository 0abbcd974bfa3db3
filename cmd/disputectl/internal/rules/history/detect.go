package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// begin looks at how the file begins. It returns the place of its first character that counts.
func (f *feed) begin() (int64, error) {
	var at int64
	if mark, _ := f.in.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		at += int64(len(mark))
		_, _ = f.in.Discard(len(mark)) // They were peeked.
	}
	for {
		first, err := f.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			f.format = Lines
			return at, nil
		case err != nil:
			return at, f.at(at, err)
		case !strings.ContainsRune(" \t\r\n", rune(first)):
			_ = f.in.UnreadByte() // It was just read.
			text, _ := f.in.Peek(headSize)
			if f.format, err = formatOf(text); err != nil {
				return at, f.at(at, err)
			}
			return at, nil
		}
		at++
		f.source.line(at)
	}
}

const byteOrderMark = "\xef\xbb\xbf"

// headSize is how many bytes may be looked at to find a file's format.
const headSize = 64 << 10

// formatOf returns a file's format by its first bytes.
func formatOf(text []byte) (Format, error) {
	switch {
	case text[0] == '[':
		return Array, nil
	case text[0] != '{':
		return "", ErrFormat
	case isList(text):
		return List, nil
	}
	first, _, _ := bytes.Cut(text, []byte{'\n'})
	if string(bytes.TrimSpace(first)) == "{" {
		return Values, nil
	}
	return Lines, nil
}

// isList reports whether an object is an answer of the list: its object field says so, or it has an array of data and no id
// before it.
func isList(text []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil { // the brace
		return false
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil || name == "id" {
			return false
		}
		if name == "data" {
			t, err := dec.Token()
			return err == nil && t == json.Delim('[')
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return false
		}
		if name == "object" && string(value) == `"list"` {
			return true
		}
	}
	return false
}
