package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/rules/currency"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
)

// How many rows of a group and how many waiting cases a page shows; the rest is in --json, --csv and --html.
const (
	mostRows  = 31
	mostWaits = 10
)

// Write writes the report as a page of at most width columns where its texts allow it; zero is no limit.
func (r *Report) Write(w io.Writer, width int) error {
	p := &page{width: width}
	screen.Printf(&p.b, "%s to %s (UTC)\n", r.From, r.To)
	if len(r.Currencies) == 0 {
		p.head("No case ended")
	}
	for _, g := range r.Groups() {
		p.group(g)
		if g.ID == "currency" {
			p.words(g.Rows)
		}
	}
	p.acts(r.Acts)
	p.waits(r)
	p.unread(r)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// Group is the cases that ended, in groups of one kind.
type Group struct {
	// ID is the word of the CSV, Name stands above the names.
	ID, Title, Name string
	Rows            []Row
}

// Groups are all groupings, first that by currency.
func (r *Report) Groups() []Group {
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
	Rows            []WaitRow
}

// Groups are all groupings, first that by currency.
func (w Waits) Groups() []WaitGroup {
	return []WaitGroup{
		{"currency", "By currency", "CURRENCY", w.Currencies},
		{"rule", "By rule", "RULE", w.Rules},
		{"reason", "By reason", "REASON", w.Reasons},
	}
}

// shown are at most n of the rows: the newest days, or the groups of the most cases.
func (g Group) shown(n int) []Row {
	rows := slices.Clone(g.Rows)
	if g.ID != "day" {
		slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(b.Ended.Cases, a.Ended.Cases) })
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

// text writes wrapped text. Its further lines stand further in, so that none of them passes for a line of ours.
func (p *page) text(text string) {
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
		for _, c := range []Count{row.Inferred, row.Won, row.Lost, row.Otherwise, row.InDoubt, row.Kept, row.Reviewed, row.Trial, row.Regrets} {
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

// words explains what is not plain in the table of the currencies, where there is any of it.
func (p *page) words(rows []Row) {
	for _, row := range rows {
		for _, word := range []struct {
			of   Count
			text string
		}{
			{row.Inferred, "inferred: no answer came to the close, and a later look showed the dispute closed"},
			{row.InDoubt, "in doubt: not counted as closed, and perhaps ended by a close of ours"},
			{row.Contradicted, "contradicted: WooshPay says something else than our record"},
			{row.Trial, "to be closed, but only in shadow"},
			{row.Regrets, "regrets: won, and live it would have been conceded"},
			{row.Spared, "lost anyway, as the shadow decision would have had it"},
		} {
			if word.of.Cases > 0 {
				p.text(fmt.Sprintf("%d of %s %s", word.of.Cases, currency.Text(word.of.Amount, row.Currency), word.text))
			}
		}
	}
}

// Label is a group's name for a person.
func (k Key) Label() string {
	switch k.By {
	case ByOperator:
		return "an operator's order"
	case ByNoRule:
		return "no rule matched"
	case ByNobody:
		return "never decided"
	}
	switch k.Name {
	case "":
		return "unknown"
	case k.Currency:
		return strings.ToUpper(k.Name)
	}
	return k.Name
}

func (p *page) acts(acts []Act) {
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
func toConcede(row WaitRow) string {
	if row.Planned.Cases == 0 {
		return ""
	}
	return currency.Text(row.Planned.Amount, row.Currency)
}

func (p *page) waits(r *Report) {
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
	for _, c := range r.Waits.Cases[:min(len(r.Waits.Cases), mostWaits)] {
		p.text(string(c.Dispute) + ", " + c.Money() + ": " + c.what(r))
	}
	if more := len(r.Waits.Cases) - mostWaits; more > 0 {
		p.text(fmt.Sprintf("and %d more: `disputectl list`", more))
	}
}

// Money is what the case is about, for a person.
func (w Wait) Money() string {
	if w.Amount == nil {
		return "amount unknown"
	}
	return currency.Text(*w.Amount, w.Currency)
}

// Decider says who decided the case, for a person.
func (w Wait) Decider() string {
	if w.By == ByRule {
		return "rule " + w.Rule
	}
	return Key{By: w.By}.Label()
}

// what says what the case waits for.
func (w Wait) what(r *Report) string {
	parts := []string{string(w.State)}
	if w.InDoubt {
		parts = append(parts, "in doubt what a close of ours did")
	}
	if !w.CloseAt.IsZero() {
		parts = append(parts, "to be closed from "+view.MomentFrom(w.CloseAt, r.At))
	}
	parts = append(parts, w.Decider())
	if len(w.Person) > 0 {
		parts = append(parts, "waits for a person ("+strings.Join(w.Person, ", ")+")")
	}
	if !w.Deadline.IsZero() {
		parts = append(parts, "answer due "+view.MomentFrom(w.Deadline, r.At))
	}
	return strings.Join(parts, ", ")
}

func (p *page) unread(r *Report) {
	if len(r.Unread) == 0 {
		return
	}
	p.head("Not counted, because it cannot be read")
	for _, id := range r.Unread[:min(len(r.Unread), mostWaits)] {
		p.text(string(id))
	}
	if more := len(r.Unread) - mostWaits; more > 0 {
		p.text(fmt.Sprintf("and %d more", more))
	}
}
