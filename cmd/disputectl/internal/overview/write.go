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
)

// maxDeadlines and maxUnread are how many deadlines are written, and how many cases that cannot be read are named; the rest
// are counted.
const maxDeadlines, maxUnread = 10, 5

// Paint colours a text that is bad news; it may return it as it is.
type Paint func(text string) string

// Write writes the overview as a page of at most width columns where its texts allow it; zero is no limit.
func (o *Overview) Write(w io.Writer, width int, alarm Paint) error {
	var b strings.Builder
	line := func(name, text string) {
		screen.Printf(&b, "%-8s  %s\n", name, text)
	}
	line("Closing", o.closing(alarm))
	line("Policy", o.policy())
	if o.Policy != nil && o.Policy.RefundsUnavailable {
		line("", alarm("refunds: unavailable")+": a close is not stopped if WooshPay does not say whether the charge was refunded")
	}
	if differs := o.differs(); differs != "" {
		line("", alarm(differs))
	}
	line("Cases", o.cases())
	line("Due", o.due())
	if len(o.Unread) > 0 {
		line("Unread", alarm(o.unread()))
	}
	line("Person", o.person())
	if o.FailingLooks > 0 {
		line("Looks", alarm(fmt.Sprintf("WooshPay could not be asked about %s", cases(o.FailingLooks)))+since(o.FailingSince, o.At))
	}
	if o.UnknownDisputes > 0 {
		line("Unknown", fmt.Sprintf("WooshPay does not know the disputes of %s", cases(o.UnknownDisputes)))
	}
	if o.Late > 0 {
		line("Late", alarm(fmt.Sprintf("%s planned to be closed after the deadline", cases(o.Late)))+"; a late close still concedes")
	}
	name := "Budgets"
	for _, text := range o.budgets(alarm) {
		line(name, text)
		name = ""
	}
	o.writeDeadlines(&b, width)
	_, err := io.WriteString(w, b.String())
	return err
}

func since(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", the first since " + view.When(t, now)
}

func (o *Overview) closing(alarm Paint) string {
	if word, rest := view.Halted(o.control, o.At); word != "" {
		return alarm(word) + rest
	}
	c := o.control
	return "on since " + view.When(c.At, o.At) + ", by " + c.Who + ": " + c.Why
}

func (o *Overview) policy() string {
	p := o.Policy
	switch {
	case p == nil:
		return "unknown: no case was decided yet; name the deployed one with --policy"
	case p.File != "":
		return fmt.Sprintf("%s, %s, in %s", p.Hash, p.Mode, p.File)
	}
	text := fmt.Sprintf("%s, %s, by the newest decision at %s", p.Hash, p.Mode, view.When(p.SeenAt, o.At))
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
	return fmt.Sprintf("the newest decision, at %s, is by policy %s", view.When(p.SeenAt, o.At), p.Seen)
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

func (o *Overview) budgets(alarm Paint) []string {
	if len(o.Budgets) == 0 {
		return []string{"no currency is known; name the deployed policy with --policy"}
	}
	parts := []string{"of " + string(o.Budgets[0].Day) + " (UTC)"}
	for _, b := range o.Budgets {
		parts = append(parts, b.text(alarm, o.limits()))
	}
	return parts
}

// limits says what it means that a currency's limits are not known.
func (o *Overview) limits() string {
	if o.Policy == nil || o.Policy.File == "" {
		return "limits unknown, see --policy"
	}
	return "no budget in " + o.Policy.File + ", so none is closed"
}

func (b Budget) text(alarm Paint, limits string) string {
	if b.Limit == nil {
		return fmt.Sprintf("%s  %d closes, %d %s, %d failures; %s", b.Currency, b.Closes, b.Amount, b.Currency, b.Failures, limits)
	}
	text := fmt.Sprintf("%s  %d of %d closes, %d of %d %s, %d of %d failures",
		b.Currency, b.Closes, b.Limit.Closes, b.Amount, b.Limit.Amount, b.Currency, b.Failures, b.Limit.Failures)
	if b.Spent {
		text += ": " + alarm("spent until "+view.Instant(b.Day.End()))
	}
	return text
}

func (o *Overview) writeDeadlines(b *strings.Builder, width int) {
	if len(o.Deadlines) == 0 {
		screen.Printf(b, "No answer is due before %s.\n", view.Instant(o.until))
		return
	}
	t := view.Table{Head: []string{"DEADLINE", "DISPUTE", "AMOUNT", "STATE", "PERSON", "WHY"}}
	for _, d := range o.Deadlines[:min(len(o.Deadlines), maxDeadlines)] {
		t.Rows = append(t.Rows, []string{
			view.Distance(d.DueBy, o.At), string(d.Dispute), d.amount, string(d.State), strings.Join(d.Person, ","), d.Why,
		})
	}
	screen.Printf(b, "\nAnswers due before %s:\n", view.Instant(o.until))
	_ = t.Write(b, width) // A builder takes everything.
	if more := len(o.Deadlines) - maxDeadlines; more > 0 {
		screen.Printf(b, "and %d more: `disputectl list --deadline %s`\n", more, view.Span(o.until.Sub(o.At)))
	}
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}
