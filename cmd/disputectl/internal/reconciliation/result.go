package reconciliation

import (
	"fmt"
	"io"
	"strings"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Finding is a dispute that is missing in the table, or stands there with another status.
type Finding struct {
	Dispute  dispute.ID     `json:"dispute"`
	Amount   *int64         `json:"amount"` // minor units; null if unknown
	Currency string         `json:"currency"`
	Listed   dispute.Status `json:"listed"`
	// Known and State are what the table says; empty if the case is missing.
	Known dispute.Status `json:"known"`
	State closing.State  `json:"state"`

	amount string
}

func findingOf(n closing.Note, known closing.Case) Finding {
	d := n.Case.Dispute
	f := Finding{Dispute: d.ID, Currency: d.Currency, Listed: d.Status, amount: view.Amount(d)}
	if amount, ok := d.Amount.Get(); ok {
		f.Amount = &amount
	}
	if n.Kind == closing.NoteDiffering {
		f.Known, f.State = known.Dispute.Status, known.State
	}
	return f
}

// Result is what a reconciliation found. Its JSON is what `reconcile --json` prints.
type Result struct {
	DryRun bool `json:"dry_run"`
	// Listed counts the disputes of WooshPay's list, Unreadable its entries that could not be read.
	Listed     int `json:"listed"`
	Unreadable int `json:"unreadable"`
	Missing    int `json:"missing"`
	Differing  int `json:"differing"`
	// Unread counts the cases of the table that cannot be read.
	Unread int `json:"unread"`
	// Unavailable means that WooshPay does not offer its list, Cut that the list was not read to its end.
	Unavailable bool      `json:"unavailable"`
	Cut         bool      `json:"cut"`
	Findings    []Finding `json:"findings"`
}

// Result returns what was found, with the reconciler's own counts.
func (c *Collector) Result(sum closing.Reconciled) Result {
	return Result{
		DryRun: c.table.dry, Listed: sum.Listed, Unreadable: sum.Unreadable, Missing: sum.Unannounced, Differing: sum.Differing,
		Unread: sum.Unread, Unavailable: sum.Unavailable, Cut: sum.Cut != nil, Findings: c.findings,
	}
}

// Write writes the findings as a table of at most width columns, and a line that sums up.
func (r Result) Write(w io.Writer, width int) error {
	g := view.Grid{Columns: []view.Column{
		{Head: "DISPUTE"}, {Head: "AMOUNT", Drop: 1, Right: true}, {Head: "AT WOOSHPAY", Least: 11}, {Head: "IN THE TABLE", Least: 12},
	}}
	for _, f := range r.Findings {
		known := "missing"
		if f.State != "" {
			known = fmt.Sprintf("%s, %s", f.Known, f.State)
		}
		g.Rows = append(g.Rows, view.Plain(string(f.Dispute), f.amount, string(f.Listed), known))
	}
	var b strings.Builder
	if len(g.Rows) > 0 {
		_ = g.Write(&b, width) // A builder takes everything.
		b.WriteByte('\n')
	}
	text := fmt.Sprintf("%d listed: %d missing, %d with another status", r.Listed, r.Missing, r.Differing)
	if r.Unreadable > 0 {
		text += fmt.Sprintf(", %d unreadable", r.Unreadable)
	}
	if r.Unread > 0 {
		text += fmt.Sprintf(", %d unreadable in the table", r.Unread)
	}
	switch {
	case r.DryRun:
		text += "; nothing was changed"
	case len(r.Findings) > 0:
		text += "; learned, and armed for the closer"
	}
	for _, line := range view.Flow(width, view.Plain(text)...) {
		screen.Printf(&b, "%s\n", line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
