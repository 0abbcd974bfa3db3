// Package naive decides as the policy file's documentation says, without regard to speed. Tests compare the real decision
// and the analyses with it; nothing else imports it.
package naive

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Case is a dispute: a sample's facts, and whether its due_by is known.
type Case struct {
	policy.Sample
	DueKnown bool
}

// Decide returns the action and the name of the first live rule that matches; keep and no name if no rule matches.
func Decide(d *policy.Document, c Case) (policy.Action, string) {
	for i := range d.Rules {
		if !d.Rules[i].Shadow && Matches(&d.Rules[i], c) {
			return d.Rules[i].Then, d.Rules[i].Name
		}
	}
	return policy.Keep, ""
}

// Matches reports whether a rule matches: a close rule if all is surely true, any other unless something is surely false.
func Matches(r *policy.Rule, c Case) bool {
	_, matches := Try(r, c)
	return matches
}

// Surely reports whether all of a rule's conditions are surely true.
func Surely(r *policy.Rule, c Case) bool {
	surely, _ := Try(r, c)
	return surely
}

// Try returns what Surely and Matches return.
func Try(r *policy.Rule, c Case) (surely, matches bool) {
	surely, matches = true, true
	eachOutcome(r, &c, func(o string) {
		surely = surely && o == "yes"
		matches = matches && o != "no"
	})
	if r.Then == policy.Close {
		matches = surely
	}
	return surely, matches
}

// InDomain reports whether the rule applies to the dispute: keep and review rules do not apply to disputes that ended.
func InDomain(r *policy.Rule, c Case) bool {
	ended := []string{"won", "lost", "warning_closed", "charge_refunded", "early_dispute_resolved"}
	return r.Then == policy.Close || c.Status == nil || !slices.Contains(ended, *c.Status)
}

func eachOutcome(r *policy.Rule, c *Case, do func(string)) {
	w := &r.If
	word := func(words *policy.Words, fact *string, form func(string) string) {
		if words != nil {
			do(list(words, fact, form))
		}
	}
	word(w.Status, c.Status, plain)
	word(w.Currency, c.Currency, plain)
	word(w.ReasonType, c.ReasonType, normal)
	word(w.ReasonCode, c.ReasonCode, normal)
	if w.Amount != nil {
		do(amount(w.Amount, c))
	}
	if w.Age != nil {
		do(span(w.Age, c.Age))
	}
	if w.TimeLeft != nil {
		do(span(w.TimeLeft, c.TimeLeft))
	}
	if w.SubmissionCount != nil {
		do(count(w.SubmissionCount, c.SubmissionCount))
	}
	for _, pair := range [][2]*bool{{w.HasEvidence, c.HasEvidence}, {w.PastDue, c.PastDue}, {w.Refunded, c.Refunded}, {w.Livemode, c.Livemode}} {
		if pair[0] != nil {
			do(flag(pair[0], pair[1]))
		}
	}
	for key, words := range w.Metadata {
		do(label(words, key, c.Metadata))
	}
	if r.BeforeDue != nil && !c.DueKnown {
		do("unknown")
	}
}

func plain(s string) string { return s }

func normal(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.Nd) {
			return r
		}
		return -1
	}, s))
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func list(w *policy.Words, fact *string, form func(string) string) string {
	if w == nil || fact == nil || form(*fact) == "" {
		return "unknown"
	}
	among := func(words []string) bool {
		for _, word := range words {
			if form(word) == form(*fact) {
				return true
			}
		}
		return false
	}
	if w.Not != nil {
		return yesOrNo(!among(w.Not))
	}
	return yesOrNo(among(w.In))
}

func amount(bounds map[string]policy.Bounds, c *Case) string {
	if c.Currency == nil {
		return "unknown"
	}
	b, listed := bounds[*c.Currency]
	if !listed {
		return "no"
	}
	return count(&b, c.Amount)
}

func count(b *policy.Bounds, fact *int64) string {
	if b == nil || fact == nil {
		return "unknown"
	}
	low := b.AtLeast == nil || *b.AtLeast <= *fact
	high := b.AtMost == nil || *fact <= *b.AtMost
	return yesOrNo(low && high)
}

func span(s *policy.Span, fact *policy.Duration) string {
	if s == nil || fact == nil {
		return "unknown"
	}
	return count(&policy.Bounds{AtLeast: (*int64)(s.AtLeast), AtMost: (*int64)(s.AtMost)}, (*int64)(fact))
}

func flag(want, fact *bool) string {
	if want == nil || fact == nil {
		return "unknown"
	}
	return yesOrNo(*want == *fact)
}

func label(w policy.Words, key string, metadata map[string]json.RawMessage) string {
	if metadata == nil {
		return "unknown"
	}
	raw, present := metadata[key]
	if !present {
		return yesOrNo(w.Not != nil)
	}
	if string(raw) == "null" {
		return "unknown"
	}
	text := string(raw)
	_ = json.Unmarshal(raw, &text)
	if text == "" {
		return yesOrNo(slices.Contains(w.In, "") || w.Not != nil && !slices.Contains(w.Not, ""))
	}
	return list(&w, &text, plain)
}

// Closable reports whether a dispute in a status may be closed.
func Closable(status string) bool { return dispute.Status(status).Class() == dispute.Closable }
