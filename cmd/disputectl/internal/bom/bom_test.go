package bom_test

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"disputecloser/cmd/disputectl/internal/bom"
)

func TestAMarkIsNotPartOfTheText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "x": "x", "xy": "xy", "xyz": "xyz", "xyz and more": "xyz and more", "\xef\xbb\xbf": "", "\xef\xbb\xbfx": "x",
		"\xef\xbb\xbf\xef\xbb\xbfx": "\xef\xbb\xbfx", "x\xef\xbb\xbf": "x\xef\xbb\xbf", "\xef\xbb": "\xef\xbb", "é": "é", "\x00\x00": "\x00\x00",
	} {
		for name, from := range map[string]io.Reader{
			"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
			"with its end": iotest.DataErrReader(strings.NewReader(text)),
		} {
			if got, err := io.ReadAll(bom.NewReader(from)); err != nil || string(got) != want {
				t.Errorf("%q, %s: %q, %v", text, name, got, err)
			}
		}
	}
}

func TestUTF16IsRefused(t *testing.T) {
	for _, text := range []string{"{\"id\":1}", "\ufeffmode: live\n", "a", "\ufeff"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var encoded []byte
			for _, unit := range utf16.Encode([]rune(text)) {
				encoded = order.AppendUint16(encoded, unit)
			}
			r := bom.NewReader(strings.NewReader(string(encoded)))
			for range 2 {
				if n, err := r.Read(make([]byte, 9)); n != 0 || !errors.Is(err, bom.ErrUTF16) {
					t.Errorf("%q: %d, %v", encoded, n, err)
				}
			}
		}
	}
}

func TestAReadErrorIsReturned(t *testing.T) {
	broken := errors.New("broken")
	for _, before := range []string{"", "x", "xyz"} {
		got, err := io.ReadAll(bom.NewReader(io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken))))
		if !errors.Is(err, broken) {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestTheEndIsReadOnce as at a terminal, where one Ctrl-D ends the text.
func TestTheEndIsReadOnce(t *testing.T) {
	ends := 0
	r := bom.NewReader(readerFunc(func(p []byte) (int, error) {
		if ends++; ends == 1 {
			return copy(p, "x"), nil
		}
		return 0, io.EOF
	}))
	if got, err := io.ReadAll(r); err != nil || string(got) != "x" || ends != 2 {
		t.Errorf("%q, %v after %d reads", got, err, ends)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
