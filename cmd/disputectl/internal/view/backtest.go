package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
)

// How many rows of a group, and how many days, a page shows; the rest is for --csv and --json.
const (
	mostRows = 24
	mostDays = 10
)

// Backtest writes what a policy would have done, as a page of at most width columns where its texts allow it.
func Backtest(w io.Writer, r backtest.Report, from string, width int) error {
	p := &page{width: width}
	created := ""
	if !r.From.IsZero() {
		created = ", created " + r.From.Format("2006-01-02") + " to " + r.To.Format("2006-01-02")
	}
	p.line("policy %s (%s) over %s of %s%s", r.Policy, r.Mode, disputes(r.Totals.Disputes), from, created)
	b := backtestPage{p, r}
	b.fates()
	b.money()
	b.group("By rule", "RULE", r.Rules, "no rule")
	b.group("By month", "MONTH", newest(active(r.Months)), "no date")
	b.group("By reason", "REASON", costliest(active(r.Reasons)), unknown)
	b.budgets()
	b.stops()
	assumed(p, r.Assumptions, keyAssumption(r.Replay), feeModel(r.Fees))
	_, err := io.WriteString(w, p.b.String())
	return err
}

type backtestPage struct {
	*page
	r backtest.Report
}

func (b backtestPage) fates() {
	t := Table{Head: []string{"CUR", "CLOSED", "LATE", "REVIEW", "KEPT", "MISSED", "ENDED", "UNDATED"}}
	for _, row := range b.r.Currencies {
		t.Rows = append(t.Rows, []string{
			orMark(row.Currency), number(row.Closed.Count), number(row.Late.Count), number(row.Reviewed.Count), number(row.Kept.Count),
			number(row.Missed.Count), number(row.Ended.Count), number(row.Undated.Count),
		})
	}
	b.head("What becomes of them")
	b.table(t)
	b.text("  ", "late: among the closed, after the deadline, which concedes all the same; missed: to be closed, and not closed until its end")
}

// money shows what closing concedes and spares, and what is regretted: closed ones that were won when fought.
func (b backtestPage) money() {
	t := Table{Head: []string{"CUR", "CONCEDED", "FEES SAVED", "FEES SPENT", "REGRETS", "AMOUNT", "SPARED", "WASTED"}}
	for _, row := range b.r.Currencies {
		t.Rows = append(t.Rows, []string{
			orMark(row.Currency), number(row.Closed.Amount), b.fees(row.Currency, row.FeesSaved), b.fees(row.Currency, row.FeesSpent),
			number(row.WonFought.Count), number(row.WonFought.Amount), number(row.Spared.Count), number(row.Wasted.Count),
		})
	}
	b.head("What it costs, in minor units")
	b.table(t)
	b.text("  ", "regrets: closed, and won when fought; spared: closed, and lost when fought; wasted: not closed, and lost when fought")
}

// fees are empty where no fee model is stated.
func (b backtestPage) fees(currency string, amount int64) string {
	if _, stated := b.r.Fees[currency]; !stated {
		return ""
	}
	return number(amount)
}

func (b backtestPage) group(head, name string, rows []backtest.Row, none string) {
	if len(rows) == 0 {
		return
	}
	t := Table{Head: []string{"CUR", "DISPUTES", "CLOSED", "CONCEDED", "SAVED", "REGRETS", "LATE", " " + name}}
	shown := rows[:min(len(rows), mostRows)]
	for _, row := range shown {
		t.Rows = append(t.Rows, []string{
			orMark(row.Currency), number(row.Disputes), number(row.Closed.Count), number(row.Closed.Amount),
			b.fees(row.Currency, row.FeesSaved), number(row.WonFought.Count), number(row.Late.Count), " " + orNone(row.Name, none),
		})
	}
	b.head(head)
	b.table(t)
	if more := len(rows) - len(shown); more > 0 {
		b.line("  and %d more rows: --csv has them all", more)
	}
}

// active are the groups in which anything was to be closed.
func active(rows []backtest.Row) []backtest.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r backtest.Row) bool { return r.Closed.Count+r.Missed.Count == 0 })
}

// newest puts the last months first.
func newest(rows []backtest.Row) []backtest.Row {
	slices.SortStableFunc(rows, func(a, b backtest.Row) int { return cmp.Compare(b.Name, a.Name) })
	return rows
}

func costliest(rows []backtest.Row) []backtest.Row {
	slices.SortStableFunc(rows, func(a, b backtest.Row) int { return cmp.Compare(b.Closed.Count, a.Closed.Count) })
	return rows
}

func (b backtestPage) budgets() {
	if len(b.r.Budgets) == 0 {
		return
	}
	t := Table{Head: []string{"CUR", "CLOSES", "AMOUNT", "DAYS SPENT", "PUT OFF", "NEVER CLOSED", "DAYS WAITED"}}
	for _, u := range b.r.Budgets {
		t.Rows = append(t.Rows, []string{
			orMark(u.Currency), number(u.Closes), number(u.Amount), number(u.DaysHit), number(u.PutOff.Count),
			number(u.NeverClosed.Count), number(u.LongestWait),
		})
	}
	b.head("The day's budgets")
	b.table(t)
	var days []string
	for _, d := range b.r.Days[:min(len(b.r.Days), mostDays)] {
		days = append(days, d.Day+" "+d.Currency)
	}
	if more := len(b.r.Days) - len(days); more > 0 {
		days = append(days, fmt.Sprintf("and %d more (--json)", more))
	}
	if len(days) > 0 {
		b.text("  ", "spent on: "+strings.Join(days, ", "))
	}
}

// stops shows what kept disputes from being closed beside the rules' own word.
func (b backtestPage) stops() {
	t := Table{Head: []string{"CUR", "DISPUTES", "AMOUNT", " WHAT STOPPED A CLOSE"}}
	for _, g := range b.r.Guards {
		t.Rows = append(t.Rows, stopRow(g.Currency, g.Stopped, fmt.Sprintf(" guard %s: %s", g.Guard, Guard(g.Guard))))
	}
	for _, d := range b.r.Doubts {
		if d.Stopped.Count > 0 {
			t.Rows = append(t.Rows, stopRow(d.Currency, d.Stopped, " doubt: "+d.Fact+" unknown"))
		}
		if d.Held.Count > 0 {
			t.Rows = append(t.Rows, stopRow(d.Currency, d.Held, " kept or reviewed by doubt: "+d.Fact+" unknown"))
		}
	}
	if len(t.Rows) > 0 {
		b.head("What else stood in the way")
		b.table(t)
	}
	if len(b.r.Idle) > 0 {
		b.head("Rules that decided nothing")
		b.text("  ", strings.Join(b.r.Idle, ", "))
	}
}

func stopRow(currency string, c backtest.Count, what string) []string {
	return []string{orMark(currency), number(c.Count), number(c.Amount), what}
}

func feeModel(fees map[string]backtest.Fees) string {
	if len(fees) == 0 {
		return "fighting costs nothing: no fee model is given (--fee, --fee-back, --work)"
	}
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(fees)) {
		f := fees[currency]
		parts = append(parts, fmt.Sprintf("%s: %d for each dispute fought, %d given back if won, %d of work", currency, f.Fought, f.Refunded, f.Work))
	}
	return "what fighting costs, in minor units: " + strings.Join(parts, "; ")
}
