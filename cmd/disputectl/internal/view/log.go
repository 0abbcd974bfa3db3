package view

import (
	"io"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
)

// Act is what a person did. Its JSON is what `log --json` prints.
type Act struct {
	At      time.Time  `json:"at"`
	What    string     `json:"what"`
	Dispute dispute.ID `json:"dispute,omitempty"` // left out for a pause and a resume
	Who     string     `json:"who"`
	Why     string     `json:"why"`
	// Amount and Currency are what a person agreed to concede, in minor units; left out for other acts than a close.
	Amount   *int64 `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// ActOf returns the act of a line of the journal.
func ActOf(l closing.Line) Act {
	a := Act{At: l.At, What: l.What, Dispute: l.Dispute, Who: l.Who, Why: l.Why, Currency: l.Money.Currency}
	if l.Money != (dispute.Money{}) {
		a.Amount = &l.Money.Amount
	}
	return a
}

// Log writes acts, two lines each and more for a long reason.
func Log(w io.Writer, acts []Act, now time.Time, width int) error {
	p := &page{width: width, now: now}
	for _, a := range acts {
		what := a.What
		if a.Dispute != "" {
			what += " " + string(a.Dispute)
		}
		if a.Amount != nil {
			what += ", " + currency.Text(*a.Amount, a.Currency)
		}
		p.line("%s  %s", MomentFrom(a.At, now), what)
		p.text("    ", "by "+a.Who+": "+a.Why)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}
