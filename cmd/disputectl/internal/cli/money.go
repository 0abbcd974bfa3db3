package cli

import (
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/shared/currency"
)

// Money is an amount of a flag: 15.00 usd or, in the currency's minor unit, usd=1500.
type Money struct {
	Amount   int64 // minor units
	Currency string
}

// Set implements pflag.Value.
func (m *Money) Set(text string) error {
	amount, code, err := money.Parse(text)
	if err != nil {
		return err
	}
	m.Amount, m.Currency = amount, code
	return nil
}

// String implements pflag.Value.
func (m *Money) String() string {
	if m.Currency == "" {
		return ""
	}
	return currency.Text(m.Amount, m.Currency)
}

// Type implements pflag.Value.
func (m *Money) Type() string { return "money" }
