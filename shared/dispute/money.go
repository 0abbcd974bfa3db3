package dispute

import "strconv"

// Money is an amount in the API's own minor unit of its currency, an ISO 4217 code in lower case.
type Money struct {
	Amount   int64
	Currency string
}

// Money returns what the dispute is about, and whether both its amount and its currency are known.
func (d Dispute) Money() (Money, bool) {
	amount, known := d.Amount.Get()
	return Money{amount, d.Currency}, known && d.Currency != ""
}

// String returns the money as a person reads it, such as "1500 usd".
func (m Money) String() string { return strconv.FormatInt(m.Amount, 10) + " " + m.Currency }
