package report

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/moment"
	"disputecloser/shared/plain"
)

const (
	// MostWaits is how many waiting cases a text names; the others are counted.
	MostWaits = 10
	// mostCurrencies is how many amounts a sentence names.
	mostCurrencies = 10
	// longest and longestMoney are the lengths in characters at which a sentence and an amount are cut: a rule and a currency
	// may have any name.
	longest      = 1000
	longestMoney = 40
)

// Happened says in sentences what ended in the report's days, and what is not plain about it.
func (r *Report) Happened() []string {
	if len(r.Currencies) == 0 {
		return []string{"No dispute ended."}
	}
	closed := r.total(func(t Tally) Count { return t.Closed })
	lines := []string{"We closed no dispute."}
	if closed.cases > 0 {
		lines[0] = "We closed " + closed.disputes() + ", which conceded " + closed.money() + "."
	}
	var others []string
	for _, end := range []struct {
		name string
		of   func(Tally) Count
	}{
		{"won", func(t Tally) Count { return t.Won }},
		{"lost", func(t Tally) Count { return t.Lost }},
		{"otherwise", func(t Tally) Count { return t.Otherwise }},
	} {
		if n := r.total(end.of); n.cases > 0 {
			others = append(others, fmt.Sprintf("%d %s (%s)", n.cases, end.name, n.money()))
		}
	}
	if len(others) > 0 {
		lines = append(lines, "Ended without a close of ours: "+strings.Join(others, ", ")+".")
	}
	return harmless(append(lines, r.notes()...))
}

// notes explain what is not plain in the numbers of what ended, where there is any of it.
func (r *Report) notes() []string {
	var notes []string
	for _, note := range []struct {
		of   func(Tally) Count
		text string
	}{
		{func(t Tally) Count { return t.Inferred }, "Inferred: no answer came to the close of %s (%s); a later look showed it closed."},
		{func(t Tally) Count { return t.Contradicted }, "Contradicted: WooshPay says something else than our record of %s (%s)."},
		{func(t Tally) Count { return t.InDoubt }, "In doubt: %s (%s) not counted as closed, and perhaps ended by a close of ours."},
		{func(t Tally) Count { return t.Trial }, "In shadow: the rules would have closed %s (%s) that ended by themselves."},
		{func(t Tally) Count { return t.Regrets }, "Regrets: %s (%s) won that the rules, live, would have conceded."},
		{func(t Tally) Count { return t.Spared }, "Lost anyway: %s (%s) of those that the rules would have closed."},
	} {
		if n := r.total(note.of); n.cases > 0 {
			notes = append(notes, fmt.Sprintf(note.text, n.disputes(), n.money()))
		}
	}
	return notes
}

// Planned says which closes are planned within a time from now, and which are under way.
func (r *Report) Planned(within time.Duration) []string {
	var planned, under total
	var first time.Time
	for _, w := range r.Waits.Cases {
		c := w.Case
		amount, _ := c.Dispute.Amount.Get()
		switch {
		case c.State == closing.Closing:
			under.add(c.Dispute.Currency, amount)
		case c.State == closing.Scheduled && !c.CloseAt.After(r.At.Add(within)):
			planned.add(c.Dispute.Currency, amount)
			if first.IsZero() || c.CloseAt.Before(first) {
				first = c.CloseAt
			}
		}
	}
	lines := []string{"No close is planned for the next " + hours(within) + "."}
	if planned.cases > 0 {
		lines[0] = fmt.Sprintf("Planned for the next %s: to close %s, which concedes %s; the first from %s.",
			hours(within), planned.disputes(), planned.money(), moment.From(first, r.At))
	}
	if under.cases > 0 {
		lines = append(lines, fmt.Sprintf("Under way: the close of %s (%s).", under.disputes(), under.money()))
	}
	return harmless(lines)
}

// needed are the cases that wait for a person.
func (w Waits) needed() (needed []Wait) {
	for _, c := range w.Cases {
		if len(c.Person) > 0 {
			needed = append(needed, c)
		}
	}
	return needed
}

// NeedPerson says for which unfinished cases a person is needed, why, and until when.
func (r *Report) NeedPerson() []string {
	needed := r.Waits.needed()
	if len(needed) == 0 {
		return []string{"No dispute waits for a person."}
	}
	var sum total
	for _, w := range needed {
		amount, _ := w.Case.Dispute.Amount.Get()
		sum.add(w.Case.Dispute.Currency, amount)
	}
	lines := []string{fmt.Sprintf("Waiting for a person: %s (%s).", sum.disputes(), sum.money())}
	for _, w := range needed[:min(len(needed), MostWaits)] {
		lines = append(lines, "- "+w.Text(r.At))
	}
	if more := len(needed) - MostWaits; more > 0 {
		lines = append(lines, fmt.Sprintf("- and %d more: disputectl list --person", more))
	}
	return harmless(lines)
}

// Left says what the report does not count.
func (r *Report) Left() []string {
	var lines []string
	if r.Cut {
		lines = append(lines, "There are more disputes that ended than were read, so the numbers are too small.")
	}
	if r.Waits.Cut {
		lines = append(lines, "There are more unfinished disputes than were read; the ones due first were.")
	}
	if n := len(r.Unread); n > 0 {
		lines = append(lines, fmt.Sprintf("Not counted, because they cannot be read: %s.", disputes(int64(n))))
		for _, id := range r.Unread[:min(n, MostWaits)] {
			lines = append(lines, "- "+string(id))
		}
		if more := n - MostWaits; more > 0 {
			lines = append(lines, fmt.Sprintf("- and %d more", more))
		}
	}
	return harmless(lines)
}

// reasons says what each reason to need a person means.
var reasons = map[string]string{
	closing.ReasonFailed:        "WooshPay refused the close for good, or too often",
	closing.ReasonReview:        "a rule asks for a person",
	closing.ReasonDeadline:      "the deadline nears",
	closing.ReasonStopped:       "a guard stopped the close that an operator ordered",
	closing.ReasonRefund:        "the charge was refunded, or may have been, so it can be won",
	closing.ReasonLate:          "the close is planned for after the deadline",
	closing.ReasonStatus:        "this version does not know the dispute's status",
	closing.ReasonLooks:         "every look at it fails",
	closing.ReasonContradiction: "WooshPay says otherwise of what we closed",
}

// Text says in one line what the case is about and what it waits for.
func (w Wait) Text(now time.Time) string {
	c := w.Case
	parts := []string{string(c.State)}
	if w.InDoubt {
		parts = append(parts, "in doubt what a close of ours did")
	}
	if !c.CloseAt.IsZero() {
		parts = append(parts, "to be closed from "+moment.From(c.CloseAt, now))
	}
	parts = append(parts, w.Decider())
	if len(w.Person) > 0 {
		var why []string
		for _, reason := range w.Person {
			why = append(why, reasons[reason])
		}
		parts = append(parts, "waits for a person: "+strings.Join(why, ", and "))
	}
	if !c.Dispute.DueBy.IsZero() {
		parts = append(parts, "answer due "+moment.From(c.Dispute.DueBy, now))
	}
	return string(c.ID) + ", " + w.Money() + ": " + strings.Join(parts, "; ")
}

// Money is what the case is about, for a person.
func (w Wait) Money() string {
	amount, known := w.Case.Dispute.Amount.Get()
	if !known {
		return "amount unknown"
	}
	return currency.Text(amount, w.Case.Dispute.Currency)
}

// Decider says who decided the case, for a person.
func (w Wait) Decider() string {
	if w.By == ByRule {
		return "rule " + w.Case.Decision.Rule
	}
	return Key{By: w.By}.Label()
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

// total is a number of cases, and what they are about in each currency.
type total struct {
	cases   int64
	codes   []string
	amounts map[string]int64
}

func (t *total) add(code string, amount int64) { t.addMany(code, Count{Cases: 1, Amount: amount}) }

func (t *total) addMany(code string, c Count) {
	if c.Cases == 0 {
		return
	}
	if t.amounts == nil {
		t.amounts = map[string]int64{}
	}
	if _, known := t.amounts[code]; !known {
		t.codes = append(t.codes, code)
	}
	t.cases += c.Cases
	t.amounts[code] = plus(t.amounts[code], c.Amount)
}

// total adds up one count over the currencies.
func (r *Report) total(of func(Tally) Count) (t total) {
	for _, row := range r.Currencies {
		t.addMany(row.Currency, of(row.Tally))
	}
	return t
}

func (t total) disputes() string { return disputes(t.cases) }

func disputes(n int64) string { return counted(n, "dispute") }

// counted is a number of things, such as "1 alarm" or "2 alarms".
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// money is the amounts of each currency, such as "18.19 USD and 1,510 JPY".
func (t total) money() string {
	var texts []string
	for _, code := range t.codes[:min(len(t.codes), mostCurrencies)] {
		texts = append(texts, cut(currency.Text(t.amounts[code], code), longestMoney))
	}
	if more := len(t.codes) - mostCurrencies; more > 0 {
		texts = append(texts, fmt.Sprintf("amounts in %d more currencies", more))
	}
	last := len(texts) - 1
	if last < 1 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

// harmless makes each line one that adds no other, and cuts what is too long for one.
func harmless(lines []string) []string {
	for i, line := range lines {
		lines[i] = cut(plain.Line(line), longest)
	}
	return lines
}

// cut returns at most so many characters of a text.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// hours is a length of time in whole hours.
func hours(d time.Duration) string { return fmt.Sprintf("%d h", d/time.Hour) }
