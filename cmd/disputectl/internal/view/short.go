package view

import (
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// Short says in one short line why an unfinished case stands where it stands, for a row of a table.
func Short(c closing.Case, now time.Time) string {
	switch c.State {
	case closing.Failed:
		return lastWords(c)
	case closing.Closing:
		return "being closed, by " + shortCloser(c)
	case closing.Scheduled:
		return "closed by " + shortCloser(c) + " " + soon(c, now) + shortly(c)
	case closing.Open:
		return shortWhyNot(c)
	}
	return Why(c)
}

func shortCloser(c closing.Case) string {
	switch d := c.Decision; {
	case d == nil:
		return "nobody"
	case d.Operator != "":
		return Name(d.Operator)
	default:
		return owner(d.Rule)
	}
}

func soon(c closing.Case, now time.Time) string {
	if !c.CloseAt.After(now) {
		return "at the next look"
	}
	return Distance(c.CloseAt, now)
}

// shortly says what is odd about a plan.
func shortly(c closing.Case) string {
	switch {
	case c.Late():
		return ", after its deadline"
	case c.LastError != "":
		return waiting(c)
	}
	return ""
}

func shortWhyNot(c closing.Case) string {
	d := c.Decision
	switch {
	case !c.UnknownSince.IsZero():
		return "WooshPay does not know it"
	case d == nil:
		return "not looked at yet"
	case d.Guard != "":
		return "not closed for " + shortCloser(c) + ": " + Stopped(d)
	case c.Override != nil && c.Override.Action == policy.Keep:
		return "kept by " + Name(c.Override.Who) + ": " + c.Override.Why
	case d.Operator != "":
		return Name(d.Operator) + " said " + string(d.Action)
	case d.Action == policy.Close && d.Shadow:
		return owner(d.Rule) + " would close it; shadow mode"
	case d.Action == policy.Review:
		return owner(d.Rule) + " asks for a person"
	case d.Rule != "":
		return owner(d.Rule) + " keeps it" + doubt(d)
	}
	return nearestMiss(d)
}

// nearestMiss says what stopped the close rule of which the fewest conditions are not met.
func nearestMiss(d *policy.Decision) string {
	text, fewest := "no rule matches", 0
	for _, tried := range d.Tried {
		c, stopped := firstMiss(tried)
		if !stopped {
			continue
		}
		met := func(c policy.Check) bool { return c.Outcome == policy.Yes }
		unmet := len(slices.DeleteFunc(slices.Clone(tried.Conditions), met))
		if fewest == 0 || unmet < fewest {
			text, fewest = missed(tried.Rule, c), unmet
		}
	}
	return text
}
