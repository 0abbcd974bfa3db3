package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/sheet"
)

func TestCells(t *testing.T) {
	for text, guarded := range map[string]bool{
		"": false, "dp_1": false, "needs_response": false, "0": false, "4853": false, "10.4": false, "0.5": false, "123456789012345": false, "2026-03": false, "a=b": false,
		"1234567890123456": true, "1497123612345438208": true, "0400": true, "00": true, "10.40": true, "010.4": true, "1.2.3": true, "1.1234567890123456": true, "1,5": true, "1 000": true, "1E5": true, "12e-3": true,
		"=1+1": true, "+1": true, "-1": true, "@SUM(A1)": true, "＝1": true, "\t=1": true, " x": true, "\x00=1": true, "\ufeff=1": true, "'x": true, "'": true,
	} {
		cell := sheet.Cell(text)
		if want := map[bool]string{true: "'" + text, false: text}[guarded]; cell != want {
			t.Errorf("%q becomes %q, want %q", text, cell, want)
		}
		if got := sheet.Text(cell); got != text {
			t.Errorf("%q is read back as %q", text, got)
		}
	}
}

func FuzzCellIsReadBack(f *testing.F) {
	f.Add("'=1")
	f.Fuzz(func(t *testing.T, text string) {
		if got := sheet.Text(sheet.Cell(text)); got != text {
			t.Errorf("%q is read back as %q", text, got)
		}
	})
}

func TestTextsOfAListOrAColumn(t *testing.T) {
	want := []string{"1497123612345438208", "dp_1"}
	for _, text := range []string{
		"1497123612345438208\ndp_1", "1497123612345438208\r\ndp_1\r\n", "'1497123612345438208 \"dp_1\"\n\n",
		"dispute\n'1497123612345438208\ndp_1\n", "dispute,state\r\n'1497123612345438208,open\r\ndp_1,closed\r\n",
		"\"state\";\"dispute\"\nopen;\"'1497123612345438208\"\nclosed;dp_1\nshort\n;\n", "state\tdispute\nopen\t1497123612345438208\nclosed\tdp_1\n",
	} {
		if got, err := sheet.Texts([]byte(text), "dispute"); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if got, err := sheet.Texts(nil, "dispute"); err != nil || len(got) != 0 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAColumnIsReadBackAsItWasWritten(t *testing.T) {
	ids := []string{"1497123612345438208", "007", "dp_1", "=1+1", "a,b;c", "a\"b"}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"state", "dispute"})
	for _, id := range ids {
		_ = w.Write([]string{"open", sheet.Cell(id)})
	}
	w.Flush()
	if got, err := sheet.Texts(out.Bytes(), "dispute"); err != nil || !slices.Equal(got, ids) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhatASpreadsheetHasDestroyed(t *testing.T) {
	for _, text := range []string{"1.49712E+18", "dispute\n1,49712e+18", "dispute;state\n1,49712E+18;open"} {
		if _, err := sheet.Texts([]byte(text), "dispute"); !errors.Is(err, sheet.ErrRounded) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := sheet.Texts([]byte("dispute\n\"a\"b\n"), "dispute"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
