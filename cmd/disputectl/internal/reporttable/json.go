package reporttable

import (
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/report"
)

// JSON is what `report --json` prints of a report: amounts are in the minor unit of the currency beside them.
type JSON struct {
	*report.Report
	Waits waits `json:"waits"`
}

// waits are a report's Waits with the cases as `list --json` prints them.
type waits struct {
	report.Waits
	Cases []waiting `json:"cases"`
}

type waiting struct {
	view.Row
	ReasonCode string    `json:"reason_code"`
	By         report.By `json:"by"`
	// CloseAt is from when a plan may be carried out; left out without a plan.
	CloseAt time.Time `json:"close_at,omitzero"`
	InDoubt bool      `json:"in_doubt"`
}

// JSONOf returns a report as it is printed as JSON.
func JSONOf(r *report.Report) JSON {
	out := JSON{Report: r, Waits: waits{Waits: r.Waits, Cases: []waiting{}}}
	for _, w := range r.Waits.Cases {
		c := w.Case
		out.Waits.Cases = append(out.Waits.Cases, waiting{
			Row: view.RowOf(c), ReasonCode: c.Dispute.ReasonCode, By: w.By, CloseAt: c.CloseAt, InDoubt: w.InDoubt,
		})
	}
	return out
}
