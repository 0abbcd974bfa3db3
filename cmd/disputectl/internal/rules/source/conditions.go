package source

import (
	"fmt"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// conditions reads a rule's `if`.
func (r *reader) conditions(n *node, path analysis.Path, c *policy.Conditions) {
	if n.form == mapping && len(n.entries) == 0 {
		r.refuse(path, n.at, "a rule needs at least one condition", "say when it applies, such as status: [needs_response]")
		return
	}
	r.mapping(n, path, "`if`", []field{
		{name: "status", read: words(r, "status", &c.Status, r.statusWord, same)},
		{name: "currency", read: words(r, "currency", &c.Currency, r.currencyWord, same)},
		{name: "reason_type", read: words(r, "reason_type", &c.ReasonType, r.codeWord, codeKey)},
		{name: "reason_code", read: words(r, "reason_code", &c.ReasonCode, r.codeWord, codeKey)},
		{name: "amount", read: func(n *node, path analysis.Path) { c.Amount = r.amounts(n, path) }},
		{name: "age", read: func(n *node, path analysis.Path) { c.Age = r.span(n, path, "age", false) }},
		{name: "time_left", read: func(n *node, path analysis.Path) { c.TimeLeft = r.span(n, path, "time_left", true) }},
		{name: "submission_count", read: func(n *node, path analysis.Path) {
			c.SubmissionCount = r.bounds(n, path, "submission_count", 0)
		}},
		{name: "has_evidence", read: flags(r, &c.HasEvidence, "has_evidence")},
		{name: "past_due", read: flags(r, &c.PastDue, "past_due")},
		{name: "refunded", read: flags(r, &c.Refunded, "refunded")},
		{name: "livemode", read: flags(r, &c.Livemode, "livemode")},
		{name: "metadata", read: func(n *node, path analysis.Path) { c.Metadata = r.labels(n, path) }},
	})
}

func flags(r *reader, to **bool, what string) func(*node, analysis.Path) {
	return func(n *node, path analysis.Path) { *to = r.flag(n, path, what) }
}

func words(r *reader, what string, to **policy.Words, valid validity, key func(string) string) func(*node, analysis.Path) {
	return func(n *node, path analysis.Path) { *to = r.words(n, path, wordKind{what, valid, key}) }
}

// validity reports an item that its condition can't have.
type validity func(*node, analysis.Path) bool

// wordKind is what a list of words is called and may hold; key is the same for items that count as equal.
type wordKind struct {
	what  string
	valid validity
	key   func(string) string
}

// words reads [a, b] or {not: [a, b]}.
func (r *reader) words(n *node, path analysis.Path, kind wordKind) *policy.Words {
	if n.form != mapping {
		in := r.wordList(n, path, kind)
		if in == nil {
			return nil
		}
		return &policy.Words{In: in}
	}
	if r.emptyMapping(n, path) {
		return nil
	}
	var not []string
	r.mapping(n, path, kind.what, []field{{name: "not", required: true, read: func(n *node, path analysis.Path) {
		not = r.wordList(n, path, kind)
	}}})
	if not == nil {
		return nil
	}
	return &policy.Words{Not: not}
}

func (r *reader) wordList(n *node, path analysis.Path, kind wordKind) []string {
	if !r.expect(n, path, list, kind.what) {
		return nil
	}
	if len(n.items) == 0 {
		r.breaks(path)
		r.report(n.at, analysis.NeverMatches, "an empty list matches nothing", "list at least one value, or drop the condition")
		return nil
	}
	all := make([]string, 0, len(n.items))
	seen := map[string]Position{}
	for i, item := range n.items {
		at := path.Item(i)
		r.places[at] = item.at
		if !r.expect(item, at, text, "a value of "+kind.what) || !kind.valid(item, at) {
			continue
		}
		if first, twice := seen[kind.key(item.value)]; twice {
			r.refuse(at, item.at, fmt.Sprintf("%q is listed twice", item.value), "list it once").Also = &first
			continue
		}
		seen[kind.key(item.value)] = item.at
		all = append(all, item.value)
	}
	return all
}

// emptyMapping reports a condition that is {}.
func (r *reader) emptyMapping(n *node, path analysis.Path) bool {
	if n.form != mapping || len(n.entries) > 0 {
		return false
	}
	r.breaks(path)
	r.report(n.at, analysis.NeverMatches, "an empty mapping matches nothing", "state the condition, or drop it")
	return true
}

func same(s string) string    { return s }
func codeKey(s string) string { return policy.CodeOf(s).Key() }

func (r *reader) anyWord(*node, analysis.Path) bool { return true }

func (r *reader) statusWord(n *node, path analysis.Path) bool {
	if dispute.Status(n.value).Known() {
		return true
	}
	var known []string
	for _, s := range dispute.Statuses() {
		known = append(known, string(s))
	}
	hint := "a status is one of " + oneOf(known)
	if near := analysis.Nearest(n.value, known); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	r.refuse(path, n.at, fmt.Sprintf("there is no status %q", n.value), hint)
	return false
}

func (r *reader) currencyWord(n *node, path analysis.Path) bool {
	return r.knownCurrency(n.value, n.at, path)
}

func (r *reader) codeWord(n *node, path analysis.Path) bool {
	if policy.CodeOf(n.value).Known() {
		return true
	}
	r.refuse(path, n.at, fmt.Sprintf("%q has no letter or digit, so it equals no code", n.value), "write the code as the network does, such as \"10.4\"")
	return false
}

func (r *reader) amounts(n *node, path analysis.Path) map[string]policy.Bounds {
	if r.emptyMapping(n, path) || !r.expect(n, path, mapping, "amount") {
		return nil
	}
	all := map[string]policy.Bounds{}
	r.entries(n, path, func(code string, e entry) {
		if !r.knownCurrency(code, e.key.at, path.Key(code)) {
			return
		}
		if b := r.bounds(e.value, path.Key(code), "the bound of "+code, 1); b != nil {
			all[code] = *b
		}
	})
	return all
}

func (r *reader) bounds(n *node, path analysis.Path, what string, least int64) *policy.Bounds {
	if r.emptyMapping(n, path) {
		return nil
	}
	var b policy.Bounds
	r.mapping(n, path, what, []field{
		{name: "at_least", read: func(n *node, path analysis.Path) { b.AtLeast = r.integer(n, path, "at_least", least) }},
		{name: "at_most", read: func(n *node, path analysis.Path) { b.AtMost = r.integer(n, path, "at_most", least) }},
	})
	if b.AtLeast == nil && b.AtMost == nil {
		return nil
	}
	return &b
}

func (r *reader) span(n *node, path analysis.Path, what string, negative bool) *policy.Span {
	if r.emptyMapping(n, path) {
		return nil
	}
	var s policy.Span
	r.mapping(n, path, what, []field{
		{name: "at_least", read: func(n *node, path analysis.Path) { s.AtLeast = r.duration(n, path, "at_least", negative) }},
		{name: "at_most", read: func(n *node, path analysis.Path) { s.AtMost = r.duration(n, path, "at_most", negative) }},
	})
	if s.AtLeast == nil && s.AtMost == nil {
		return nil
	}
	return &s
}

func (r *reader) labels(n *node, path analysis.Path) map[string]policy.Words {
	if r.emptyMapping(n, path) || !r.expect(n, path, mapping, "metadata") {
		return nil
	}
	all := map[string]policy.Words{}
	r.entries(n, path, func(key string, e entry) {
		if w := r.words(e.value, path.Key(key), wordKind{"metadata." + key, r.anyWord, same}); w != nil {
			all[key] = *w
		}
	})
	return all
}
