package overview

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// maxDeadlines is how many deadlines are written; the rest are counted.
const maxDeadlines = 10

// Paint colours a text that is bad news; it may return it as it is.
type Paint func(text string) string

// Write writes the overview as a page of at most width columns where its texts allow it; zero is no limit.
func (o *Overview) Write(w io.Writer, width int, alarm Paint) error {
	var b strings.Builder
	line := func(name, text string) {
		fmt.Fprintf(&b, "%-8s  %s\n", name, text)
	}
	line("Closing", o.closing(alarm))
	line("Policy", o.policy())
	if o.Policy != nil && o.Policy.RefundsUnavailable {
		line("", alarm("refunds: unavailable")+": a charge of which WooshPay does not say whether it was refunded stops nothing")
	}
	if differs := o.differs(); differs != "" {
		line("", alarm(differs))
	}
	line("Cases", o.cases())
	line("Due", o.due())
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
	line("Budgets", o.budgets(alarm))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return o.writeDeadlines(w, width)
}

func since(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", the first since " + view.When(t, now)
}

func (o *Overview) closing(alarm Paint) string {
	s := o.Closing
	switch {
	case s.Paused:
		return alarm("paused") + " since " + view.When(s.At, o.At) + " by " + s.Who + ": " + s.Why
	case !s.At.IsZero():
		return "not paused since " + view.When(s.At, o.At) + ", by " + s.Who + ": " + s.Why
	}
	return "not paused"
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

// differs tells that what decides is not the policy that was named.
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
	if o.Due == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d now, the oldest since %s", o.Due, view.When(o.OldestDue, o.At))
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

func (o *Overview) budgets(alarm Paint) string {
	if len(o.Budgets) == 0 {
		return "no currency is known; name the deployed policy with --policy"
	}
	parts := []string{"of " + string(o.Budgets[0].Day) + " (UTC)"}
	for _, b := range o.Budgets {
		parts = append(parts, b.text(alarm, o.limits()))
	}
	return strings.Join(parts, "\n"+strings.Repeat(" ", 10))
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

func (o *Overview) writeDeadlines(w io.Writer, width int) error {
	if len(o.Deadlines) == 0 {
		_, err := fmt.Fprintf(w, "No answer is due before %s.\n", view.Instant(o.until))
		return err
	}
	t := view.Table{Head: []string{"DEADLINE", "DISPUTE", "AMOUNT", "STATE", "PERSON", "WHY"}}
	for _, d := range o.Deadlines[:min(len(o.Deadlines), maxDeadlines)] {
		t.Rows = append(t.Rows, []string{
			view.Distance(d.DueBy, o.At), string(d.Dispute), d.amount, string(d.State), strings.Join(d.Person, ","), d.Why,
		})
	}
	fmt.Fprintf(w, "\nAnswers due before %s:\n", view.Instant(o.until))
	if err := t.Write(w, width); err != nil {
		return err
	}
	if more := len(o.Deadlines) - maxDeadlines; more > 0 {
		fmt.Fprintf(w, "and %d more: `disputectl list --deadline %s`\n", more, view.Span(o.until.Sub(o.At)))
	}
	return nil
}

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}
