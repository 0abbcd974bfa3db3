package currency_test

import (
	"math"
	"testing"

	"disputecloser/shared/currency"
)

func TestTextIsMoney(t *testing.T) {
	for _, c := range []struct {
		amount int64
		code   string
		want   string
	}{
		{1819, "usd", "18.19 USD"},
		{0, "usd", "0.00 USD"},
		{5, "usd", "0.05 USD"},
		{50, "usd", "0.50 USD"},
		{100, "usd", "1.00 USD"},
		{-5, "eur", "-0.05 EUR"},
		{-123456, "eur", "-1,234.56 EUR"},
		{5100, "kwd", "5.100 KWD"},
		{7, "kwd", "0.007 KWD"},
		{0, "jpy", "0 JPY"},
		{151, "jpy", "151 JPY"},
		{1510, "jpy", "1,510 JPY"},
		{1234567, "jpy", "1,234,567 JPY"},
		{99999999, "usd", "999,999.99 USD"},
		{100000000, "usd", "1,000,000.00 USD"},
		{math.MaxInt64, "usd", "92,233,720,368,547,758.07 USD"},
		{math.MinInt64, "usd", "-92,233,720,368,547,758.08 USD"},
		{1500, "xyz", "1500 minor units of XYZ"},
		{1500, "", "1500 of an unknown currency"},
	} {
		if got := currency.Text(c.amount, c.code); got != c.want {
			t.Errorf("%d %s: %s, want %s", c.amount, c.code, got, c.want)
		}
	}
}
