package view_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/view"
)

func red(text string) string { return "<" + text + ">" }

// TestAGridFits leaves out what matters least, and shortens what is long.
func TestAGridFits(t *testing.T) {
	g := view.Grid{
		Columns: []view.Column{{Head: "ID"}, {Head: "AMOUNT", Right: true}, {Head: "NOTE", Drop: 3}, {Head: "STATE", Drop: 1}, {Head: "AGE", Drop: 2}, {Head: "WHY", Least: 10}},
		Rows: [][]view.Cell{
			append(view.Plain("dp_1", "18.19 USD", "", "open", "3 d"), view.Cell{Text: "it is above the bound of a rule", Paint: red}),
			view.Plain("dp_22", "5 JPY", "", "scheduled", "12 d", "short"),
		},
	}
	for width, want := range map[int]string{
		0: `ID        AMOUNT  NOTE  STATE      AGE   WHY
dp_1   18.19 USD        open       3 d   <it is above the bound of a rule>
dp_22      5 JPY        scheduled  12 d  short
`,
		65: `ID        AMOUNT  STATE      AGE   WHY
dp_1   18.19 USD  open       3 d   <it is above the bound of a…>
dp_22      5 JPY  scheduled  12 d  short
`,
		45: `ID        AMOUNT  STATE      AGE   WHY
dp_1   18.19 USD  open       3 d   <it is…>
dp_22      5 JPY  scheduled  12 d  short
`,
		44: `ID        AMOUNT  STATE      WHY
dp_1   18.19 USD  open       <it is above…>
dp_22      5 JPY  scheduled  short
`,
		30: `ID        AMOUNT  WHY
dp_1   18.19 USD  <it is above…>
dp_22      5 JPY  short
`,
		26: `ID        AMOUNT  WHY
dp_1   18.19 USD  <it is…>
dp_22      5 JPY  short
`,
	} {
		var b strings.Builder
		if err := g.Write(&b, width); err != nil || b.String() != want {
			t.Errorf("%d columns, %v:\n%s", width, err, b.String())
		}
		for line := range strings.Lines(strings.NewReplacer("<", "", ">", "").Replace(b.String())) {
			if n := utf8.RuneCountInString(line) - 1; width > 0 && n > width {
				t.Errorf("%d of %d columns: %s", n, width, line)
			}
		}
	}
}

func TestAGridsTextStaysInItsCell(t *testing.T) {
	var b strings.Builder
	g := view.Grid{Columns: []view.Column{{Head: "A"}, {Head: "B"}}, Rows: [][]view.Cell{{{Text: "a\nb\x1b[2J"}, {Text: "c\td", Paint: red}}}}
	if err := g.Write(&b, 0); err != nil || b.String() != "A        B\na b\ufffd[2J  <c d>\n" {
		t.Errorf("%v, %q", err, b.String())
	}
}

func TestShortened(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{{"short", 5, "short"}, {"longer", 5, "long…"}, {"one two", 5, "one…"}, {"18.19 USD is above 15.00 USD", 22, "18.19 USD is above…"}, {"18.19 USD is above 15.00 USD", 19, "18.19 USD is above…"}, {"a refused_for_good", 8, "a refus…"}, {"日本語テキスト", 4, "日本語…"}, {"x", 0, "…"}, {"", 0, ""}} {
		if got := view.Shortened(c.text, c.width); got != c.want {
			t.Errorf("%q to %d: %q", c.text, c.width, got)
		}
	}
}

func TestFlow(t *testing.T) {
	cells := []view.Cell{{Text: "stack closer: "}, {Text: "LIVE MONEY", Paint: red}, {Text: ", closing is on"}}
	for width, want := range map[int]string{
		0:  "stack closer: <LIVE MONEY>, closing is on",
		20: "stack closer: <LIVE>|<MONEY>, closing is on",
		3:  "stack|closer:|<LIVE>|<MONEY>,|closing|is|on",
	} {
		if got := strings.Join(view.Flow(width, cells...), "|"); got != want {
			t.Errorf("%d: %q, want %q", width, got, want)
		}
	}
	if got := view.Flow(10); len(got) != 1 || got[0] != "" {
		t.Errorf("nothing flows as %q", got)
	}
}
