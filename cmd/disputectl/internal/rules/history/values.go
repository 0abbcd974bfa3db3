package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// values is a stream of JSON values that are not one on a line.
type values struct {
	*feed
	dec *json.Decoder
	// begin is the byte of the file at which the decoder began.
	begin int64
	// value is the value read last.
	value json.RawMessage
}

// values reads arrays, lists or objects, one after another, from a byte on.
func (f *feed) values(begin int64) error {
	v := &values{feed: f, dec: json.NewDecoder(f.in), begin: begin}
	read := map[Format]func() error{Array: v.array, List: v.list, Values: v.record}[f.format]
	for {
		v.allow()
		switch err := read(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return v.failed(err)
		}
	}
}

// allow lets the next value be read, up to the length of maxValue.
func (v *values) allow() {
	v.source.limit = v.begin + v.dec.InputOffset() + maxValue + int64(v.in.Size())
}

// failed names the place at which reading failed.
func (v *values) failed(err error) error {
	syntax := new(json.SyntaxError)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return v.truncated()
	case errors.As(err, &syntax):
		err = fmt.Errorf("%w: %w", err, ErrFormat)
	case errors.Is(err, ErrFormat):
		return v.at(v.begin+v.dec.InputOffset()-1, err)
	case !errors.Is(err, ErrLong):
		return v.at(v.source.read, err)
	}
	return v.at(v.place(), err)
}

// place is the byte at which the next value begins.
func (v *values) place() int64 {
	at := v.begin + v.dec.InputOffset()
	if rest, err := io.ReadAll(v.dec.Buffered()); err == nil {
		at += int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n")))
	}
	return at
}

// token reads one token in the middle of something, where the file must not end.
func (v *values) token() (json.Token, error) {
	t, err := v.dec.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

// any reads any value.
func (v *values) any() error {
	v.allow()
	return v.dec.Decode(&v.value)
}

// record reads a value and adds it.
func (v *values) record() error {
	if err := v.any(); err != nil {
		return err
	}
	return v.add(v.value, v.begin+v.dec.InputOffset()-int64(len(v.value)))
}

// array reads an array and its records.
func (v *values) array() error {
	if err := v.open('['); err != nil {
		return err
	}
	return v.elements()
}

// open reads what an array or a list begins with; io.EOF means that the file has ended.
func (v *values) open(want json.Delim) error {
	t, err := v.dec.Token()
	if err == nil && t != want {
		return ErrFormat
	}
	return err
}

// elements reads an array's records up to its end.
func (v *values) elements() error {
	for v.dec.More() {
		if err := v.record(); err != nil {
			return unexpected(err)
		}
	}
	_, err := v.token()
	return err
}

// unexpected is the error in the middle of something.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// list reads an answer of WooshPay's list and the records of its data.
func (v *values) list() error {
	if err := v.open('{'); err != nil {
		return err
	}
	for {
		name, err := v.token()
		if err != nil || name == json.Delim('}') {
			return err
		}
		if err := v.listField(name.(string)); err != nil { // The decoder accepts nothing else as a name.
			return unexpected(err)
		}
	}
}

func (v *values) listField(name string) error {
	if name != "data" {
		err := v.any()
		if name == "has_more" {
			v.more = string(v.value) == "true"
		}
		return err
	}
	switch t, err := v.token(); {
	case err != nil:
		return err
	case t == json.Delim('['):
		return v.elements()
	case t == json.Delim('{'):
		return ErrFormat
	}
	return nil
}
