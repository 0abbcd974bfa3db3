package history_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/internal/historytest"
)

// keeper keeps what it saw.
type keeper struct {
	ids    []string
	places []int64
}

func (k *keeper) Visit(r *history.Record) {
	k.ids = append(k.ids, string(r.ID))
	k.places = append(k.places, r.Byte)
}

// read reads a text with three visitors and returns the ids in the file's order.
func read(t *testing.T, r io.Reader) ([]string, history.Summary, error) {
	t.Helper()
	keepers := []*keeper{{}, {}, {}}
	s, err := history.Read(context.Background(), r, history.Options{}, keepers[0], keepers[1], keepers[2])
	byPlace := map[int64]string{}
	var places []int64
	for _, k := range keepers {
		if !slices.IsSorted(k.places) {
			t.Fatalf("a visitor saw records out of order: %v", k.places)
		}
		for i, place := range k.places {
			byPlace[place] = k.ids[i]
			places = append(places, place)
		}
	}
	slices.Sort(places)
	ids := make([]string, len(places))
	for i, place := range places {
		ids[i] = byPlace[place]
	}
	if int64(len(ids)) != s.Records {
		t.Fatalf("%d records were visited, %d counted", len(ids), s.Records)
	}
	return ids, s, err
}

// disputes returns n made-up disputes, more than a buffer of them from about 1200 on.
func disputes(n int) []string {
	g, all := historytest.New(11), make([]string, n)
	for i := range all {
		all[i] = string(g.Append(nil))
	}
	return all
}

// scaled is less than n with -short, as under the race detector, and still more than a buffer.
func scaled(n int) int {
	if testing.Short() {
		return n * 2 / 5
	}
	return n
}

func idOf(text string) string { return text[len(`{"id":"`):][:len("dp_0123456789abcdef")] }

func TestFormats(t *testing.T) {
	all := disputes(scaled(4000))
	want := make([]string, len(all))
	for i, text := range all {
		want[i] = idOf(text)
	}
	cases := make([]string, len(all))
	for i, text := range all {
		cases[i] = `{"id":"` + want[i] + `","state":"open","version":3,"dispute":` + text + `,"history":[{"at":"2026-01-01T00:00:00Z"}]}`
	}
	pretty := make([]string, len(all))
	for i, text := range all {
		pretty[i] = strings.Replace(text, `{"id"`, "{\n  \"id\"", 1)
	}
	half := len(all) / 2
	page := func(records []string, more bool) string {
		return fmt.Sprintf(`{"object":"list","url":"/v1/disputes/list","has_more":%t,"data":[%s]}`, more, strings.Join(records, ","))
	}
	for _, c := range []struct {
		name, text string
		format     history.Format
		more       bool
	}{
		{"lines", strings.Join(all, "\n") + "\n", history.Lines, false},
		{"lines without a last end", strings.Join(all, "\n"), history.Lines, false},
		{"lines of Windows, blank ones between", "\xef\xbb\xbf\r\n" + strings.Join(all, "\r\n\r\n \t\n"), history.Lines, false},
		{"cases", strings.Join(cases, "\n"), history.Lines, false},
		{"array", "[" + strings.Join(all, ",") + "]", history.Array, false},
		{"array over lines", " [\n" + strings.Join(pretty, "\n,\n") + "\n]\n", history.Array, false},
		{"arrays", "[" + strings.Join(all[:half], ",") + "]\n[]\n[" + strings.Join(all[half:], ",") + "]", history.Array, false},
		{"values over lines", strings.Join(pretty, "\n"), history.Values, false},
		{"list", page(all, false), history.List, false},
		{"lists", page(all[:half], true) + "\n" + page(all[half:], false), history.List, false},
		{"list with more", page(all, true), history.List, true},
		{"list, data first", `{"data" : [` + strings.Join(all, " , ") + `] , "x":{"a":["}]"]}, "object":"list"}`, history.List, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"whole":  strings.NewReader(c.text),
				"pieces": iotest.HalfReader(strings.NewReader(c.text)),
				"end":    iotest.DataErrReader(strings.NewReader(c.text)),
			} {
				ids, s, err := read(t, r)
				if err != nil || s.Format != c.format || s.Bad != 0 || s.More != c.more {
					t.Fatalf("%s: %v, %+v", name, err, s)
				}
				if !slices.Equal(ids, want) {
					t.Fatalf("%s: %d records are not the %d of the file in its order", name, len(ids), len(want))
				}
				if s.Bytes != int64(len(c.text)) {
					t.Errorf("%s: %d bytes, want %d", name, s.Bytes, len(c.text))
				}
				if lines := int64(len(strings.SplitAfter(strings.TrimSuffix(c.text, "\n"), "\n"))); s.Lines != lines {
					t.Errorf("%s: %d lines, want %d", name, s.Lines, lines)
				}
			}
		})
	}
}

// An object with an id is a record, whatever else it has.
func TestARecordIsNoList(t *testing.T) {
	ids, s, err := read(t, strings.NewReader(`{"id":"a","data":[{"id":"x"}],"object":"dispute"}`+"\n"+`{"id":"b"}`))
	if err != nil || s.Format != history.Lines || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("%q, %+v, %v", ids, s, err)
	}
}

// Each byte of a small file is once the boundary of two reads.
func TestPieces(t *testing.T) {
	text := `{"object":"list","has_more":true,"data":[{"id":"a\"]}\\"},{"id":"b","x":["[{",{}]}],"url":null}`
	ids, s, err := read(t, iotest.OneByteReader(strings.NewReader(text)))
	if err != nil || !slices.Equal(ids, []string{`a"]}\`, "b"}) || !s.More {
		t.Fatalf("%q, %+v, %v", ids, s, err)
	}
}

func TestBadRecords(t *testing.T) {
	long := `{"id":"long","x":"` + strings.Repeat("x", 3<<20) + `"}`
	for _, c := range []struct {
		name, text string
		ids        string
		faults     string
	}{
		{"lines", "{\"id\":\"a\"}\nhello\n\n{\"id\":\"b\"}\n{}\n{\"id\":\"c\"}\n", "a b c", "2@11 5@29"},
		{"first line", "{\"id\":\"a\"\n{\"id\":\"b\"}\n", "b", "1@0"},
		{"bytes before", "\xef\xbb\xbf\n{\"id\":1e}\n{\"id\":\"b\"}\n", "b", "2@4"},
		{"long line", "{\"id\":\"a\"}\n" + long + "\n{\"id\":\"b\"}\n", "a b", "2@11"},
		{"long last line", "{\"id\":\"a\"}\n" + long, "a", "2@11"},
		{"array", "[{\"id\":\"a\"},\n7,{},null,\"x]\",\n[{}],{\"id\":\"b\"}]", "a b", "2@13 2@15 2@18 2@23 3@29"},
		{"array over lines", "[\n{\"id\":\"a\"}\n,\n\n7\n,\n{}\n]", "a", "5@16 7@20"},
		{"values", "{\n\"id\":\"a\"}\n7\n{}\n{\"id\":\"b\"}", "a b", "3@12 4@14"},
		{"a long line of blanks", "{\"id\":\"a\"}\n" + strings.Repeat(" ", 2<<20) + "{\"id\":\"x\"}\n\n{\"id\":\"b\"}\n7", "a b", "2@11 5@2097186"},
		{"long element", "[{\"id\":\"a\"},\n" + long + ",{\"id\":\"b\"}]", "a b", "2@13"},
		{"list", "{\"object\":\"list\",\"data\":[\n{},{\"id\":\"b\"}]}", "b", "2@26"},
		{"case without its dispute's id", "{\"state\":\"open\",\"dispute\":{}}\n{\"id\":\"b\"}", "b", "1@0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, s, err := read(t, strings.NewReader(c.text))
			var faults []string
			for _, f := range s.Faults {
				faults = append(faults, fmt.Sprintf("%d@%d", f.Line, f.Byte))
				if f.Reason == "" || f.Reason == "not understood" {
					t.Errorf("line %d: reason %q", f.Line, f.Reason)
				}
			}
			if err != nil || strings.Join(ids, " ") != c.ids || strings.Join(faults, " ") != c.faults || s.Bad != int64(len(faults)) {
				t.Errorf("records %s, faults %s, %d bad, %v; want %s, %s", ids, faults, s.Bad, err, c.ids, c.faults)
			}
		})
	}
}

// A record of the greatest length is read, and one that is longer by a byte is not.
func TestLongestRecord(t *testing.T) {
	long := `{"id":"a","x":"` + strings.Repeat("x", history.MaxRecord-len(`{"id":"a","x":""}`)) + `"}`
	for _, format := range []string{"%s\n", "%s", "[%s]", "{\n\"id\":\"b\"}\n%s"} {
		_, s, err := read(t, strings.NewReader(fmt.Sprintf(format, long)))
		if err != nil || s.Bad != 0 {
			t.Errorf(format+": %d bad, %v", "the longest", s.Bad, err)
		}
		if _, s, err = read(t, strings.NewReader(fmt.Sprintf(format, long+" "))); strings.HasPrefix(format, "%s") && s.Bad != 1 {
			t.Errorf(format+": %d bad, %v", "one too long", s.Bad, err)
		}
		if _, s, err = read(t, strings.NewReader(fmt.Sprintf(format, `{"y":1,`+long[1:]))); s.Bad != 1 || err != nil || s.Faults[0].Reason != "longer than 1048576 bytes" {
			t.Errorf(format+": %d bad, %v", "one too long", s.Bad, err)
		}
	}
}

// What is not JSON inside an array or a list ends the reading: nothing shows where the next record begins. What came
// before counts, and the error names the place.
func TestNotJSONEndsAnArray(t *testing.T) {
	for _, c := range []struct{ text, place string }{
		{"[{\"id\":\"a\"},\n {\"id\":},{\"id\":\"b\"}]", "line 2, byte 14"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"},\n\n{\"id\":}]}", "line 3, byte 38"},
		{"{\n\"id\":\"a\"}\n{\n}}", "line 4, byte 15"},
		{"{\n\"id\":\"a\"}\n ,{}", "line 3, byte 13"},
		{"[{\"id\":\"a\"}]\n{\"id\":\"b\"}", "line 2, byte 13"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"}]}\n[]", "line 2, byte 38"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"}],\"data\":{}}", "line 1, byte 44"},
	} {
		ids, s, err := read(t, strings.NewReader(c.text))
		if !errors.Is(err, history.ErrFormat) || !strings.Contains(err.Error(), c.place+":") || ids[0] != "a" {
			t.Errorf("%q: %v, %+v; want %s", c.text, err, s, c.place)
		}
	}
}

// A value without end does not fill the memory.
func TestEndlessValues(t *testing.T) {
	for _, begin := range []string{`[{"id":"a"},{"id":"b","x":"`, `[{"id":"a"},[`, "[{\"id\":\"a\"}\n", "{\n\"id\":\"a\"}\n{\"", `{"object":"list","data":[{"id":"a"}],"x":"`} {
		filler := &endless{line: []byte("         \t")}
		if strings.HasSuffix(begin, `"`) {
			filler.line = []byte("xxxxxxxxxx")
		}
		ids, s, err := read(t, io.MultiReader(strings.NewReader(begin), filler))
		if !errors.Is(err, history.ErrLong) || len(ids) != 1 || s.Bytes > 10<<20 {
			t.Errorf("%q: %v, %d records, %d bytes", begin, err, len(ids), s.Bytes)
		}
	}
}

func TestFaultsAreBounded(t *testing.T) {
	bad := scaled(1_000_000)
	_, s, err := read(t, strings.NewReader("{\"id\":\"a\"}\n"+strings.Repeat("{}\n", bad)))
	if err != nil || s.Bad != int64(bad) || len(s.Faults) != history.MaxFaults {
		t.Fatalf("%d bad, %d described, %v", s.Bad, len(s.Faults), err)
	}
	for i, f := range s.Faults {
		if f.Line != int64(i+2) {
			t.Fatalf("fault %d is of line %d, want the first %d in order", i, f.Line, history.MaxFaults)
		}
	}
}

// A file that stops in the middle is an error that says where, and what came before is counted.
func TestTruncated(t *testing.T) {
	for _, c := range []struct{ text, place string }{
		{"{\"id\":\"a\"}\n{\"id\":\"b\",\"amo", "line 2, byte 25"},
		{"{\"id\":\"a\"}\n{\"id\":\"b\"", "line 2, byte 20"},
		{"{\"id\":\"a\"}\n{\"id\":tr", "line 2, byte 19"},
		{"[{\"id\":\"a\"},\n", "line 2, byte 13"},
		{"[{\"id\":\"a\"},\n{\"id\"", "line 2, byte 18"},
		{"[{\"id\":\"a\"},\n{\"id\\", "line 2, byte 18"},
		{"[{\"id\":\"a\"}", "line 1, byte 11"},
		{"[{\"id\":\"a\"},12", "line 1, byte 14"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"}", "line 1, byte 35"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"}]", "line 1, byte 36"},
		{"{\"object\":\"list\",\"data\":[{\"id\":\"a\"}],\"url\":\"/v1", "line 1, byte 47"},
		{"{\n\"id\":\"a\"}\n{\n\"id\":\"b\"", "line 4, byte 22"},
	} {
		ids, _, err := read(t, strings.NewReader(c.text))
		if !errors.Is(err, history.ErrTruncated) || !strings.Contains(err.Error(), c.place) || len(ids) != 1 {
			t.Errorf("%q: %v, %d records; want %s", c.text, err, len(ids), c.place)
		}
	}
}

func TestEveryCutIsTruncatedOrComplete(t *testing.T) {
	text := `{"object":"list","has_more":true,"data":[{"id":"a","x":[1,"\""]} , {"id":"b"}],"url":null}`
	for i := 1; i < len(text); i++ {
		_, _, err := read(t, strings.NewReader(text[:i]))
		// Until the text says that it is a list, it may be the beginning of a line.
		if !errors.Is(err, history.ErrTruncated) {
			t.Errorf("%q: %v", text[:i], err)
		}
	}
}

func TestNotAHistory(t *testing.T) {
	for _, text := range []string{"id,amount\n", "<html>", "\x1f\x8b\x08", `"x"`, "[{},]", "[{} {}]", "[}", "[{}]x", `{"object":"list","data":[],}`, `{"object":"list","data"}`, `{"object":"list" "data":[]}`, `{"object":"list",7:8}`, "{\n\"id\":\"a\"}\n,{\n}"} {
		if _, _, err := read(t, strings.NewReader(text)); !errors.Is(err, history.ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "\xef\xbb\xbf", "[]", `{"object":"list","data":[]}`} {
		if ids, s, err := read(t, strings.NewReader(text)); err != nil || len(ids) != 0 || s.Bad != 0 {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	r := io.MultiReader(strings.NewReader(strings.Join(disputes(10), "\n")), iotest.ErrReader(broken))
	if _, _, err := read(t, r); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	for _, begin := range []string{"", " ", "{\"id\":\"a\"}\n", "[", "[{\"id\":\"a\"}", strings.Repeat("x", 3<<20)} {
		for end, want := range map[io.Reader]error{stuck{}: io.ErrNoProgress, iotest.ErrReader(broken): broken} {
			if begin != "" && begin[0] == 'x' {
				begin = "{" + begin
			}
			if _, _, err := read(t, io.MultiReader(strings.NewReader(begin), end)); !errors.Is(err, want) {
				t.Errorf("%.20q: %v, want %v", begin, err, want)
			}
		}
	}
}

// endless is a file without end.
type endless struct {
	line []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.line[e.at]
		e.at = (e.at + 1) % len(e.line)
	}
	return len(p), nil
}

// stuck never returns anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

type stopper struct {
	seen atomic.Int64
	stop func()
}

func (s *stopper) Visit(*history.Record) {
	if s.seen.Add(1) == 1000 {
		s.stop()
	}
}

func TestCancelled(t *testing.T) {
	for _, text := range []string{"{\"id\":\"a\"}\n", "{\n\"id\":\"a\"}\n"} {
		ctx, cancel := context.WithCancel(context.Background())
		s := &stopper{stop: cancel}
		summary, err := history.Read(ctx, &endless{line: []byte(text)}, history.Options{}, s, s)
		if !errors.Is(err, context.Canceled) || summary.Records < 1000 {
			t.Errorf("%v after %d records", err, summary.Records)
		}
	}
}

func TestProgress(t *testing.T) {
	text := []byte(strings.Join(disputes(5000), "\n"))
	var seen []int64
	o := history.Options{Size: int64(len(text)), Progress: func(read, size int64) {
		if size != int64(len(text)) {
			t.Errorf("size %d, want %d", size, len(text))
		}
		seen = append(seen, read)
	}}
	if _, err := history.Read(context.Background(), bytes.NewReader(text), o, &keeper{}); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(seen) || len(seen) < 4 || seen[len(seen)-1] != int64(len(text)) {
		t.Errorf("progress %v, want rising to %d", seen, len(text))
	}
}

// FuzzRead checks that no file makes the reader hang, panic or lose a record without a word.
func FuzzRead(f *testing.F) {
	f.Add([]byte("{\"id\":\"a\"}\n{\"id\":\"b\"}"))
	f.Add([]byte(`[{"id":"a"},{"id":"b\\\""}]`))
	f.Add([]byte(`{"object":"list","data":[{"id":"a"}],"has_more":false}`))
	f.Add([]byte("{\n\"id\":\"a\"}\n{\n\"id\":\"b\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, a, errA := read(t, bytes.NewReader(text))
		pieces, b, errB := read(t, iotest.OneByteReader(bytes.NewReader(text)))
		if !slices.Equal(whole, pieces) || a.Bad != b.Bad || (errA == nil) != (errB == nil) {
			t.Fatalf("%q: %q and %v at once, %q and %v in pieces", text, whole, errA, pieces, errB)
		}
		if errA == nil && a.Records+a.Bad == 0 && bytes.Contains(text, []byte(`"id"`)) && a.Format != history.List {
			t.Fatalf("%q: nothing was read and nothing reported", text)
		}
	})
}

// A dispute that occurs again, in whatever part of the file, is counted: every visitor's numbers hold it twice.
func TestRepeated(t *testing.T) {
	all := disputes(4000)
	again := slices.Concat(all, all[:3], []string{all[0], `{"id":"7"}`, `{"id":7}`, `{"id":"8"}`})
	for name, c := range map[string]struct {
		text string
		want int64
	}{"none": {strings.Join(all, "\n"), 0}, "some": {strings.Join(again, "\n"), 5}, "array": {"[" + strings.Join(again, ",") + "]", 5}} {
		_, s, err := read(t, strings.NewReader(c.text))
		if err != nil || s.Repeated != c.want {
			t.Errorf("%s: %d repeated, want %d (%v)", name, s.Repeated, c.want, err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	all := disputes(20000)
	for name, text := range map[string]string{"lines": strings.Join(all, "\n"), "array": "[" + strings.Join(all, ",") + "]"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := history.Read(context.Background(), strings.NewReader(text), history.Options{}, &counter{}, &counter{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "disputes/s")
		})
	}
}

type counter struct{ n int }

func (c *counter) Visit(*history.Record) { c.n++ }
