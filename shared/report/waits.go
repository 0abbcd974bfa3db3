package report

import (
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Waits is what the unfinished cases wait for.
type Waits struct {
	// Currencies, Rules and Reasons each count every unfinished case once.
	Currencies []WaitRow `json:"currencies"`
	Rules      []WaitRow `json:"rules"`
	Reasons    []WaitRow `json:"reasons"`
	// Cases are those that are planned, being closed, in doubt, failed or waiting for a person, or whose deadline nears:
	// first those that wait for a person, by deadline, then the others by their next date.
	Cases []Wait `json:"-"`
	// Cut means that there are more unfinished cases than were read.
	Cut bool `json:"cut"`
}

// WaitRow is one group of unfinished cases in one currency.
type WaitRow struct {
	Key
	Waiting
}

// Waiting counts unfinished cases. A case may count in several of the fields.
type Waiting struct {
	Unfinished Count `json:"unfinished"`
	// Planned are to be closed; Closing have a close under way.
	Planned Count `json:"planned"`
	Closing Count `json:"closing"`
	// InDoubt are those of which we do not know what a close of ours did.
	InDoubt Count `json:"in_doubt"`
	// Failed were refused for good, or too often.
	Failed Count `json:"failed"`
	Person Count `json:"person"`
}

// Wait is one unfinished case.
type Wait struct {
	// Case lacks its history and most of its dispute.
	Case closing.Case
	// Person holds the reasons why the case waits for a person now.
	Person []string
	By     By
	// InDoubt means that we do not know what a close of ours did.
	InDoubt bool
}

func waitsOf(cases []closing.Case, ahead time.Time, spelled spellings) Waits {
	return Waits{
		Currencies: waitRows(cases, func(c closing.Case) Key { return Key{Name: c.Dispute.Currency} }),
		Rules:      waitRows(cases, deciderOf),
		Reasons:    waitRows(cases, func(c closing.Case) Key { return Key{Name: spelled.of(c.Dispute.ReasonCode)} }),
		Cases:      listed(cases, ahead),
	}
}

func deciderOf(c closing.Case) Key {
	if c.Decision == nil {
		return decider("", "", "")
	}
	return decider(c.Decision.Operator, c.Decision.Rule, c.Decision.Action)
}

func waitRows(cases []closing.Case, key func(closing.Case) Key) []WaitRow {
	counts := map[Key]Waiting{}
	for _, c := range cases {
		k := key(c)
		k.Currency = c.Dispute.Currency
		w := counts[k]
		w.add(c)
		counts[k] = w
	}
	rows := make([]WaitRow, 0, len(counts))
	for k, w := range counts {
		rows = append(rows, WaitRow{k, w})
	}
	slices.SortFunc(rows, func(a, b WaitRow) int { return a.compare(b.Key) })
	return rows
}

func (w *Waiting) add(c closing.Case) {
	amount, _ := c.Dispute.Amount.Get()
	for _, count := range []struct {
		of *Count
		is bool
	}{
		{&w.Unfinished, true},
		{&w.Planned, c.State == closing.Scheduled},
		{&w.Closing, c.State == closing.Closing},
		{&w.InDoubt, inDoubt(c)},
		{&w.Failed, c.State == closing.Failed},
		{&w.Person, len(closing.Person(c)) > 0},
	} {
		if count.is {
			count.of.add(amount)
		}
	}
}

// inDoubt reports whether it is not known what a close of ours did.
func inDoubt(c closing.Case) bool { return c.Ambiguous || c.Doubt }

// listed are the cases that somebody should know of.
func listed(cases []closing.Case, ahead time.Time) []Wait {
	waits := []Wait{}
	for _, c := range cases {
		w := Wait{Case: c, Person: closing.Person(c), By: deciderOf(c).By, InDoubt: inDoubt(c)}
		if c.State != closing.Open || w.InDoubt || len(w.Person) > 0 || nears(c, ahead) {
			waits = append(waits, w)
		}
	}
	slices.SortStableFunc(waits, func(a, b Wait) int { return a.urgency().Compare(b.urgency()) })
	return waits
}

func (w Wait) urgency() closing.Urgency {
	c := w.Case
	return closing.Urgency{ID: c.ID, State: c.State, Person: len(w.Person) > 0, Deadline: c.Dispute.DueBy, DueAt: c.DueAt}
}

// nears reports whether an answer is due before the instant.
func nears(c closing.Case, ahead time.Time) bool {
	due := c.Dispute.DueBy
	return !due.IsZero() && !due.After(ahead) && c.Dispute.Status.Class() == dispute.Closable
}
