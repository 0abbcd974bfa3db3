package view

import (
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Row is one case of a list. Its JSON is what `list --json` prints.
type Row struct {
	Dispute  dispute.ID     `json:"dispute"`
	State    closing.State  `json:"state"`
	Status   dispute.Status `json:"status"`
	Amount   *int64         `json:"amount"` // minor units; null if unknown
	Currency string         `json:"currency"`
	// Action and Rule are empty before the first decision.
	Action policy.Action `json:"action"`
	Rule   string        `json:"rule"`
	Shadow bool          `json:"shadow"`
	DueAt  time.Time     `json:"due_at,omitzero"`
	// Told holds the reasons for which a person was called.
	Told []string `json:"person_told"`

	amount, decision string
}

// RowOf returns a case's row.
func RowOf(c closing.Case) Row {
	r := Row{
		Dispute: c.ID, State: c.State, Status: c.Dispute.Status, Currency: c.Dispute.Currency,
		DueAt: c.DueAt, Told: append([]string{}, c.Told...), amount: Amount(c.Dispute), decision: "none yet",
	}
	if amount, known := c.Dispute.Amount.Get(); known {
		r.Amount = &amount
	}
	if d := c.Decision; d != nil {
		r.Action, r.Rule, r.Shadow = d.Action, d.Rule, d.Shadow
		r.decision = closing.Summary(*d)
	}
	return r
}

// List is the table of rows.
func List(rows []Row, now time.Time) Table {
	t := Table{Head: []string{"DISPUTE", "STATE", "AMOUNT", "STATUS", "DUE", "PERSON", "DECISION"}}
	for _, r := range rows {
		due := ""
		if !r.DueAt.IsZero() {
			due = Distance(r.DueAt, now)
		}
		t.Rows = append(t.Rows, []string{
			string(r.Dispute), string(r.State), r.amount, orUnknown(string(r.Status)), due, strings.Join(r.Told, ","), r.decision,
		})
	}
	return t
}
