package money_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/shared/currency"
)

func TestParseTakesBothForms(t *testing.T) {
	for _, c := range []struct {
		text   string
		amount int64
		code   string
	}{
		{"15.00 usd", 1500, "usd"},
		{"  15.00   USD ", 1500, "usd"},
		{"USD 15.00", 1500, "usd"},
		{"usd=1500", 1500, "usd"},
		{"USD = 1500", 1500, "usd"},
		{"0.05 eur", 5, "eur"},
		{"eur=5", 5, "eur"},
		{"1,234.56 eur", 123456, "eur"},
		{"1234.56 eur", 123456, "eur"},
		{"1,000,000.00 usd", 100000000, "usd"},
		{"1500 jpy", 1500, "jpy"},
		{"1,510 jpy", 1510, "jpy"},
		{"jpy=1510", 1510, "jpy"},
		{"5.100 kwd", 5100, "kwd"},
		{"kwd=5100", 5100, "kwd"},
		{"92,233,720,368,547,758.07 usd", 9223372036854775807, "usd"},
		{"0.00 usd", 0, "usd"},
	} {
		amount, code, err := money.Parse(c.text)
		if amount != c.amount || code != c.code || err != nil {
			t.Errorf("%q: %d %s, %v, want %d %s", c.text, amount, code, err, c.amount, c.code)
		}
	}
}

func TestParseNeverGuesses(t *testing.T) {
	const ways = `write it like "15.00 usd" or, in minor units, "usd=1500"`
	for text, want := range map[string]string{
		"15 usd":       `"15 usd" may be 15.00 USD or 0.15 USD: write "15.00 usd" or, in minor units, "usd=15"`,
		"1819 USD":     `"1819 USD" may be 1819.00 USD or 18.19 USD: write "1819.00 usd" or, in minor units, "usd=1819"`,
		"1,500 usd":    `"1,500 usd" may be 1500.00 USD or 15.00 USD: write "1500.00 usd" or, in minor units, "usd=1500"`,
		"0 usd":        `"0 usd" does not have the 2 decimals of USD: ` + ways,
		"5,100 kwd":    `"5,100 kwd" may be 5100.000 KWD or 5.100 KWD: write "5100.000 kwd" or, in minor units, "kwd=5100"`,
		"15.0 usd":     `"15.0 usd" does not have the 2 decimals of USD: ` + ways,
		"15.000 usd":   `"15.000 usd" does not have the 2 decimals of USD: ` + ways,
		"5.10 kwd":     `"5.10 kwd" does not have the 3 decimals of KWD: write it like "15.000 kwd" or, in minor units, "kwd=15000"`,
		"1.510 jpy":    `"1.510 jpy" does not have the 0 decimals of JPY: write it like "1500 jpy" or, in minor units, "jpy=1500"`,
		"1.234,56 eur": `"1.234,56 eur" is not an amount: write it like "15.00 eur" or, in minor units, "eur=1500"`,
		"12,34.00 usd": `"12,34.00 usd" is not an amount: ` + ways,
		",234.00 usd":  `",234.00 usd" is not an amount: ` + ways,
		".50 usd":      `".50 usd" is not an amount: ` + ways,
		"-5.00 usd":    `"-5.00 usd" is not an amount: ` + ways,
		"+5.00 usd":    `"+5.00 usd" is not an amount: ` + ways,
		"1e3 usd":      `"1e3 usd" is not an amount: ` + ways,
		"usd usd":      `"usd usd" is not an amount: ` + ways,
		"usd=15.00":    `"usd=15.00" is not a whole number of minor units: ` + ways,
		"usd=1,500":    `"usd=1,500" is not a whole number of minor units: ` + ways,
		"usd=-1":       `"usd=-1" is not a whole number of minor units: ` + ways,
		"usd=":         `"usd=" is not a whole number of minor units: ` + ways,
		"":             `"" is not an amount with its currency: ` + ways,
		"15.00":        `"15.00" is not an amount with its currency: ` + ways,
		"usd":          `"usd" is not an amount with its currency: ` + ways,
		"15.00usd":     `"15.00usd" is not an amount with its currency: ` + ways,
		"1 234.56 usd": `"1 234.56 usd" is not an amount with its currency: ` + ways,
		"15.00 xyz":    `"15.00 xyz": ISO 4217 has no currency "xyz": write "15.00 usd" or, in minor units, "usd=1500"`,
		"xyz=1500":     `"xyz=1500": ISO 4217 has no currency "xyz": write "15.00 usd" or, in minor units, "usd=1500"`,
		"15.00 $":      `"15.00 $": ISO 4217 has no currency "$": write "15.00 usd" or, in minor units, "usd=1500"`,

		"usd=9223372036854775808":       `"usd=9223372036854775808" is too large: ` + ways,
		"92233720368547758.08 usd":      `"92233720368547758.08 usd" is too large: ` + ways,
		"99999999999999999999999 usd":   `"99999999999999999999999 usd" is too large: ` + ways,
		"\u0661\u0665.\u0660\u0660 usd": "\"\u0661\u0665.\u0660\u0660 usd\" is not an amount: " + ways,
	} {
		amount, code, err := money.Parse(text)
		not := new(money.NotMoneyError)
		if !errors.As(err, &not) || err.Error() != want || amount != 0 || code != "" {
			t.Errorf("%q: %d %q\n  got  %v\n  want %s", text, amount, code, err, want)
		}
	}
}

func TestParseReadsWhatTextWrites(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, code := range currency.Codes() {
		for range 50 {
			want := random.Int64() >> random.IntN(63)
			for _, text := range []string{currency.Text(want, code), strings.ReplaceAll(currency.Text(want, code), ",", "")} {
				if got, read, err := money.Parse(text); got != want || read != code || err != nil {
					t.Fatalf("%s is read as %d %s, %v", text, got, read, err)
				}
			}
		}
	}
}

// TestFormsMeanTheSame reads both examples, so that no error recommends what is refused.
func TestFormsMeanTheSame(t *testing.T) {
	for _, code := range currency.Codes() {
		quoted := strings.Split(money.Forms(code), `"`)
		a, inMajor, err := money.Parse(quoted[1])
		b, inMinor, err2 := money.Parse(quoted[3])
		if a != b || inMajor != code || inMinor != code || errors.Join(err, err2) != nil {
			t.Errorf("%s: %d %s, %v; %d %s, %v", money.Forms(code), a, inMajor, err, b, inMinor, err2)
		}
	}
}

func TestUnderstoodIsInBothUnits(t *testing.T) {
	if got := money.Understood(1500, "usd"); got != "15.00 USD (1500 in minor units)" {
		t.Error(got)
	}
}
