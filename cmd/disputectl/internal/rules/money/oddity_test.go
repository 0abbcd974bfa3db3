package money_test

import (
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/money"
)

func TestOddity(t *testing.T) {
	for code, want := range map[string]string{
		"usd": "",
		"eur": "",
		"xyz": "",
		"krw": "ISO 4217 gives KRW 0 decimals; WooshPay does not document its own",
		"kwd": "ISO 4217 gives KWD 3 decimals; WooshPay does not document its own",
		"isk": "ISO 4217 gives ISK 0 decimals; Stripe and Adyen count it with 2 decimals, and WooshPay does not document its own",
		"mga": "ISO 4217 gives MGA 2 decimals; Stripe counts it without decimals, because its minor unit is a fifth, and WooshPay does not document its own",
	} {
		if got := money.Oddity(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
