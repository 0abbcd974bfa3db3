package view

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
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

// Ends is the table of finished cases.
func Ends(ends []End) Table {
	t := Table{Head: []string{"ENDED", "DISPUTE", "AMOUNT", "END"}}
	for _, e := range ends {
		t.Rows = append(t.Rows, []string{
			Moment(e.EndedAt), string(e.Dispute), e.amount(), e.end() + ": " + e.why(),
		})
	}
	return t
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

// why says what was decided, and how sure it is that the end is what the state says.
func (e End) why() string {
	text := "never decided"
	if e.Action != "" {
		text = closing.Summary(policy.Decision{Action: e.Action, Rule: e.Rule, Guard: e.Guard, Shadow: e.Shadow, Operator: e.Operator})
	}
	if e.Proof != "" {
		text += "; " + string(e.Proof)
	}
	if e.InDoubt {
		text += "; perhaps ended by our close"
	}
	if e.Contradicted {
		text += "; contradicted by WooshPay"
	}
	return text
}
