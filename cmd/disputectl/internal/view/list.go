package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
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

	of closing.Case
}

// RowOf returns a case's row.
func RowOf(c closing.Case) Row {
	r := Row{
		Dispute: c.ID, State: c.State, Status: c.Dispute.Status, Currency: c.Dispute.Currency,
		Created: c.Dispute.Created, Deadline: c.Dispute.DueBy, DueAt: c.DueAt,
		Person: Person(c), Told: append([]string{}, c.Told...), of: c,
	}
	if amount, known := c.Dispute.Amount.Get(); known {
		r.Amount = &amount
	}
	if d := c.Decision; d != nil {
		r.Action, r.Rule, r.Shadow = d.Action, d.Rule, d.Shadow
	}
	return r
}

// The columns of a list, and which of them a narrow terminal does without.
var listColumns = []Column{
	{Head: "DISPUTE"}, {Head: "AMOUNT", Right: true}, {Head: "STATE", Drop: 1}, {Head: "DEADLINE", Drop: 2}, {Head: "PERSON", Drop: 3},
	{Head: "NEXT LOOK", Drop: 5}, {Head: "AGE", Drop: 6}, {Head: "STATUS", Drop: 4}, {Head: "WHY", Least: 24},
}

// List is the table of rows. What waits for a person and what is due soon is coloured.
func List(rows []Row, now time.Time, paint Paints) Grid {
	g := Grid{Columns: listColumns}
	for _, r := range rows {
		age := unknown
		if !r.Created.IsZero() {
			age = Length(now.Sub(r.Created))
		}
		cells := Plain(string(r.Dispute), narrowAmount(r.of.Dispute), string(r.State), orUnknown(distance(r.Deadline, now)), strings.Join(r.Person, ","),
			distance(r.DueAt, now), age, orUnknown(string(r.Status)), Short(r.of, now))
		cells[0].Paint, cells[2].Paint = paint.urgency(r, now), paint.state(r.State)
		cells[3].Paint, cells[4].Paint = paint.Deadline(r.Deadline, now), paint.Warn
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// narrowAmount is an amount for a column: of a currency that ISO 4217 does not list, in few words.
func narrowAmount(d dispute.Dispute) string {
	m, known := d.Money()
	if _, listed := currency.Lookup(m.Currency); known && !listed {
		return fmt.Sprintf("%d minor %s", m.Amount, strings.ToUpper(m.Currency))
	}
	return Amount(d)
}

func distance(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Distance(t, now)
}

// Totals says how many cases there are and, for each currency, what they are about; first all, then those planned to be
// closed.
func Totals(rows []Row) []string {
	var all, planned totals
	for _, r := range rows {
		all.add(r)
		if r.State == closing.Scheduled {
			planned.add(r)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	lines := []string{all.text()}
	if planned.cases > 0 {
		lines = append(lines, "To be closed: "+planned.text())
	}
	return lines
}

// totals adds up amounts by currency.
type totals struct {
	cases, unknown int
	sums           map[string]int64
}

func (t *totals) add(r Row) {
	t.cases++
	if r.Amount == nil {
		t.unknown++
		return
	}
	if t.sums == nil {
		t.sums = map[string]int64{}
	}
	t.sums[r.Currency] += *r.Amount
}

func (t *totals) text() string {
	text, separator := "1 case", ": "
	if t.cases != 1 {
		text = fmt.Sprintf("%d cases", t.cases)
	}
	for _, code := range slices.Sorted(maps.Keys(t.sums)) {
		text += separator + currency.Text(t.sums[code], code)
		separator = ", "
	}
	if t.unknown > 0 {
		text += separator + fmt.Sprintf("%d of an unknown amount", t.unknown)
	}
	return text
}
