package overview

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
)

// maxDeadlines and maxUnread are how many deadlines are written, and how many cases that cannot be read are named; the rest
// are counted.
const maxDeadlines, maxUnread = 10, 5

// Write writes the overview as a page of at most width columns where its words allow it; zero is no limit.
func (o *Overview) Write(w io.Writer, width int, paint view.Paints) error {
	p := &page{width: width}
	alarm := func(text string) view.Cell { return view.Cell{Text: text, Paint: paint.Alarm} }
	p.line("Closing", o.closing(alarm)...)
	p.line("Policy", view.Plain(o.policy())...)
	if o.Policy != nil && o.Policy.RefundsUnavailable {
		p.line("", alarm("refunds: unavailable"), view.Cell{Text: ": a close is not stopped if WooshPay does not say whether the charge was refunded"})
	}
	if differs := o.differs(); differs != "" {
		p.line("", alarm(differs))
	}
	p.line("Cases", view.Plain(o.cases())...)
	p.line("Due", view.Plain(o.due())...)
	if len(o.Unread) > 0 {
		p.line("Unread", alarm(o.unread()))
	}
	p.line("Person", view.Plain(o.person())...)
	if o.FailingLooks > 0 {
		p.line("Looks", alarm("WooshPay could not be asked about "+cases(o.FailingLooks)), view.Cell{Text: since(o.FailingSince, o.At)})
	}
	if o.UnknownDisputes > 0 {
		p.line("Unknown", view.Plain("WooshPay does not know the disputes of "+cases(o.UnknownDisputes))...)
	}
	if o.Late > 0 {
		p.line("Late", alarm(cases(o.Late)+" planned to be closed after the deadline"), view.Cell{Text: "; a late close still concedes"})
	}
	o.writeBudgets(p, alarm)
	o.writeDeadlines(p, paint)
	_, err := io.WriteString(w, p.b.String())
	return err
}

type page struct {
	b     strings.Builder
	width int
}

// The width of the names, with the blanks behind them, and the least width of what stands behind them.
const (
	margin    = 10
	narrowest = 20
)

// line writes cells behind a name, on as many lines as they need.
func (p *page) line(name string, cells ...view.Cell) {
	width := p.width
	if width > 0 {
		width = max(width-margin, narrowest)
	}
	for _, text := range view.Flow(width, cells...) {
		screen.Printf(&p.b, "%-*s%s\n", margin, name, text)
		name = ""
	}
}

// text writes a text from the first column.
func (p *page) text(text string) {
	for _, line := range view.Flow(p.width, view.Plain(text)...) {
		screen.Printf(&p.b, "%s\n", line)
	}
}

func since(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", the first since " + view.When(t, now)
}

func (o *Overview) closing(alarm func(string) view.Cell) []view.Cell {
	if word, rest := view.Halted(o.control, o.At); word != "" {
		return []view.Cell{alarm(word), {Text: rest}}
	}
	c := o.control
	return view.Plain("on since " + view.When(c.At, o.At) + ", by " + c.Who + ": " + c.Why)
}

func (o *Overview) policy() string {
	p := o.Policy
	switch {
	case p == nil:
		return "unknown: no case was decided yet; name the deployed one with --policy"
	case p.File != "":
		return fmt.Sprintf("%s, %s, in %s", p.Hash, p.Mode, p.File)
	}
	text := fmt.Sprintf("%s, %s, by the newest decision, %s", p.Hash, p.Mode, view.When(p.SeenAt, o.At))
	if p.Others > 0 {
		text += fmt.Sprintf("; %s decided by another one", cases(p.Others))
	}
	return text
}

// differs says that the policy that decides is not the named one.
func (o *Overview) differs() string {
	p := o.Policy
	if p == nil || p.File == "" || p.Seen == "" || p.Seen == p.Hash {
		return ""
	}
	return fmt.Sprintf("the newest decision, %s, is by policy %s", view.When(p.SeenAt, o.At), p.Seen)
}

func (o *Overview) cases() string {
	text := fmt.Sprintf("%d unfinished", o.Unfinished)
	if o.Cut {
		text = fmt.Sprintf("more than %d unfinished, of which these were read", o.Unfinished)
	}
	separator := ": "
	for _, state := range []closing.State{closing.Open, closing.Scheduled, closing.Closing, closing.Failed} {
		if n := o.States[state]; n > 0 {
			text += fmt.Sprintf("%s%d %s", separator, n, state)
			separator = ", "
		}
	}
	return text
}

func (o *Overview) due() string {
	switch {
	case o.Due > 0:
		return fmt.Sprintf("%d now, the oldest since %s", o.Due, view.When(o.OldestDue, o.At))
	case len(o.Unread) > 0:
		return "nothing of what can be read"
	}
	return "nothing"
}

// unread names the cases that cannot be read.
func (o *Overview) unread() string {
	var names []string
	for _, u := range o.Unread[:min(len(o.Unread), maxUnread)] {
		names = append(names, string(u.Dispute))
	}
	text := fmt.Sprintf("%s cannot be read, and nobody works them: %s", cases(len(o.Unread)), strings.Join(names, ", "))
	if len(o.Unread) == 1 {
		text = names[0] + " cannot be read, and nobody works it"
	}
	if more := len(o.Unread) - maxUnread; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (o *Overview) person() string {
	if len(o.Person) == 0 {
		return "nobody is needed"
	}
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(o.Person)) {
		parts = append(parts, fmt.Sprintf("%d %s", o.Person[reason], reason))
	}
	return strings.Join(parts, ", ") + "; see `disputectl list --person`"
}

func (o *Overview) writeBudgets(p *page, alarm func(string) view.Cell) {
	if len(o.Budgets) == 0 {
		p.line("Budgets", view.Plain("no currency is known; name the deployed policy with --policy")...)
		return
	}
	p.line("Budgets", view.Plain("of "+string(o.Budgets[0].Day)+" (UTC)")...)
	for _, b := range o.Budgets {
		p.line("", b.cells(alarm, o.limits(), o.At)...)
	}
}

// limits says what it means that a currency's limits are not known.
func (o *Overview) limits() string {
	if o.Policy == nil || o.Policy.File == "" {
		return "limits unknown, see --policy"
	}
	return "no budget in " + o.Policy.File + ", so none is closed"
}

func (b Budget) cells(alarm func(string) view.Cell, limits string, now time.Time) []view.Cell {
	spent := currency.Text(b.Amount, b.Currency)
	if b.Limit == nil {
		return view.Plain(fmt.Sprintf("%s in %s, %s; %s", spent, counted(b.Closes, "close"), counted(b.Failures, "failure"), limits))
	}
	text := fmt.Sprintf("%s of %s, %d of %d closes, %d of %d failures",
		spent, currency.Text(b.Limit.Amount, b.Currency), b.Closes, b.Limit.Closes, b.Failures, b.Limit.Failures)
	if !b.Spent {
		return view.Plain(text)
	}
	return []view.Cell{{Text: text + ": "}, alarm("spent until " + view.When(b.Day.End(), now))}
}

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// deadlineColumns are the columns of the deadlines, and which of them a narrow terminal does without.
var deadlineColumns = []view.Column{
	{Head: "DEADLINE"}, {Head: "DISPUTE"}, {Head: "AMOUNT", Drop: 1, Right: true}, {Head: "STATE", Drop: 2}, {Head: "PERSON", Drop: 3}, {Head: "WHY", Least: 20},
}

func (o *Overview) writeDeadlines(p *page, paint view.Paints) {
	if len(o.Deadlines) == 0 {
		p.text("No answer is due before " + view.When(o.until, o.At) + ".")
		return
	}
	g := view.Grid{Columns: deadlineColumns}
	for _, d := range o.Deadlines[:min(len(o.Deadlines), maxDeadlines)] {
		cells := view.Plain(view.Distance(d.DueBy, o.At), string(d.Dispute), d.amount, string(d.State), strings.Join(d.Person, ","), d.short)
		cells[0].Paint = paint.Deadline(d.DueBy, o.At)
		g.Rows = append(g.Rows, cells)
	}
	p.b.WriteByte('\n')
	p.text("Answers due before " + view.When(o.until, o.At) + ":")
	_ = g.Write(&p.b, p.width) // A builder takes everything.
	if more := len(o.Deadlines) - maxDeadlines; more > 0 {
		p.text(fmt.Sprintf("and %d more: `disputectl list --deadline %s`", more, view.Span(o.until.Sub(o.At))))
	}
}

func cases(n int) string { return counted(int64(n), "case") }
