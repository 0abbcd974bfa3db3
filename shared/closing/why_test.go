package closing_test

import (
	"slices"
	"strings"
	"testing"

	"disputecloser/shared/closing"
)

func TestCheckWhy(t *testing.T) {
	longest := strings.Repeat("ü", closing.MaxWhy/2)
	for _, c := range []struct {
		text, why string
		faults    []error
	}{
		{text: "a good customer", why: "a good customer"},
		{text: " \n a good customer\t", why: "a good customer"},
		{text: longest, why: longest},
		{text: " " + longest + " ", why: longest},
		{text: "", faults: []error{closing.ErrEmptyWhy}},
		{text: " \n\t ", faults: []error{closing.ErrEmptyWhy}},
		{text: longest + "x", faults: []error{closing.ErrLongWhy}},
		{text: "one\ntwo", faults: []error{closing.ErrBrokenWhy}},
		{text: "clear\x1b[2J", faults: []error{closing.ErrBrokenWhy}},
		{text: "c1\u0085x", faults: []error{closing.ErrBrokenWhy}},
		{text: "caf\xe9", faults: []error{closing.ErrNotUTF8}},
		{text: longest + "\x00\xff", faults: []error{closing.ErrLongWhy, closing.ErrBrokenWhy, closing.ErrNotUTF8}},
	} {
		why, faults := closing.CheckWhy(c.text)
		if !slices.Equal(faults, c.faults) || len(faults) == 0 && why != c.why {
			t.Errorf("%q: %q, %v; want %q, %v", c.text, why, faults, c.why, c.faults)
		}
	}
}
