package policies

import (
	"errors"
	"strings"
	"unicode"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/shared/currency"
)

// amounts are the values of a flag that takes several: usd=1500,eur=1400, or 15.00 usd, or the flag repeatedly.
type amounts []string

// String returns what was given.
func (a *amounts) String() string { return strings.Join(*a, ",") }

// Type names the values in the help.
func (a *amounts) Type() string { return "amounts" }

// Set adds one value or several. A comma between digits sets thousands apart, and any other separates values.
func (a *amounts) Set(text string) error {
	begin := 0
	for i := range len(text) {
		inNumber := i > 0 && isDigit(text[i-1]) && i+1 < len(text) && isDigit(text[i+1])
		if text[i] == ',' && !inNumber {
			*a, begin = append(*a, strings.TrimSpace(text[begin:i])), i+1
		}
	}
	*a = append(*a, strings.TrimSpace(text[begin:]))
	return nil
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// currencyAmount reads 15.00 usd or usd=1500. If otherwise is not nil, it completes a currency without an amount.
func currencyAmount(flag, text string, otherwise func(code string) int64) (code string, amount int64, err error) {
	code = strings.ToLower(strings.TrimSpace(text))
	if otherwise != nil && !strings.ContainsFunc(code, unicode.IsDigit) && !strings.Contains(code, "=") {
		if _, known := currency.Lookup(code); !known {
			return "", 0, cli.Fail(cli.Misused, "use a code of ISO 4217, such as usd=1500", "%s %q: there is no currency %q", flag, text, code)
		}
		return code, otherwise(code), nil
	}
	amount, code, err = money.Parse(text)
	if not := new(money.NotMoneyError); errors.As(err, &not) {
		return "", 0, cli.Fail(cli.Misused, not.Next, "%s %s", flag, not.What)
	}
	if err == nil && amount == 0 {
		err = cli.Fail(cli.Misused, "write it like "+money.Forms(code), "%s %q is nothing", flag, text)
	}
	return code, amount, err
}
