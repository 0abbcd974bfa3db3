package policies

import (
	"strconv"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/currency"
)

// currencyAmount reads usd=1500. If otherwise is not nil, it completes a currency without an amount.
func currencyAmount(flag, text string, otherwise func(code string) int64) (code string, amount int64, err error) {
	code, digits, given := strings.Cut(text, "=")
	code = strings.ToLower(strings.TrimSpace(code))
	if _, known := currency.Lookup(code); !known {
		return "", 0, cli.Fail(cli.Misused, "use a code of ISO 4217, such as usd=1500", "%s %q: there is no currency %q", flag, text, code)
	}
	if !given && otherwise != nil {
		return code, otherwise(code), nil
	}
	amount, err = strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if err != nil || amount < 1 {
		return "", 0, cli.Fail(cli.Misused, "write it like "+code+"=1500, in the currency's minor unit", "%s %q is not an amount", flag, text)
	}
	return code, amount, nil
}
