package currency

import (
	"fmt"
	"strconv"
	"strings"
)

// Text returns an amount of a currency's minor unit as people write money, such as "18.19 USD" or "1,510 JPY". The decimals
// are those of ISO 4217; of a currency that it does not list, the amount stays in the minor unit and says so.
func Text(amount int64, code string) string {
	c, known := Lookup(code)
	switch {
	case code == "":
		return strconv.FormatInt(amount, 10) + " of an unknown currency"
	case !known:
		return fmt.Sprintf("%d minor units of %s", amount, strings.ToUpper(code))
	}
	return grouped(amount, c.Decimals) + " " + strings.ToUpper(code)
}

// grouped writes an amount with its decimals and its thousands set apart.
func grouped(amount int64, decimals int) string {
	digits := strings.TrimPrefix(strconv.FormatInt(amount, 10), "-")
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	var b strings.Builder
	if amount < 0 {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}
