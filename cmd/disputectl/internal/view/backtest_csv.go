package view

import (
	"encoding/csv"
	"io"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/sheet"
)

// BacktestCSV writes every group of a report, one a line. Amounts are in minor units. A name that a spreadsheet
// would not leave as it is begins with an apostrophe.
func BacktestCSV(w io.Writer, r backtest.Report) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{ // Error reports it.
		"group", "name", "currency", "disputes", "closed", "closed_amount", "late", "late_amount", "reviewed", "kept", "missed", "missed_amount", "ended", "undated",
		"regrets", "regrets_amount", "won_otherwise", "spared", "wasted", "fight_unknown", "fees_saved", "fees_spent",
	})
	for _, g := range []struct {
		name string
		rows []backtest.Row
	}{{"currency", r.Currencies}, {"rule", r.Rules}, {"month", r.Months}, {"reason", r.Reasons}} {
		for _, row := range g.rows {
			_, priced := r.Fees[row.Currency]
			_ = out.Write(csvRow(g.name, row, priced))
		}
	}
	out.Flush()
	return out.Error()
}

// csvRow is a group as cells. Its fees are empty unless a fee model prices them.
func csvRow(group string, row backtest.Row, priced bool) []string {
	cells := []string{group, sheet.Cell(row.Name), sheet.Cell(row.Currency)}
	for _, n := range []int64{
		row.Disputes, row.Closed.Count, row.Closed.Amount, row.Late.Count, row.Late.Amount, row.Reviewed.Count, row.Kept.Count, row.Missed.Count, row.Missed.Amount,
		row.Ended.Count, row.Undated.Count, row.WonFought.Count, row.WonFought.Amount, row.WonOtherwise.Count, row.Spared.Count,
		row.Wasted.Count, row.FightUnknown,
	} {
		cells = append(cells, number(n))
	}
	if !priced {
		return append(cells, "", "")
	}
	return append(cells, number(row.FeesSaved), number(row.FeesSpent))
}
