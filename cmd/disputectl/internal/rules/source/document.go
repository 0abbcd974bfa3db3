package source

import (
	"fmt"
	"unicode"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// failures is the only key of a budget that is not a currency.
const failures = "failures"

// docParts is what reading a document yields besides the findings.
type docParts struct {
	doc policy.Document
	// named is each rule's name as kept, by its key.
	named map[string]string
	// nameAt is where a name was first given, by its key.
	nameAt map[string]Position
}

func read(name string, yaml []byte) *reader {
	r := &reader{file: name, places: map[analysis.Path]Position{}}
	r.named, r.nameAt = map[string]string{}, map[string]Position{}
	root := r.parse(yaml)
	if root == nil {
		return r
	}
	r.readable = r.mapping(root, "", "a policy", []field{
		{name: "mode", required: true, read: func(n *node, path analysis.Path) {
			r.doc.Mode = policy.Mode(r.word(n, path, "mode", []string{string(policy.Shadow), string(policy.Live)}))
		}},
		{name: "ceiling", required: true, read: r.ceiling},
		{name: "refunds", read: func(n *node, path analysis.Path) {
			r.doc.Refunds = policy.Refunds(r.word(n, path, "refunds", []string{string(policy.RefundsRequired), string(policy.RefundsUnavailable)}))
		}},
		{name: "budget", required: true, read: r.budget},
		{name: "rules", required: true, read: r.rules},
		{name: "tests", read: r.tests},
	})
	r.resolveNames()
	return r
}

func (r *reader) ceiling(n *node, path analysis.Path) {
	r.doc.Ceiling = map[string]int64{}
	if !r.expect(n, path, mapping, "ceiling") {
		return
	}
	r.entries(n, path, func(code string, e entry) {
		if !r.knownCurrency(code, e.key.at, path.Key(code)) {
			return
		}
		if amount := r.integer(e.value, path.Key(code), "the ceiling of "+code, 0); amount != nil {
			r.doc.Ceiling[code] = *amount
		}
	})
}

func (r *reader) budget(n *node, path analysis.Path) {
	r.doc.Budget.Spend = map[string]policy.Spend{}
	if !r.expect(n, path, mapping, "budget") {
		return
	}
	attempted := false
	r.entries(n, path, func(key string, e entry) {
		if _, known := currency.Lookup(key); known {
			r.doc.Budget.Spend[key] = r.spend(e.value, path.Key(key), key)
			return
		}
		if analysis.Nearest(key, []string{failures}) == "" {
			r.knownCurrency(key, e.key.at, path.Key(key))
			return
		}
		attempted = true
		if key != failures {
			r.unknownKey(e.key, path, "budget", key, []string{failures})
			return
		}
		if n := r.integer(e.value, path.Key(key), failures, 1); n != nil {
			r.doc.Budget.Failures = *n
		}
	})
	if !attempted {
		r.refuse(path.Key(failures), r.whole(n, path), "budget needs failures",
			"add failures: 5, the number of permanent failures in a day that stop a currency's closes")
	}
}

func (r *reader) spend(n *node, path analysis.Path, code string) policy.Spend {
	var s policy.Spend
	count := func(to *int64, what string) func(*node, analysis.Path) {
		return func(n *node, path analysis.Path) {
			if v := r.integer(n, path, what, 0); v != nil {
				*to = *v
			}
		}
	}
	r.mapping(n, path, "the budget of "+code, []field{
		{name: "closes", required: true, read: count(&s.Closes, "closes")},
		{name: "amount", required: true, read: count(&s.Amount, "amount")},
	})
	return s
}

func (r *reader) rules(n *node, path analysis.Path) {
	if !r.expect(n, path, list, "rules") {
		return
	}
	if len(n.items) == 0 {
		r.refuse(path, n.at, "there are no rules", "write at least one")
	}
	r.doc.Rules = make([]policy.Rule, len(n.items))
	for i, item := range n.items {
		at := path.Item(i)
		r.places[at] = item.at
		r.rule(item, at, &r.doc.Rules[i])
	}
}

func (r *reader) rule(n *node, path analysis.Path, to *policy.Rule) {
	clock := func(to **policy.Duration, what string) func(*node, analysis.Path) {
		return func(n *node, path analysis.Path) { *to = r.clock(n, path, what) }
	}
	r.mapping(n, path, "a rule", []field{
		{name: "name", required: true, read: func(n *node, path analysis.Path) { to.Name = r.name(n, path) }},
		{name: "if", required: true, read: func(n *node, path analysis.Path) { r.conditions(n, path, &to.If) }},
		{name: "then", required: true, read: func(n *node, path analysis.Path) { to.Then = r.action(n, path) }},
		{name: "after", read: clock(&to.After, "after")},
		{name: "before_due", read: clock(&to.BeforeDue, "before_due")},
		{name: "shadow", read: func(n *node, path analysis.Path) {
			b := r.flag(n, path, "shadow")
			if b != nil && !*b {
				r.refuse(path, n.at, "shadow can only be true", "leave it out: a rule without it is live")
			}
			to.Shadow = b != nil && *b
		}},
	})
}

func (r *reader) action(n *node, path analysis.Path) policy.Action {
	return policy.Action(r.word(n, path, "then", []string{string(policy.Close), string(policy.Keep), string(policy.Review)}))
}

func (r *reader) clock(n *node, path analysis.Path, what string) *policy.Duration {
	d := r.duration(n, path, what, false)
	if d != nil && *d > policy.MaxClock {
		r.refuse(path, n.at, fmt.Sprintf("%s can't be longer than %s", what, policy.MaxClock), "shorten it")
		return nil
	}
	return d
}

func (r *reader) name(n *node, path analysis.Path) string {
	if !r.expect(n, path, text, "name") {
		return ""
	}
	name, key := normalName(n.value), nameKey(n.value)
	for _, c := range name {
		if unicode.IsControl(c) {
			r.refuse(path, n.at, "a name is one line of text", "remove line breaks and control characters")
			return ""
		}
	}
	if name == "" {
		r.refuse(path, n.at, "a rule's name can't be empty", "say what the rule is about")
		return ""
	}
	if first, twice := r.nameAt[key]; twice {
		r.refuse(path, n.at, fmt.Sprintf("there are two rules named %q", name), "rename one of the two").Also = &first
		return name
	}
	r.named[key], r.nameAt[key] = name, n.at
	return name
}

// resolveNames gives the tests' rules the names as the rules have them.
func (r *reader) resolveNames() {
	for i := range r.doc.Tests {
		expect := &r.doc.Tests[i].Expect
		if name, ok := r.named[nameKey(expect.Rule)]; ok && expect.Rule != "" {
			expect.Rule = name
		}
	}
}
