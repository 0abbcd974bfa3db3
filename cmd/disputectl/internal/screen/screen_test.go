package screen_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
)

// hostile holds one of each kind of character that a terminal obeys, hides or takes for the end of a line.
var hostile = []string{
	"\x00", "\a", "\b", "\v", "\f", "\r", "\x1b[2J", "\x1b]0;title\a", "\x7f", "\x80", "\x9b", "\xc2\x9b2J", "\u0085", "\u009b2J",
	"\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029",
	"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\u3164", "\ufeff", "\ufff9",
	"\ufdd0", "\uffff", "\U000e0041", "\xff", "\xe2\x80", "\xed\xa0\x80",
}

// harmless reports whether every character is one that a terminal shows.
func harmless(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, screen.Harmful)
}

func TestAScreenObeysNobody(t *testing.T) {
	for _, evil := range hostile {
		var out bytes.Buffer
		fmt.Fprint(screen.New(&out, "mark"), "a", evil, "b\n")
		if got := out.String(); !harmless(got) || !strings.HasPrefix(got, "a") || !strings.HasSuffix(got, "b\n") {
			t.Errorf("%q becomes %q", evil, got)
		}
		line := screen.Line("a" + evil + "b")
		if !harmless(line) || utf8.RuneCountInString(line) != utf8.RuneCountInString("a"+evil+"b") {
			t.Errorf("%q becomes %q", evil, line)
		}
	}
	const text = "Zürich → “1 200 usd”, 日本 👍\tx\n"
	var out bytes.Buffer
	fmt.Fprint(screen.New(&out, ""), text)
	if out.String() != text {
		t.Errorf("%q becomes %q", text, out.String())
	}
}

// TestACharacterMayComeInPieces writes byte by byte what must neither be broken nor get through.
func TestACharacterMayComeInPieces(t *testing.T) {
	var out bytes.Buffer
	s := screen.New(&out, "")
	for _, b := range []byte("é→👍\u202e\u009b\xe2x") {
		if n, err := s.Write([]byte{b}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := out.String(); got != "é→👍\ufffd\ufffd\ufffdx" {
		t.Errorf("got %q", got)
	}
}

func TestOnlyWhoKnowsTheMarksPaints(t *testing.T) {
	var out bytes.Buffer
	s := screen.New(&out, "mark-")
	screen.Printf(s, "%s %s %s|%s\n", s.Paint(screen.Red, "no"), s.Paint(screen.Green, "yes"), s.Paint(screen.Yellow, "wait"), "\x1b[31mme\x1b[0m")
	const want = "\x1b[31mno\x1b[0m \x1b[32myes\x1b[0m \x1b[33mwait\x1b[0m|\ufffd[31mme\ufffd[0m\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if got := screen.New(&out, "").Paint(screen.Red, "no"); got != "no" {
		t.Errorf("without colours it is %q", got)
	}
}

type named string

func TestAnArgumentStaysOnItsLine(t *testing.T) {
	const evil = "a\nb\r\nc\td\u2028e"
	for _, arg := range []any{evil, named(evil), errors.New(evil), []string{evil}, struct{ A string }{evil}} {
		var out bytes.Buffer
		screen.Printf(&out, "%-3d|%v|%*s|\nend\n", 7, arg, 4, named("x"))
		if got := out.String(); strings.Count(got, "\n") != 2 || strings.ContainsAny(got, "\r\t\u2028") || !strings.HasPrefix(got, "7  |") || !strings.Contains(got, "|   x|\n") {
			t.Errorf("%T: %q", arg, got)
		}
	}
	var out bytes.Buffer
	screen.Printf(&out, "%v %t %.1f", nil, true, 1.5)
	if out.String() != "<nil> true 1.5" {
		t.Errorf("got %q", out.String())
	}
}

func TestABlockIsIndented(t *testing.T) {
	var out bytes.Buffer
	screen.Block(&out, "", "first\n  second\nthird\x1b\u2028")
	if out.String() != "first\n  second\n  third\ufffd\n" {
		t.Errorf("got %q", out.String())
	}
}

func TestJSONStaysTheSameValue(t *testing.T) {
	for _, evil := range hostile {
		text, err := json.Marshal(map[string]any{"é": evil})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{text, []byte(`{"é":"` + strings.Map(beyondASCII, evil) + `"}`)} {
			escaped := screen.JSON(text)
			var got, want map[string]string
			if err := errors.Join(json.Unmarshal(text, &want), json.Unmarshal(escaped, &got)); err != nil {
				t.Errorf("%q: %v", escaped, err)
			}
			if !harmless(string(escaped)) || got["é"] != want["é"] {
				t.Errorf("%q becomes %q", text, escaped)
			}
		}
	}
}

// beyondASCII leaves out what JSON itself escapes.
func beyondASCII(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

func TestAWriteErrorIsReturned(t *testing.T) {
	if _, err := screen.New(broken{}, "").Write([]byte("x")); err == nil {
		t.Error("it is swallowed")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }
