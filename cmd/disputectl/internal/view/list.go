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
	// Created and Deadline are WooshPay's created and due_by, left out if unknown.
	Created  time.Time `json:"created,omitzero"`
	Deadline time.Time `json:"due_by,omitzero"`
	// Action and Rule are empty before the first decision.
	Action policy.Action `json:"action"`
	Rule   string        `json:"rule"`
	Shadow bool          `json:"shadow"`
	DueAt  time.Time     `json:"due_at,omitzero"`
	// Person holds the reasons why the case waits for a person now, Told those for which one was notified.
	Person []string `json:"person"`
	Told   []string `json:"person_told"`

	amount, decision string
}

// RowOf returns a case's row.
func RowOf(c closing.Case) Row {
	r := Row{
		Dispute: c.ID, State: c.State, Status: c.Dispute.Status, Currency: c.Dispute.Currency,
		Created: c.Dispute.Created, Deadline: c.Dispute.DueBy, DueAt: c.DueAt,
		Person: Person(c), Told: append([]string{}, c.Told...), amount: Amount(c.Dispute), decision: "none yet",
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
	t := Table{Head: []string{"DISPUTE", "STATE", "AMOUNT", "STATUS", "AGE", "DUE", "DEADLINE", "PERSON", "DECISION"}}
	for _, r := range rows {
		age := unknown
		if !r.Created.IsZero() {
			age = Span(now.Sub(r.Created))
		}
		t.Rows = append(t.Rows, []string{
			string(r.Dispute), string(r.State), r.amount, orUnknown(string(r.Status)), age,
			distance(r.DueAt, now), orUnknown(distance(r.Deadline, now)), strings.Join(r.Person, ","), r.decision,
		})
	}
	return t
}

func distance(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Distance(t, now)
}
