package casefiles_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"disputecloser/cmd/disputectl/internal/casefiles"
	"disputecloser/cmd/disputectl/internal/rules/history"
)

// opener opens made-up files, and tells which are open.
func opener(files map[string]string, open map[string]int) casefiles.Opener {
	return func(name string) (io.ReadCloser, int64, error) {
		text, there := files[name]
		if !there {
			return nil, 0, fs.ErrNotExist
		}
		open[name]++
		r := io.Reader(strings.NewReader(text))
		if strings.HasPrefix(name, "slow") {
			r = iotest.OneByteReader(iotest.DataErrReader(r))
		}
		return closer{r, func() { open[name]-- }}, int64(len(text)), nil
	}
}

type closer struct {
	io.Reader
	closed func()
}

func (c closer) Close() error { c.closed(); return nil }

type ids struct{ all []string }

func (v *ids) Visit(r *history.Record) { v.all = append(v.all, string(r.ID)) }

const marked = "\xef\xbb\xbf"

var files = map[string]string{
	"one":      `{"id":"dp_1"}` + "\n" + `{"id":"dp_2"}`, // without the last line's end
	"two":      marked + `{"id":"dp_3"}` + "\nnot json\n",
	"slow":     `{"id":"dp_4"}` + "\n\n" + `{"amount":7}` + "\n",
	"empty":    "",
	"list":     `{"object":"list","data":[{"id":"dp_5"}],"has_more":false}`,
	"list two": marked + ` {"object":"list","data":[{"id":"dp_6"}],"has_more":true}`,
	"array":    `[{"id":"dp_7"}]`, "array two": marked + `[{"id":"dp_8"},{"id":"dp_9"}]`,
	"words": "what is this",
}

func TestSeveralFilesAreOne(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
		// faults as file:line.
		faults string
	}{
		{[]string{"one"}, "dp_1 dp_2", ""},
		{[]string{"two"}, "dp_3", "two:2"},
		{[]string{"one", "two", "slow"}, "dp_1 dp_2 dp_3 dp_4", "two:2 slow:3"},
		{[]string{"slow", "empty", "one"}, "dp_4 dp_1 dp_2", "slow:3"},
		{[]string{"empty", "empty"}, "", ""},
		{[]string{"list", "list two"}, "dp_5 dp_6", ""},
		{[]string{"array", "array two"}, "dp_7 dp_8 dp_9", ""},
	} {
		open := map[string]int{}
		f, err := casefiles.Open(c.names, opener(files, open))
		if err != nil {
			t.Errorf("%v: %v", c.names, err)
			continue
		}
		var v ids
		read, err := history.Read(t.Context(), f, history.Options{Size: f.Size()}, &v)
		if err != nil || strings.Join(v.all, " ") != c.want {
			t.Errorf("%v: read %v, %v, want %s", c.names, v.all, err, c.want)
		}
		var faults []string
		for _, fault := range read.Faults {
			name, in := f.Place(fault)
			faults = append(faults, fmt.Sprintf("%s:%d", name, in.Line))
			if in.Byte < 0 || in.Byte > int64(len(files[name])) {
				t.Errorf("%v: byte %d of %s", c.names, in.Byte, name)
			}
		}
		if got := strings.Join(faults, " "); got != c.faults {
			t.Errorf("%v: faults at %s, want %s", c.names, got, c.faults)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		for name, n := range open {
			if n != 0 {
				t.Errorf("%v: %s is left open", c.names, name)
			}
		}
	}
}

func TestSizeIsThatOfAll(t *testing.T) {
	f, err := casefiles.Open([]string{"one", "two"}, opener(files, map[string]int{}))
	if err != nil || f.Size() != int64(len(files["one"])+len(files["two"])) {
		t.Errorf("size %d, %v", f.Size(), err)
	}
}

func TestWhatCannotBeReadAsOne(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  error
	}{
		{[]string{"one", "array"}, casefiles.ErrMixed},
		{[]string{"list", "one"}, casefiles.ErrMixed},
		{[]string{"one", "words"}, history.ErrFormat},
		{[]string{"one", "nowhere"}, fs.ErrNotExist},
		{[]string{"nowhere"}, fs.ErrNotExist},
	} {
		if _, err := casefiles.Open(c.names, opener(files, map[string]int{})); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.names, err, c.want)
		}
	}
}

// However little is asked for at once, the bytes are the same.
func TestReadsOfAnySize(t *testing.T) {
	names := []string{"one", "two", "slow"}
	want := slices.Concat([]byte(files["one"]), []byte("\n"), []byte(strings.TrimPrefix(files["two"], marked)), []byte("\n"), []byte(files["slow"]))
	for size := 1; size < 40; size++ {
		f, err := casefiles.Open(names, opener(files, map[string]int{}))
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		p := make([]byte, size)
		for {
			n, err := f.Read(p)
			got = append(got, p[:n]...)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d bytes at once: %q, want %q", size, got, want)
		}
	}
}
