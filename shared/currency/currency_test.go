package currency_test

import (
	"slices"
	"testing"

	xcurrency "golang.org/x/text/currency"

	"disputecloser/shared/currency"
)

// newer lists currencies that came after the table the test compares with.
var newer = []string{"mru", "sle", "ved", "ves", "xcg", "zwg"}

// The Unicode project's table of currencies checks ours, but for the decimals that ISO 4217 lists and it leaves
// out because nobody pays with the coins.
func TestTableAgreesWithCLDR(t *testing.T) {
	for _, code := range currency.Codes() {
		ours, _ := currency.Lookup(code)
		unit, err := xcurrency.ParseISO(code)
		if err != nil {
			if !slices.Contains(newer, code) {
				t.Errorf("%s is unknown to CLDR", code)
			}
			continue
		}
		if scale, _ := xcurrency.Standard.Rounding(unit); scale != ours.Decimals && scale != 0 {
			t.Errorf("%s has %d decimals here and %d in CLDR", code, ours.Decimals, scale)
		}
	}
	if n := len(currency.Codes()); n < 150 || n > 165 {
		t.Errorf("%d currencies, want about the 155 of ISO 4217", n)
	}
}

func TestDollarsAreOfTheRightMagnitude(t *testing.T) {
	for _, c := range []struct {
		code   string
		amount int64
		want   float64
	}{{"usd", 1500, 15}, {"jpy", 50_000, 500}, {"krw", 500_000, 500}, {"vnd", 5_000_000, 500}, {"kwd", 1000, 10}} {
		known, ok := currency.Lookup(c.code)
		if got := known.Dollars(c.amount); !ok || got != c.want {
			t.Errorf("%d %s is worth %v dollars, want %v", c.amount, c.code, got, c.want)
		}
	}
	if _, ok := currency.Lookup("USD"); ok {
		t.Error("an upper-case code is known")
	}
}
