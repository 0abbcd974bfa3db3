package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/dispute"
)

// MaxClock is the longest `after` and `before_due`.
const MaxClock = Duration(720 * time.Hour)

// faults returns every fault of form, joined.
func (d *Document) faults() error {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if d.Mode != Shadow && d.Mode != Live {
		fault("mode %q is neither shadow nor live", d.Mode)
	}
	if !slices.Contains([]string{"", EnvironmentTest, EnvironmentLive}, d.Environment) {
		fault("environment %q is neither %s nor %s", d.Environment, EnvironmentTest, EnvironmentLive)
	}
	if !slices.Contains([]Refunds{"", RefundsRequired, RefundsUnavailable}, d.Refunds) {
		fault("refunds %q is neither required nor unavailable", d.Refunds)
	}
	for _, currency := range slices.Sorted(maps.Keys(d.Ceiling)) {
		if d.Ceiling[currency] < 0 {
			fault("ceiling %s is negative", currency)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(d.Budget.Spend)) {
		if s := d.Budget.Spend[currency]; s.Closes < 0 || s.Amount < 0 {
			fault("budget %s is negative", currency)
		}
	}
	if d.Budget.Failures < 1 {
		fault("budget: failures must be 1 or more")
	}
	if len(d.Rules) == 0 {
		fault("there are no rules")
	}
	seen := make(map[string]bool, len(d.Rules))
	for i := range d.Rules {
		r := &d.Rules[i]
		if seen[r.Name] {
			fault("rule %q occurs twice", r.Name)
		}
		seen[r.Name] = true
		if err := r.faults(); err != nil {
			fault("rule %q: %w", r.Name, err)
		}
	}
	return errors.Join(errs...)
}

func (r *Rule) faults() error {
	var errs []error
	if strings.TrimSpace(r.Name) == "" {
		errs = append(errs, errors.New("it has no name"))
	}
	if !slices.Contains([]Action{Close, Keep, Review}, r.Then) {
		errs = append(errs, fmt.Errorf("action %q is not close, keep or review", r.Then))
	}
	clocks := slices.DeleteFunc([]*Duration{r.After, r.BeforeDue}, func(d *Duration) bool { return d == nil })
	switch {
	case r.Then == Close && len(clocks) != 1:
		errs = append(errs, errors.New("a close needs exactly one of after and before_due"))
	case r.Then != Close && len(clocks) > 0:
		errs = append(errs, errors.New("only a close has after or before_due"))
	}
	for _, clock := range clocks {
		if *clock < 0 || *clock > MaxClock || !clock.whole() {
			errs = append(errs, fmt.Errorf("clock %s is not whole seconds between 0h and %s", clock, MaxClock))
		}
	}
	return errors.Join(append(errs, r.If.faults()...)...)
}

func (c *Conditions) faults() []error {
	var errs []error
	if len(predicatesOf(c)) == 0 {
		errs = append(errs, errors.New("it has no conditions"))
	}
	add := func(name string, ok bool) {
		if !ok {
			errs = append(errs, fmt.Errorf("condition %s is malformed", name))
		}
	}
	add("status", c.Status.sound(func(s string) bool { return dispute.Status(s).Known() }))
	add("currency", c.Currency.sound(notEmpty))
	add("reason_type", c.ReasonType.sound(isCodeText))
	add("reason_code", c.ReasonCode.sound(isCodeText))
	add("amount", c.Amount == nil || len(c.Amount) > 0)
	for _, currency := range slices.Sorted(maps.Keys(c.Amount)) {
		b := c.Amount[currency]
		add("amount."+currency, currency != "" && b.sound(1))
	}
	add("age", c.Age.sound())
	add("time_left", c.TimeLeft.sound())
	add("submission_count", c.SubmissionCount == nil || c.SubmissionCount.sound(0))
	add("metadata", c.Metadata == nil || len(c.Metadata) > 0)
	for _, key := range slices.Sorted(maps.Keys(c.Metadata)) {
		w := c.Metadata[key]
		add("metadata."+key, w.sound(func(string) bool { return true }))
	}
	return errs
}

func notEmpty(s string) bool   { return s != "" }
func isCodeText(s string) bool { return CodeOf(s).Known() }

// sound reports whether an absent or given list is well-formed.
func (w *Words) sound(valid func(string) bool) bool {
	if w == nil {
		return true
	}
	for _, word := range slices.Concat(w.In, w.Not) {
		if !valid(word) {
			return false
		}
	}
	return (len(w.In) == 0) != (len(w.Not) == 0)
}

func (b *Bounds) sound(least int64) bool {
	for _, bound := range []*int64{b.AtLeast, b.AtMost} {
		if bound != nil && *bound < least {
			return false
		}
	}
	return b.AtLeast != nil || b.AtMost != nil
}

func (s *Span) sound() bool {
	return s == nil || (s.AtLeast != nil || s.AtMost != nil) && s.AtLeast.whole() && s.AtMost.whole()
}

// whole reports whether an absent or given duration has no parts of a second, which its text could not hold.
func (d *Duration) whole() bool { return d == nil || time.Duration(*d)%time.Second == 0 }
