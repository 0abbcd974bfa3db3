package source

import (
	"encoding/json"
	"fmt"
	"slices"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/policy"
)

func (r *reader) tests(n *node, path analysis.Path) {
	if !r.expect(n, path, list, "tests") {
		return
	}
	r.doc.Tests = make([]policy.Test, len(n.items))
	for i, item := range n.items {
		at, to := path.Item(i), &r.doc.Tests[i]
		r.places[at] = item.at
		r.mapping(item, at, "a test", []field{
			{name: "dispute", required: true, read: func(n *node, path analysis.Path) { r.sample(n, path, &to.Dispute) }},
			{name: "expect", required: true, read: func(n *node, path analysis.Path) { r.expectation(n, path, &to.Expect) }},
		})
	}
}

func (r *reader) expectation(n *node, path analysis.Path, to *policy.Expect) {
	r.mapping(n, path, "expect", []field{
		{name: "then", required: true, read: func(n *node, path analysis.Path) { to.Then = r.action(n, path) }},
		{name: "rule", read: func(n *node, path analysis.Path) {
			if r.expect(n, path, text, "rule") {
				to.Rule = normalName(n.value)
				if to.Rule == "" {
					r.refuse(path, n.at, "a rule's name can't be empty", "name a rule, or leave rule out")
				}
			}
		}},
	})
}

// sample reads a test's dispute: facts by the names of the conditions.
func (r *reader) sample(n *node, path analysis.Path, s *policy.Sample) {
	if !r.expect(n, path, mapping, "dispute") {
		return
	}
	fields := r.facts(s)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	r.entries(n, path, func(key string, e entry) {
		if at := slices.Index(names, key); at >= 0 {
			fields[at].read(e.value, path.Key(key))
			return
		}
		r.breaks(path)
		hint := "a fact is one of " + oneOf(names)
		if near := analysis.Nearest(key, names); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		r.report(e.key.at, analysis.Tests, fmt.Sprintf("there is no fact %q", key), hint)
	})
}

func (r *reader) facts(s *policy.Sample) []field {
	word := func(name string, to **string) field {
		return field{name: name, read: func(n *node, path analysis.Path) {
			if r.expect(n, path, text, name) {
				*to = &n.value
			}
		}}
	}
	count := func(name string, to **int64, least int64) field {
		return field{name: name, read: func(n *node, path analysis.Path) { *to = r.integer(n, path, name, least) }}
	}
	span := func(name string, to **policy.Duration, negative bool) field {
		return field{name: name, read: func(n *node, path analysis.Path) { *to = r.duration(n, path, name, negative) }}
	}
	flag := func(name string, to **bool) field { return field{name: name, read: flags(r, to, name)} }
	return []field{
		word("status", &s.Status),
		{name: "currency", read: func(n *node, path analysis.Path) {
			if r.expect(n, path, text, "currency") && r.knownCurrency(n.value, n.at, path) {
				s.Currency = &n.value
			}
		}},
		word("reason_type", &s.ReasonType),
		word("reason_code", &s.ReasonCode),
		count("amount", &s.Amount, 1),
		span("age", &s.Age, false),
		span("time_left", &s.TimeLeft, true),
		count("submission_count", &s.SubmissionCount, 0),
		flag("has_evidence", &s.HasEvidence),
		flag("past_due", &s.PastDue),
		flag("refunded", &s.Refunded),
		flag("livemode", &s.Livemode),
		{name: "metadata", read: func(n *node, path analysis.Path) { s.Metadata = r.metadata(n, path) }},
	}
}

// metadata reads a sample's metadata: text, or anything whose YAML is its JSON too.
func (r *reader) metadata(n *node, path analysis.Path) map[string]json.RawMessage {
	if !r.expect(n, path, mapping, "metadata") {
		return nil
	}
	all := map[string]json.RawMessage{}
	r.entries(n, path, func(key string, e entry) {
		value, ok := jsonOf(e.value)
		if !ok {
			r.refuse(path.Key(key), e.start(), "a metadata value must be text, or a number, boolean or null as JSON writes it",
				"quote it")
			return
		}
		all[key] = value
	})
	return all
}

func jsonOf(n *node) (json.RawMessage, bool) {
	switch n.form {
	case text:
		quoted, err := json.Marshal(n.value)
		return quoted, err == nil
	case null:
		return json.RawMessage("null"), true
	case number, boolean:
		return json.RawMessage(n.value), json.Valid([]byte(n.value))
	default:
		return nil, false
	}
}
