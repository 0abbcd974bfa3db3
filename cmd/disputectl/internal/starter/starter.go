// Package starter writes a policy to begin with: commented, with tests of its own, in shadow mode.
package starter

import (
	"errors"
	"fmt"
	"math"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// Answers are what a merchant decides before the first policy. All amounts are in the currency's minor unit.
type Answers struct {
	// Limits are in the order in which the file has them.
	Limits []Limit
	// Grace is the time in which a person may object.
	Grace policy.Duration
	// Closes is how many disputes of one currency may be closed in one day.
	Closes int64
	// Failures is how many permanent failures in one currency stop its closes for the day.
	Failures int64
	// Refunds is what the policy needs to know of the charge; required if empty.
	Refunds policy.Refunds
}

// Limit is one currency's money.
type Limit struct {
	Currency string
	// Threshold is the largest amount that the rule closes, Ceiling the largest that anybody may close, Budget what a
	// day's closes may amount to. Ceiling and Budget are chosen if zero.
	Threshold, Ceiling, Budget int64
}

// Values to begin with.
const (
	DefaultGrace    = policy.Duration(24 * 3_600_000_000_000)
	DefaultCloses   = 20
	DefaultFailures = 5
)

// defaultDollars is the threshold to begin with in US dollars: less than what an hour of work costs.
const defaultDollars = 15

// Errors of YAML. A WarnedError has the check's own words.
var (
	ErrNoCurrency = errors.New("no currency has a threshold")
	ErrTooLarge   = errors.New("the amounts are too large to be added up for a day")
)

// WarnedError means that the policy would be written with a finding of the check.
type WarnedError struct{ Finding source.Finding }

func (w *WarnedError) Error() string { return w.Finding.Message }

// YAML returns the policy file. What it returns without an error, the check accepts in its strictest reading, but for the
// warnings of refunds: unavailable and of large amounts, which are for the merchant to decide.
func (a Answers) YAML() ([]byte, error) {
	if len(a.Limits) == 0 {
		return nil, ErrNoCurrency
	}
	limits := make([]Limit, len(a.Limits))
	for i, l := range a.Limits {
		var err error
		if limits[i], err = l.completed(a.Closes); err != nil {
			return nil, err
		}
	}
	a.Limits = limits
	text := a.write()
	for _, f := range source.Check("policy.yaml", text).Findings {
		if f.Kind != analysis.Refunds && f.Kind != analysis.Large {
			return nil, &WarnedError{f}
		}
	}
	return text, nil
}

// Warned reports whether the check warns of the policy that YAML writes.
func (a Answers) Warned() bool {
	text, err := a.YAML()
	return err != nil || !source.Check("policy.yaml", text).OK(true)
}

// completed returns the limit with a ceiling and a budget: no one may close more than the rule does, and a day may
// bring as many closes as are allowed, each at the ceiling.
func (l Limit) completed(closes int64) (Limit, error) {
	if l.Ceiling == 0 {
		l.Ceiling = l.Threshold
	}
	if l.Threshold == math.MaxInt64 {
		return l, fmt.Errorf("%s: %w", l.Currency, ErrTooLarge)
	}
	if l.Budget == 0 {
		if l.Budget = DefaultBudget(l.Ceiling, closes); l.Budget == math.MaxInt64 {
			return l, fmt.Errorf("%s: %w", l.Currency, ErrTooLarge)
		}
	}
	return l, nil
}

// DefaultBudget is what a day's closes amount to at the most, each at the ceiling. It stays within an int64.
func DefaultBudget(ceiling, closes int64) int64 {
	if closes > 0 && ceiling > math.MaxInt64/closes {
		return math.MaxInt64
	}
	return ceiling * closes
}
