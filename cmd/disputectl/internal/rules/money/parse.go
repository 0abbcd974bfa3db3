// Package money reads the amounts that people write, and says where their minor unit is not sure.
package money

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"disputecloser/shared/currency"
)

// NotMoneyError says why a text is not an amount of money.
type NotMoneyError struct {
	// What is wrong, and Next what to write instead.
	What, Next string
}

// Error implements error.
func (e *NotMoneyError) Error() string { return e.What + ": " + e.Next }

// Parse reads an amount as a person writes it and returns it in the currency's minor unit, with the lower-case code.
// It takes the two forms of Forms, and the code ahead of the amount: 15.00 usd, USD 1,234.50, 1500 jpy and usd=1500.
//
// It never guesses. An amount in major units has all decimals that ISO 4217 gives the currency, because 1500 usd may
// mean 1,500.00 USD or 15.00 USD, and thousands may be set apart only by commas. The error is a *NotMoneyError.
func Parse(text string) (amount int64, code string, err error) {
	text = strings.TrimSpace(text)
	if code, digits, minor := strings.Cut(text, "="); minor {
		return parseMinor(text, strings.ToLower(strings.TrimSpace(code)), strings.TrimSpace(digits))
	}
	words := strings.Fields(strings.ToLower(text))
	if len(words) != 2 {
		return 0, "", notMoney(text, "is not an amount with its currency", "usd")
	}
	if startsWithDigit(words[1]) {
		words[0], words[1] = words[1], words[0]
	}
	return parseMajor(text, words[0], words[1])
}

func startsWithDigit(word string) bool { return word[0] >= '0' && word[0] <= '9' }

func parseMinor(text, code, digits string) (int64, string, error) {
	if _, known := currency.Lookup(code); !known {
		return 0, "", unknown(text, code)
	}
	if !plain.MatchString(digits) {
		return 0, "", notMoney(text, "is not a whole number of minor units", code)
	}
	amount, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, "", notMoney(text, "is too large", code)
	}
	return amount, code, nil
}

// The forms of an amount in major units: its digits, with or without thousands set apart, and its decimals.
var (
	plain = regexp.MustCompile(`^[0-9]+$`)
	major = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?$`)
)

func parseMajor(text, number, code string) (int64, string, error) {
	c, known := currency.Lookup(code)
	if !known {
		return 0, "", unknown(text, code)
	}
	found := major.FindStringSubmatch(number)
	if found == nil {
		return 0, "", notMoney(text, "is not an amount", code)
	}
	whole, decimals := strings.ReplaceAll(found[1], ",", ""), found[2]
	amount, err := strconv.ParseInt(whole+decimals, 10, 64)
	switch {
	case err != nil:
		return 0, "", notMoney(text, "is too large", code)
	case decimals == "" && c.Decimals > 0 && amount > 0:
		return 0, "", undecided(text, whole, amount, code, c.Decimals)
	case len(decimals) != c.Decimals:
		return 0, "", notMoney(text, "does not have the "+places(c.Decimals)+" of "+strings.ToUpper(code), code)
	}
	return amount, code, nil
}

// undecided refuses a whole number of a currency that has decimals, and names what it may mean.
func undecided(text, whole string, amount int64, code string, decimals int) error {
	full := whole + "." + strings.Repeat("0", decimals)
	return &NotMoneyError{
		What: fmt.Sprintf("%q may be %s %s or %s", text, full, strings.ToUpper(code), currency.Text(amount, code)),
		Next: fmt.Sprintf("write %q or, in minor units, \"%s=%d\"", full+" "+code, code, amount),
	}
}

func unknown(text, code string) error {
	return &NotMoneyError{
		What: fmt.Sprintf("%q: ISO 4217 has no currency %q", text, code),
		Next: "write " + Forms("usd"),
	}
}

func notMoney(text, fault, code string) error {
	return &NotMoneyError{What: fmt.Sprintf("%q %s", text, fault), Next: "write it like " + Forms(code)}
}

func places(n int) string {
	switch n {
	case 0:
		return "0 decimals"
	case 1:
		return "1 decimal"
	}
	return fmt.Sprintf("%d decimals", n)
}

// Forms shows an example of both ways to write an amount of a known currency: major units, and minor units.
func Forms(code string) string {
	amount := int64(1500)
	if c, _ := currency.Lookup(code); c.Decimals == 3 {
		amount = 15000
	}
	return fmt.Sprintf(`"%s" or, in minor units, "%s=%d"`, strings.ReplaceAll(strings.ToLower(currency.Text(amount, code)), ",", ""), code, amount)
}

// Understood says back what Parse read, in both units: 15.00 USD (1500 in minor units).
func Understood(amount int64, code string) string {
	return fmt.Sprintf("%s (%d in minor units)", currency.Text(amount, code), amount)
}
