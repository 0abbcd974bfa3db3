package money

import (
	"fmt"
	"strings"

	"disputecloser/shared/currency"
)

// oddities are currencies whose minor unit payment providers are known to count otherwise than ISO 4217. The sources are
// Stripe's docs.stripe.com/currencies (special cases), Adyen's docs.adyen.com/development-resources/currency-codes and
// SumUp's developer.sumup.com/tools/glossary/currencies, as of November 2026.
var oddities = map[string]string{
	"clp": "Adyen counts it with 2 decimals",
	"cop": "SumUp counts it without decimals",
	"cve": "Adyen counts it without decimals",
	"huf": "SumUp counts it without decimals, and Stripe pays it out in whole forints only",
	"idr": "Adyen counts it without decimals",
	"isk": "Stripe and Adyen count it with 2 decimals",
	"mga": "Stripe counts it without decimals, because its minor unit is a fifth",
	"twd": "Stripe pays it out in whole dollars only",
	"ugx": "Stripe counts it with 2 decimals",
}

// Oddity says why an amount of a currency may mean something else at a provider than ISO 4217 has it, in a sentence to
// show where a bound is set; empty if nothing is known of it. WooshPay documents no currency's decimals: those with
// other than two are never sure until an amount of it was seen.
func Oddity(code string) string {
	c, known := currency.Lookup(code)
	if !known {
		return ""
	}
	upper := strings.ToUpper(code)
	if odd := oddities[code]; odd != "" {
		return fmt.Sprintf("ISO 4217 gives %s %s; %s, and WooshPay does not document its own", upper, places(c.Decimals), odd)
	}
	if c.Decimals != 2 {
		return fmt.Sprintf("ISO 4217 gives %s %s; WooshPay does not document its own", upper, places(c.Decimals))
	}
	return ""
}
