// Package reportpage writes a report as one HTML page that needs nothing else: no script, no font, no picture from
// elsewhere. Its charts are drawn here, as SVG, and every figure of theirs also stands in a table.
package reportpage

import (
	"bytes"
	"cmp"
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/pagestyle"
	"disputecloser/cmd/disputectl/internal/reporttable"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/currency"
	"disputecloser/shared/report"
)

//go:embed page.html
var source string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"moment": view.Moment,
	"count":  func(n int64) string { return strconv.FormatInt(n, 10) },
	"money":  currency.Text,
	"style":  pagestyle.CSS,
}).Parse(source))

// Write writes the page, with a line that says of which stack it is. What a dispute or an act holds is text in it, and harmless to a reader, too.
func Write(w io.Writer, where string, r *report.Report) error {
	d, err := dataOf(r)
	if err != nil {
		return err
	}
	d.Where = where
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err = screen.New(w, "").Write(b.Bytes())
	return err
}

// data is what the template shows.
type data struct {
	*report.Report
	// Where says of which stack the page is.
	Where  string
	Tiles  []report.Row
	Charts []chart
	// Groups are all but the days, which may be many and stand last.
	Groups []group
	Days   group
	Waits  []waitGroup
	Cases  []waiting
	Unread []string
}

// chart is a chart under its title.
type chart struct {
	Title, Note string
	Drawn       map[string]template.HTML

	bars bars
}

// group is a table of cases that ended.
type group struct {
	Title, Name string
	// Outcomes and Decisions are the heads of the columns.
	Outcomes, Decisions []string
	// Rows are all groups, Others those with cases that we did not close.
	Rows, Others []row
}

type row struct {
	// Currency is empty where Label says it.
	Label, Currency string
	Outcomes        []cell
	Decisions       []cell
	// Parts are the shares of the outcomes in percent, in the order and colours of the chart's series; nil in the group of days.
	Parts []string
}

// cell is a count with its money.
type cell struct {
	Cases int64
	Money string
}

type waitGroup struct {
	Title, Name string
	Heads       []string
	Rows        []row
}

type waiting struct {
	Dispute, Money, State, By, ReasonCode string
	Person, CloseAt, Deadline             string
	InDoubt                               bool
}

func dataOf(r *report.Report) (data, error) {
	d := data{Report: r, Tiles: r.Currencies}
	var err error
	if d.Charts, err = chartsOf(r); err != nil {
		return d, err
	}
	for _, g := range reporttable.Groups(r) {
		if of := groupOf(g); g.ID == "day" {
			d.Days = of
		} else {
			d.Groups = append(d.Groups, of)
		}
	}
	for _, g := range reporttable.WaitGroups(r.Waits) {
		d.Waits = append(d.Waits, waitGroupOf(g))
	}
	for _, w := range r.Waits.Cases {
		d.Cases = append(d.Cases, waitingOf(w, r.At))
	}
	for _, id := range r.Unread {
		d.Unread = append(d.Unread, string(id))
	}
	return d, nil
}

// column is a column of counts.
type column[T any] struct {
	head string
	of   func(T) report.Count
}

var (
	outcomes = []column[report.Tally]{
		{"Ended", func(t report.Tally) report.Count { return t.Ended }},
		{"Closed by us", func(t report.Tally) report.Count { return t.Closed }},
		{"answered", func(t report.Tally) report.Count { return t.Answered }},
		{"inferred", func(t report.Tally) report.Count { return t.Inferred }},
		{"Won", func(t report.Tally) report.Count { return t.Won }},
		{"Lost", func(t report.Tally) report.Count { return t.Lost }},
		{"Otherwise", func(t report.Tally) report.Count { return t.Otherwise }},
		{"In doubt", func(t report.Tally) report.Count { return t.InDoubt }},
		{"Contradicted", func(t report.Tally) report.Count { return t.Contradicted }},
	}
	decisions = []column[report.Tally]{
		{"Kept", func(t report.Tally) report.Count { return t.Kept }},
		{"Reviewed", func(t report.Tally) report.Count { return t.Reviewed }},
		{"Close in shadow", func(t report.Tally) report.Count { return t.Trial }},
		{"Regrets", func(t report.Tally) report.Count { return t.Regrets }},
		{"Lost anyway", func(t report.Tally) report.Count { return t.Spared }},
		{"Close overtaken", func(t report.Tally) report.Count { return t.Overtaken }},
		{"Never decided", func(t report.Tally) report.Count { return t.Undecided }},
	}
	waits = []column[report.Waiting]{
		{"Unfinished", func(w report.Waiting) report.Count { return w.Unfinished }},
		{"Planned", func(w report.Waiting) report.Count { return w.Planned }},
		{"Closing", func(w report.Waiting) report.Count { return w.Closing }},
		{"In doubt", func(w report.Waiting) report.Count { return w.InDoubt }},
		{"Failed", func(w report.Waiting) report.Count { return w.Failed }},
		{"For a person", func(w report.Waiting) report.Count { return w.Person }},
	}
)

func heads[T any](columns []column[T]) []string {
	var heads []string
	for _, c := range columns {
		heads = append(heads, c.head)
	}
	return heads
}

func cells[T any](columns []column[T], of T, code string) []cell {
	var cells []cell
	for _, c := range columns {
		count := c.of(of)
		cells = append(cells, cell{count.Cases, currency.Text(count.Amount, code)})
	}
	return cells
}

func groupOf(g reporttable.Group) group {
	out := group{Title: g.Title, Name: title(g.Name), Outcomes: heads(outcomes), Decisions: heads(decisions)}
	for _, of := range g.Rows {
		r := row{Label: of.Label(), Currency: currencyOf(g.ID, of.Key), Outcomes: cells(outcomes, of.Tally, of.Currency), Decisions: cells(decisions, of.Tally, of.Currency)}
		if g.ID != "day" { // The chart has the days.
			r.Parts = parts(of.Tally)
		}
		out.Rows = append(out.Rows, r)
		if of.Ended != of.Closed {
			out.Others = append(out.Others, r)
		}
	}
	return out
}

// currencyOf is the currency that a row shows below its name.
func currencyOf(group string, k report.Key) string {
	if group == "currency" {
		return ""
	}
	return strings.ToUpper(cmp.Or(k.Currency, "currency unknown"))
}

// parts are the shares of how cases ended, in percent.
func parts(t report.Tally) []string {
	var shares []string
	for _, c := range endings(t) {
		shares = append(shares, fmt.Sprintf("%.1f", 100*float64(c)/float64(t.Ended.Cases)))
	}
	return shares
}

// endings are the numbers of cases by how they ended, each case once.
func endings(t report.Tally) []int64 {
	return []int64{t.Closed.Cases, t.Won.Cases, t.Lost.Cases, t.Otherwise.Cases}
}

var endingNames = []string{"closed by us", "won", "lost", "ended otherwise"}

func waitGroupOf(g reporttable.WaitGroup) waitGroup {
	out := waitGroup{Title: g.Title, Name: title(g.Name), Heads: heads(waits)}
	for _, of := range g.Rows {
		out.Rows = append(out.Rows, row{Label: of.Label(), Currency: currencyOf(g.ID, of.Key), Outcomes: cells(waits, of.Waiting, of.Currency)})
	}
	return out
}

// title writes a word such as DAY as Day.
func title(word string) string { return word[:1] + strings.ToLower(word[1:]) }

func waitingOf(w report.Wait, now time.Time) waiting {
	c := w.Case
	out := waiting{
		Dispute: string(c.ID), Money: w.Money(), State: string(c.State), By: w.Decider(), ReasonCode: c.Dispute.ReasonCode,
		Person: strings.Join(w.Person, ", "), InDoubt: w.InDoubt,
	}
	if !c.CloseAt.IsZero() {
		out.CloseAt = view.MomentFrom(c.CloseAt, now)
	}
	if due := c.Dispute.DueBy; !due.IsZero() {
		out.Deadline = view.MomentFrom(due, now)
	}
	return out
}
