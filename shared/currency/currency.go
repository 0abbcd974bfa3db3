// Package currency knows the currencies of ISO 4217 as far as a policy needs them.
package currency

import (
	"maps"
	"math"
	"slices"
)

// Currency is a currency of ISO 4217.
type Currency struct {
	// Decimals is how many decimals its minor unit has by ISO 4217.
	Decimals int
	// Magnitude is the power of ten nearest to what one US dollar is worth in the currency's major unit. It is coarse
	// on purpose: it shows whether a bound is in the wrong unit, and is not an exchange rate.
	Magnitude int
}

// Lookup returns the currency of a lower-case code; false if ISO 4217 does not list it.
func Lookup(code string) (Currency, bool) {
	c, ok := table()[code]
	return c, ok
}

// Codes returns every known code in alphabetical order.
func Codes() []string { return slices.Sorted(maps.Keys(table())) }

// Dollars returns roughly what an amount in the currency's minor unit is worth in US dollars.
func (c Currency) Dollars(amount int64) float64 {
	return float64(amount) / math.Pow10(c.Decimals+c.Magnitude)
}
