package view

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/moment"
	"disputecloser/shared/policy"
)

// End is one case of a list of finished cases. Its JSON is what `list --state closed --json` prints.
type End struct {
	Dispute  dispute.ID     `json:"dispute"`
	State    closing.State  `json:"state"`
	Status   dispute.Status `json:"status"`
	Amount   *int64         `json:"amount"` // minor units; null if unknown
	Currency string         `json:"currency"`
	// Created is WooshPay's created, left out if unknown.
	Created    time.Time `json:"created,omitzero"`
	EndedAt    time.Time `json:"ended_at"`
	ReasonCode string    `json:"reason_code"`
	// Action, Rule, Guard, Shadow and Operator are those of the last decision.
	Action   policy.Action `json:"action"`
	Rule     string        `json:"rule"`
	Guard    policy.Guard  `json:"guard"`
	Shadow   bool          `json:"shadow"`
	Operator string        `json:"operator"`
	// Proof is how we know that we closed it; empty if we did not.
	Proof closing.Proof `json:"proof"`
	// InDoubt means that it is not counted as closed by us, and that a close of ours may have ended it.
	InDoubt      bool `json:"in_doubt"`
	Contradicted bool `json:"contradicted"`
}

// EndOf returns the row of a line about a case that ended.
func EndOf(l closing.Line) End {
	e := l.Ended
	end := End{
		Dispute: l.Dispute, State: e.State, Status: e.Status, Currency: l.Money.Currency, Created: e.CreatedAt, EndedAt: l.At,
		ReasonCode: e.ReasonCode, Action: e.Action, Rule: e.Rule, Guard: e.Guard, Shadow: e.Shadow, Operator: e.Operator,
		Proof: e.Proof, InDoubt: e.PerhapsOurs(), Contradicted: e.Contradicted,
	}
	if l.Money != (dispute.Money{}) {
		end.Amount = &l.Money.Amount
	}
	return end
}

// SortEnds puts the newest end first.
func SortEnds(ends []End) {
	slices.SortStableFunc(ends, func(a, b End) int { return cmp.Or(b.EndedAt.Compare(a.EndedAt), cmp.Compare(a.Dispute, b.Dispute)) })
}

// The columns of a list of finished cases.
var endColumns = []Column{
	{Head: "ENDED", Drop: 2}, {Head: "DISPUTE"}, {Head: "AMOUNT", Right: true}, {Head: "END", Drop: 1, Least: 6}, {Head: "WHY", Least: 16},
}

// Ends is the table of finished cases. What is not sure is coloured.
func Ends(ends []End, now time.Time, paint Paints) Grid {
	g := Grid{Columns: endColumns}
	for _, e := range ends {
		cells := Plain(moment.Named(e.EndedAt, now), string(e.Dispute), e.amount(), e.end(), e.why())
		switch {
		case e.Contradicted:
			cells[1].Paint, cells[4].Paint = paint.Alarm, paint.Alarm
		case e.InDoubt:
			cells[1].Paint, cells[4].Paint = paint.Warn, paint.Warn
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// EndTotals says, for each currency, how much we conceded, and how many cases ended.
func EndTotals(ends []End) []string {
	var all, closed totals
	for _, e := range ends {
		r := Row{Amount: e.Amount, Currency: e.Currency}
		all.add(r)
		if e.State == closing.Closed {
			closed.add(r)
		}
	}
	if len(ends) == 0 {
		return nil
	}
	lines := []string{all.text()}
	if closed.cases > 0 {
		lines = append(lines, "Closed by us, and conceded: "+closed.text())
	}
	return lines
}

// end is our state of a case that we closed or that is missing, and WooshPay's status of any other.
func (e End) end() string {
	if e.State != closing.Resolved {
		return string(e.State)
	}
	return orUnknown(string(e.Status))
}

func (e End) amount() string {
	if e.Amount == nil {
		return unknown
	}
	return currency.Text(*e.Amount, e.Currency)
}

// why says by whose decision the case ended so, and how sure that is.
func (e End) why() string {
	text := e.decided()
	switch {
	case e.Contradicted:
		text = "WooshPay says otherwise; " + text
	case e.InDoubt:
		text = "perhaps by our close; " + text
	case e.Proof == closing.Inferred:
		text += ", seen by a later look"
	}
	return text
}

// decided says who decided what.
func (e End) decided() string {
	who := "no rule matched"
	switch {
	case e.Action == "":
		return "never decided"
	case e.Operator != "":
		who = "by " + Name(e.Operator)
	case e.Rule != "":
		who = "by " + owner(e.Rule)
	}
	if e.State == closing.Closed {
		return who
	}
	text := string(e.Action) + ", " + who
	if e.Guard != "" {
		text += "; " + Guard(e.Guard)
	}
	if e.Shadow {
		text += ", in shadow"
	}
	return text
}
