package view

import (
	"slices"

	"disputecloser/shared/closing"
)

// Person returns why a case waits for a person now.
func Person(c closing.Case) []string { return closing.Person(c) }

// SortRows puts first what waits for a person, by deadline, and then the rest, by the next date.
func SortRows(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int { return a.urgency().Compare(b.urgency()) })
}

func (r Row) urgency() closing.Urgency {
	return closing.Urgency{ID: r.Dispute, State: r.State, Person: len(r.Person) > 0, Deadline: r.Deadline, DueAt: r.DueAt}
}
