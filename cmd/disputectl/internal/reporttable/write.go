// Package reporttable writes a report as tables: for a terminal, and as CSV.
package reporttable

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/currency"
	"disputecloser/shared/report"
)

// mostRows is how many rows of a group a page shows; the rest is in --json, --csv and --html.
const mostRows = 31

// Write writes the report as a page of at most width columns where its texts allow it; zero is no limit.
func Write(w io.Writer, r *report.Report, width int) error {
	p := &page{width: width}
	screen.Printf(&p.b, "%s to %s (UTC)\n", r.From, r.To)
	p.text(r.Happened()...)
	for _, g := range Groups(r) {
		p.group(g)
	}
	p.acts(r.Acts)
	p.waits(r)
	if left := r.Left(); len(left) > 0 {
		p.head("Incomplete")
		p.text(left...)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// Group is the cases that ended, in groups of one kind.
type Group struct {
	// ID is the word of the CSV, Name stands above the names.
	ID, Title, Name string
	Rows            []report.Row
}

// Groups are all groupings, first that by currency.
func Groups(r *report.Report) []Group {
	return []Group{
		{"currency", "What ended", "CURRENCY", r.Currencies},
		{"day", "By day", "DAY", r.Days},
		{"rule", "By rule", "RULE", r.Rules},
		{"reason", "By reason", "REASON", r.Reasons},
	}
}

// WaitGroup is the unfinished cases in groups of one kind.
type WaitGroup struct {
	ID, Title, Name string
	Rows            []report.WaitRow
}

// WaitGroups are all groupings, first that by currency.
func WaitGroups(w report.Waits) []WaitGroup {
	return []WaitGroup{
		{"currency", "By currency", "CURRENCY", w.Currencies},
		{"rule", "By rule", "RULE", w.Rules},
		{"reason", "By reason", "REASON", w.Reasons},
	}
}

// shown are at most n of the rows: the newest days, or the groups of the most cases.
func (g Group) shown(n int) []report.Row {
	rows := slices.Clone(g.Rows)
	if g.ID != "day" {
		slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(b.Ended.Cases, a.Ended.Cases) })
		return rows[:min(len(rows), n)]
	}
	return rows[max(0, len(rows)-n):]
}

type page struct {
	b     strings.Builder
	width int
}

func (p *page) head(text string) { screen.Printf(&p.b, "\n%s\n", text) }

const indent = "  "

// text writes wrapped texts. Their further lines stand further in, so that none of them passes for a line of ours.
func (p *page) text(texts ...string) {
	for _, text := range texts {
		width := len(text)
		if p.width > 0 {
			width = p.width - 2*len(indent)
		}
		for i, line := range view.Wrap(text, width) {
			if i > 0 {
				line = indent + line
			}
			screen.Printf(&p.b, "%s%s\n", indent, line)
		}
	}
}

// table writes a table whose columns, but for the last, are numbers. One that does not fit is written as two: the columns
// ahead of cut with the last one, and the others.
func (p *page) table(t view.Table, cut int) {
	room := p.width - len(indent)
	text := p.drawn(t, room)
	if last := len(t.Head) - 1; p.width > 0 && widest(text) > room && cut < last {
		var first, second view.Table
		for i, row := range append([][]string{t.Head}, t.Rows...) {
			ahead, behind := slices.Concat(row[:cut], row[last:]), row[cut:]
			if i == 0 {
				first.Head, second.Head = ahead, behind
				continue
			}
			first.Rows, second.Rows = append(first.Rows, ahead), append(second.Rows, behind)
		}
		text = p.drawn(first, room) + "\n" + p.drawn(second, room)
	}
	for line := range strings.Lines(text) {
		p.b.WriteString(strings.TrimRight(indent+line, " \n") + "\n")
	}
}

// drawn is a table without its empty columns.
func (p *page) drawn(t view.Table, room int) string {
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = slices.Clone(row)
	}
	t = view.Filled(view.Table{Head: slices.Clone(t.Head), Rows: rows})
	for column := range len(t.Head) - 1 {
		t = view.AlignRight(t, column)
	}
	var b strings.Builder
	_ = t.Write(&b, max(room, 0)) // A builder takes everything.
	return b.String()
}

func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
	}
	return most
}

// number is empty for zero, so that a column without any is left out.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// outcomes is how many of the columns of a group are about how its cases ended; the others are about what was decided of
// those that we did not close.
const outcomes = 7

func (p *page) group(g Group) {
	if len(g.Rows) == 0 {
		return
	}
	t := view.Table{Head: []string{"CLOSED", "CONCEDED", "INFERRED", "WON", "LOST", "OTHER", "DOUBT", "KEPT", "REVIEW", "SHADOW", "REGRETS", g.Name}}
	shown := g.shown(mostRows)
	for _, row := range shown {
		cells := []string{number(row.Closed.Cases), currency.Text(row.Closed.Amount, row.Currency)}
		for _, c := range []report.Count{row.Inferred, row.Won, row.Lost, row.Otherwise, row.InDoubt, row.Kept, row.Reviewed, row.Trial, row.Regrets} {
			cells = append(cells, number(c.Cases))
		}
		t.Rows = append(t.Rows, append(cells, row.Label()))
	}
	p.head(g.Title)
	p.table(t, outcomes)
	if more := len(g.Rows) - len(shown); more > 0 {
		p.text(fmt.Sprintf("and %d more rows: --csv has them all", more))
	}
}

func (p *page) acts(acts []report.Act) {
	if len(acts) == 0 {
		return
	}
	p.head("What people did")
	for _, a := range acts {
		p.text(fmt.Sprintf("%d %s by %s", a.Acts, a.What, a.Who))
	}
}

// planned is how many of the columns of what waits are about what is to be closed.
const planned = 3

// toConcede is what the planned closes would concede; empty without any.
func toConcede(row report.WaitRow) string {
	if row.Planned.Cases == 0 {
		return ""
	}
	return currency.Text(row.Planned.Amount, row.Currency)
}

func (p *page) waits(r *report.Report) {
	if len(r.Waits.Currencies) == 0 {
		p.head("Nothing waits now")
		return
	}
	t := view.Table{Head: []string{"UNFINISHED", "PLANNED", "TO CONCEDE", "CLOSING", "DOUBT", "FAILED", "PERSON", "CURRENCY"}}
	for _, row := range r.Waits.Currencies {
		t.Rows = append(t.Rows, []string{
			number(row.Unfinished.Cases), number(row.Planned.Cases), toConcede(row), number(row.Closing.Cases),
			number(row.InDoubt.Cases), number(row.Failed.Cases), number(row.Person.Cases), row.Label(),
		})
	}
	p.head("What waits now")
	p.table(t, planned)
	for _, c := range r.Waits.Cases[:min(len(r.Waits.Cases), report.MostWaits)] {
		p.text(c.Text(r.At))
	}
	if more := len(r.Waits.Cases) - report.MostWaits; more > 0 {
		p.text(fmt.Sprintf("and %d more: `disputectl list`", more))
	}
}
