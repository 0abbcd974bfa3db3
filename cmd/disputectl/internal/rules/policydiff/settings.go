package policydiff

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"disputecloser/shared/policy"
)

// Setting is something other than a rule that the policies state differently.
type Setting struct {
	// Name is the policy file's path, such as ceiling.usd.
	Name string `json:"name"`
	// Old and New are as the file states them; empty where it does not.
	Old string `json:"old"`
	New string `json:"new"`
	// Currency is set if the two are amounts in its minor unit.
	Currency string `json:"currency,omitempty"`
}

// RuleChange is what happened to a rule.
type RuleChange string

// The changes of rules. A rule is known by its name.
const (
	Added   RuleChange = "added"
	Removed RuleChange = "removed"
	Edited  RuleChange = "edited"
	// Moved rules are as they were, but come before or after another rule than they did.
	Moved RuleChange = "moved"
)

// Rule is a rule that differs.
type Rule struct {
	Rule   string     `json:"rule"`
	Change RuleChange `json:"change"`
	// Edits are what an edited rule says differently, by paths such as if.amount.usd.at_most.
	Edits []Setting `json:"edits,omitempty"`
}

// settings returns mode, refunds, ceiling and budget where they differ, in this order.
func settings(before, after policy.Document) []Setting {
	all := []Setting{}
	add := func(name, older, newer, currency string) {
		if older != newer {
			all = append(all, Setting{Name: name, Old: older, New: newer, Currency: currency})
		}
	}
	add("mode", string(before.Mode), string(after.Mode), "")
	add("refunds", refunds(before), refunds(after), "")
	for _, c := range keys(before.Ceiling, after.Ceiling) {
		add("ceiling."+c, number(before.Ceiling, c, same), number(after.Ceiling, c, same), c)
	}
	older, newer := before.Budget.Spend, after.Budget.Spend
	for _, c := range keys(older, newer) {
		add("budget."+c+".closes", number(older, c, closes), number(newer, c, closes), "")
		add("budget."+c+".amount", number(older, c, amount), number(newer, c, amount), c)
	}
	add("budget.failures", fmt.Sprint(before.Budget.Failures), fmt.Sprint(after.Budget.Failures), "")
	return all
}

// refunds is the policy's word, written out or not.
func refunds(d policy.Document) string { return string(cmp.Or(d.Refunds, policy.RefundsRequired)) }

func same(n int64) int64          { return n }
func closes(s policy.Spend) int64 { return s.Closes }
func amount(s policy.Spend) int64 { return s.Amount }

func keys[V any](a, b map[string]V) []string {
	return slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range []map[string]V{a, b} {
			for key := range maps.Keys(m) {
				if !yield(key) {
					return
				}
			}
		}
	}))
}

func number[V any](of map[string]V, key string, what func(V) int64) string {
	v, present := of[key]
	if !present {
		return ""
	}
	return fmt.Sprint(what(v))
}

// rules returns the rules that differ: those of the new policy in its order, then those removed.
func rules(before, after policy.Document) []Rule {
	all := []Rule{}
	older, newer := byName(before), byName(after)
	stayed := func(in map[string]policy.Rule, names []string) []string {
		return slices.DeleteFunc(names, func(name string) bool { _, there := in[name]; return !there })
	}
	was, is := stayed(newer, names(before)), stayed(older, names(after))
	moved := outOfOrder(was, is)
	for _, name := range names(after) {
		old, present := older[name]
		switch {
		case !present:
			all = append(all, Rule{Rule: name, Change: Added})
		case !reflect.DeepEqual(old, newer[name]):
			all = append(all, Rule{Rule: name, Change: Edited, Edits: edits(old, newer[name])})
		case moved[name]:
			all = append(all, Rule{Rule: name, Change: Moved})
		}
	}
	for _, name := range names(before) {
		if _, present := newer[name]; !present {
			all = append(all, Rule{Rule: name, Change: Removed})
		}
	}
	return all
}

func names(d policy.Document) []string {
	all := make([]string, len(d.Rules))
	for i := range d.Rules {
		all[i] = d.Rules[i].Name
	}
	return all
}

func byName(d policy.Document) map[string]policy.Rule {
	all := make(map[string]policy.Rule, len(d.Rules))
	for i := range d.Rules {
		all[d.Rules[i].Name] = d.Rules[i]
	}
	return all
}

// outOfOrder returns the names that are not among the longest run of names that kept their order.
func outOfOrder(was, is []string) map[string]bool {
	place := make(map[string]int, len(was))
	for i, name := range was {
		place[name] = i
	}
	longest, from, best := make([]int, len(is)), make([]int, len(is)), -1
	for i := range is {
		longest[i], from[i] = 1, -1
		for j := range i {
			if place[is[j]] < place[is[i]] && longest[j] >= longest[i] {
				longest[i], from[i] = longest[j]+1, j
			}
		}
		if best < 0 || longest[i] > longest[best] {
			best = i
		}
	}
	moved := make(map[string]bool, len(is))
	for _, name := range is {
		moved[name] = true
	}
	for i := best; i >= 0; i = from[i] {
		delete(moved, is[i])
	}
	return moved
}
