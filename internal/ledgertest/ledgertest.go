// Package ledgertest holds the rules that every ledger must keep, as one suite that each of them runs.
package ledgertest

import (
	"context"
	"slices"
	"testing"

	"disputecloser/shared/closing"
)

// Store is a whole ledger: cases, the switch and the budgets, the due index and the listing.
type Store interface {
	closing.Ledger
	closing.Acts
	closing.Controls
	closing.DueIndex
	closing.Journal
	closing.ReconcileStore
	// Cases lists at most limit unfinished cases by due date, from where the cursor left off. With
	// closing.ErrUnreadable, the page lacks only the cases that the error names.
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)

	// MoveTo has the store be a table of another mark that holds the same items.
	MoveTo(mark string)
	// LoseControl deletes what is stored of the switch.
	LoseControl()
}

// TurnOn turns closing on, as a person does before anything is closed.
func TurnOn(t testing.TB, a closing.Acts) {
	t.Helper()
	if err := a.SetControl(t.Context(), closing.Control{Switch: closing.On, Who: "ops", Why: "looked through"}); err != nil {
		t.Fatalf("SetControl: %v", err)
	}
}

// Check is one rule and its proof on a store that holds nothing yet.
type Check struct {
	Name string
	Run  func(t testing.TB, s Store)
}

// Run proves every rule, each on a store of its own.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) { c.Run(t, open(t)) })
	}
}

// Checks returns the rules by topic.
func Checks() []Check {
	var all []Check
	for _, topic := range [][]Check{versions, claims, budgets, returns, dueIndex, listing, books, fields, states, disputes, aliases} {
		for _, check := range topic {
			all = append(all, Check{check.Name, func(t testing.TB, s Store) {
				TurnOn(t, s)
				check.Run(t, s)
			}})
		}
	}
	return slices.Concat(all, journal, switches)
}
