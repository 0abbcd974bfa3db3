package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/shared/currency"
)

// How many rows of a group, and how many days, a page shows; the rest is for --csv and --json.
const (
	mostRows = 24
	mostDays = 10
)

// Backtest writes what a policy would have done, as a page of at most width columns where its texts allow it. It ends with
// the bottom line.
func Backtest(w io.Writer, r backtest.Report, from string, width int) error {
	p := &page{width: width}
	created := ""
	if !r.From.IsZero() {
		created = ", created " + r.From.Format("2006-01-02") + " to " + r.To.Format("2006-01-02")
	}
	p.text("", fmt.Sprintf("policy %s (%s) over %s of %s%s", r.Policy, r.Mode, disputes(r.Totals.Disputes), from, created))
	b := backtestPage{p, r}
	b.fates()
	b.fights()
	b.money()
	b.group("By rule", "RULE", r.Rules, "no rule")
	b.group("By month", "MONTH", newest(active(r.Months)), "no date")
	b.group("By reason", "REASON", costliest(active(r.Reasons)), unknown)
	b.budgets()
	b.stops()
	assumed(p, r.Assumptions, keyAssumption(r.Replay, r.Modes), feeModel(r.Fees))
	b.bottomLine()
	_, err := io.WriteString(w, p.b.String())
	return err
}

type backtestPage struct {
	*page
	r backtest.Report
}

// figure is a column of figures of a group's rows, and what it means. Optional ones are left out where all are nothing.
type figure struct {
	Column
	of       func(backtest.Row) string
	means    string
	optional bool
}

func counted(head string, drop int, of func(backtest.Row) int64, means string) figure {
	return figure{Column{Head: head, Drop: drop, Right: true}, func(r backtest.Row) string { return number(of(r)) }, means, drop > 0}
}

func (b backtestPage) fates() {
	b.head("What becomes of them, in disputes")
	b.figures([]figure{
		counted("CLOSED", 0, func(r backtest.Row) int64 { return r.Closed.Count }, "closed: the policy closes them"),
		counted("LATE", 3, func(r backtest.Row) int64 { return r.Late.Count }, "late: among the closed, after the deadline, which concedes all the same"),
		counted("REVIEW", 1, func(r backtest.Row) int64 { return r.Reviewed.Count }, "review: they wait for a person"),
		counted("KEPT", 0, func(r backtest.Row) int64 { return r.Kept.Count }, "kept: they stay open"),
		counted("MISSED", 2, func(r backtest.Row) int64 { return r.Missed.Count }, "missed: to be closed, and not closed until they ended"),
		counted("ENDED", 4, func(r backtest.Row) int64 { return r.Ended.Count }, "ended: over when first seen, so nothing is decided"),
		counted("UNDATED", 5, func(r backtest.Row) int64 { return r.Undated.Count }, "undated: without a date of creation, so nothing is decided"),
	})
}

// fights compares with how the disputes really ended that somebody fought.
func (b backtestPage) fights() {
	b.head("How those ended that were really fought, in disputes")
	b.figures([]figure{
		counted("REGRETS", 0, regrets, "regrets: closed, and won when fought"),
		counted("SPARED", 0, func(r backtest.Row) int64 { return r.Spared.Count }, "spared: closed, and lost when fought"),
		counted("WASTED", 0, func(r backtest.Row) int64 { return r.Wasted.Count }, "wasted: not closed, and lost when fought"),
	})
}

func regrets(r backtest.Row) int64 { return r.WonFought.Count }

// money shows what closing concedes, what of it would have been won, and what fighting costs.
func (b backtestPage) money() {
	b.head("What it costs")
	b.figures([]figure{
		b.amount("CONCEDED", 0, func(r backtest.Row) int64 { return r.Closed.Amount }, "conceded: the amounts of the closed"),
		b.amount("REGRETTED", 0, func(r backtest.Row) int64 { return r.WonFought.Amount }, "regretted: conceded, and won when fought"),
		b.fee("FEES SAVED", 2, func(r backtest.Row) int64 { return r.FeesSaved }, "fees saved: what fighting the closed ones cost"),
		b.fee("FEES SPENT", 3, func(r backtest.Row) int64 { return r.FeesSpent }, "fees spent: what fighting the others cost"),
	})
}

func (b backtestPage) amount(head string, drop int, of func(backtest.Row) int64, means string) figure {
	return figure{Column{Head: head, Drop: drop, Right: true}, func(r backtest.Row) string { return cellAmount(of(r), r.Currency) }, means, false}
}

// cellAmount is an amount for a column; of a currency that ISO 4217 does not list, in few words.
func cellAmount(n int64, code string) string {
	if _, listed := currency.Lookup(code); !listed {
		return strings.TrimSpace(number(n) + " minor " + strings.ToUpper(code))
	}
	return currency.Text(n, code)
}

// fee is an amount that is empty where no fee model is stated.
func (b backtestPage) fee(head string, drop int, of func(backtest.Row) int64, means string) figure {
	f := b.amount(head, drop, of, means)
	text := f.of
	f.optional = true
	f.of = func(r backtest.Row) string {
		if _, stated := b.r.Fees[r.Currency]; !stated {
			return ""
		}
		return text(r)
	}
	return f
}

// figures writes a row for each currency, and below it what the columns mean.
func (b backtestPage) figures(all []figure) {
	shown := filledFigures(all, b.r.Currencies)
	g := gridOf("", shown, b.r.Currencies, "")
	left := b.grid(g)
	var means []string
	for _, f := range shown {
		if slices.ContainsFunc(left, func(c Column) bool { return c.Head == f.Head }) {
			means = append(means, f.means)
		}
	}
	b.text("  ", strings.Join(means, "; "))
}

// filledFigures leaves out the optional columns that have nothing in them.
func filledFigures(all []figure, rows []backtest.Row) []figure {
	return slices.DeleteFunc(slices.Clone(all), func(f figure) bool {
		return f.optional && !slices.ContainsFunc(rows, func(r backtest.Row) bool { text := f.of(r); return text != "" && text != "0" })
	})
}

// gridOf returns a grid with a line for each row: its name under a head, if there is one, its currency, and its figures.
func gridOf(name string, figures []figure, rows []backtest.Row, none string) Grid {
	g := Grid{Columns: []Column{{Head: "CUR"}}}
	if name != "" {
		g.Columns = append([]Column{{Head: name, Least: 12}}, g.Columns...)
	}
	for _, f := range figures {
		g.Columns = append(g.Columns, f.Column)
	}
	for _, r := range rows {
		var cells []string
		if name != "" {
			cells = append(cells, orNone(r.Name, none))
		}
		cells = append(cells, orMark(r.Currency))
		for _, f := range figures {
			cells = append(cells, f.of(r))
		}
		g.Rows = append(g.Rows, Plain(cells...))
	}
	return g
}

func (b backtestPage) group(head, name string, rows []backtest.Row, none string) {
	if len(rows) == 0 {
		return
	}
	figures := filledFigures([]figure{
		counted("DISPUTES", 2, func(r backtest.Row) int64 { return r.Disputes }, ""),
		counted("CLOSED", 0, func(r backtest.Row) int64 { return r.Closed.Count }, ""),
		counted("LATE", 5, func(r backtest.Row) int64 { return r.Late.Count }, ""),
		counted("REGRETS", 1, regrets, ""),
		b.amount("CONCEDED", 0, func(r backtest.Row) int64 { return r.Closed.Amount }, ""),
		b.amount("REGRETTED", 3, func(r backtest.Row) int64 { return r.WonFought.Amount }, ""),
		b.fee("FEES SAVED", 4, func(r backtest.Row) int64 { return r.FeesSaved }, ""),
	}, rows)
	shown := rows[:min(len(rows), mostRows)]
	b.head(head)
	b.grid(gridOf(name, figures, shown, none))
	if more := len(rows) - len(shown); more > 0 {
		b.line("  and %d more rows: --csv has them all", more)
	}
}

// grid writes a grid behind two blanks and returns the columns that it had room for.
func (p *page) grid(g Grid) []Column {
	if len(g.Rows) == 0 {
		return nil
	}
	width := p.width
	if width > 0 {
		width = max(width-2, narrowest)
	}
	var b strings.Builder
	_ = g.Write(&b, width) // A builder takes everything.
	for line := range strings.Lines(b.String()) {
		p.b.WriteString("  " + line)
	}
	left, _ := g.fitted(width)
	return left.Columns
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
	g := Grid{Columns: []Column{
		{Head: "CUR"}, {Head: "CLOSES", Right: true}, {Head: "AMOUNT", Right: true}, {Head: "DAYS SPENT", Right: true},
		{Head: "PUT OFF", Right: true, Drop: 2}, {Head: "NEVER CLOSED", Right: true, Drop: 1}, {Head: "DAYS WAITED", Right: true, Drop: 3},
	}}
	for _, u := range b.r.Budgets {
		g.Rows = append(g.Rows, Plain(
			orMark(u.Currency), number(u.Closes), cellAmount(u.Amount, u.Currency), number(u.DaysHit), number(u.PutOff.Count),
			number(u.NeverClosed.Count), number(u.LongestWait),
		))
	}
	b.head("The day's budgets")
	b.grid(g)
	b.text("  ", "days spent: days on which a close found the budget spent; those closes are put off to the next day, and wait at most so many days")
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
	g := Grid{Columns: []Column{
		{Head: "CUR"}, {Head: "DISPUTES", Right: true}, {Head: "AMOUNT", Right: true, Drop: 1}, {Head: "WHAT STOPPED A CLOSE", Least: 30},
	}}
	stop := func(code string, c backtest.Count, what string) {
		g.Rows = append(g.Rows, Plain(orMark(code), number(c.Count), cellAmount(c.Amount, code), what))
	}
	for _, s := range b.r.Guards {
		stop(s.Currency, s.Stopped, fmt.Sprintf("guard %s: %s", s.Guard, Guard(s.Guard)))
	}
	for _, d := range b.r.Doubts {
		if d.Stopped.Count > 0 {
			stop(d.Currency, d.Stopped, "doubt: "+d.Fact+" unknown")
		}
		if d.Held.Count > 0 {
			stop(d.Currency, d.Held, "kept or reviewed by doubt: "+d.Fact+" unknown")
		}
	}
	if len(g.Rows) > 0 {
		b.head("What else stood in the way")
		b.grid(g)
	}
	if len(b.r.Idle) > 0 {
		b.head("Rules that decided nothing")
		b.text("  ", strings.Join(b.r.Idle, ", "))
	}
}

// bottomLine says what it comes to, in one sentence for each currency in which anything is closed.
func (b backtestPage) bottomLine() {
	b.head("The bottom line")
	nothing := true
	for _, r := range b.r.Currencies {
		if r.Closed.Count > 0 {
			nothing = false
			b.text("  ", b.comesTo(r))
		}
	}
	if nothing {
		b.text("  ", "It would concede nothing: none of "+disputes(b.r.Totals.Disputes)+" would be closed.")
	}
}

func (b backtestPage) comesTo(r backtest.Row) string {
	text := fmt.Sprintf("It would concede %s in %s", currency.Text(r.Closed.Amount, r.Currency), closes(r.Closed.Count))
	switch won := r.WonFought; {
	case r.Closed.Count == won.Count:
		text += ": won when fought, every one of them"
	case won.Count == 0:
		text += ": none of them was won when fought"
	default:
		text += ": of them, " + wonWhenFought(won.Count, won.Amount, r.Currency)
	}
	if _, stated := b.r.Fees[r.Currency]; stated {
		text += fmt.Sprintf("; it would save %s of fees and work", currency.Text(r.FeesSaved, r.Currency))
	}
	return text + "."
}

// wonWhenFought says how many were, and about how much.
func wonWhenFought(n, amount int64, code string) string {
	verb := "were"
	if n == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%s %s won when fought, %s", grouped(n), verb, currency.Text(amount, code))
}

func closes(n int64) string {
	if n == 1 {
		return "1 close"
	}
	return grouped(n) + " closes"
}

// grouped is a count for a sentence, such as 1,090.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func feeModel(fees map[string]backtest.Fees) string {
	if len(fees) == 0 {
		return "fighting costs nothing: no fee model is given (--fee, --fee-back, --work)"
	}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(fees)) {
		f := fees[code]
		parts = append(parts, fmt.Sprintf("%s for each dispute fought, %s given back if won, %s of work",
			currency.Text(f.Fought, code), currency.Text(f.Refunded, code), currency.Text(f.Work, code)))
	}
	return "what fighting costs: " + strings.Join(parts, "; ")
}
