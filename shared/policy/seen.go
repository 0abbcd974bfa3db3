package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"disputecloser/shared/dispute"
)

// title returns the condition's name in a decision's trace, such as "amount" or "metadata.order".
func (c *predicate) title() string {
	if c.kind == ofMetadata {
		return names[c.kind] + "." + c.label
	}
	return names[c.kind]
}

// unknowns returns the names of the unknown facts behind an Unknown outcome.
func (c *predicate) unknowns(f *Facts) []string {
	switch {
	case c.kind == ofMetadata && f.Metadata == nil:
		return []string{names[ofMetadata]}
	case c.kind != ofAmount:
		return []string{c.title()}
	}
	var unknown []string
	if !f.Amount.IsKnown() {
		unknown = append(unknown, names[ofAmount])
	}
	if f.Currency == "" {
		unknown = append(unknown, names[ofCurrency])
	}
	return unknown
}

// seen returns the value that the condition was tried on as text; empty if unknown.
func (c *predicate) seen(f *Facts) string {
	switch c.kind {
	case ofStatus:
		return f.Status
	case ofCurrency:
		return f.Currency
	case ofReasonType:
		return codeText(f.ReasonType)
	case ofReasonCode:
		return codeText(f.ReasonCode)
	case ofAmount:
		return strings.TrimSpace(numberText(f.Amount) + " " + f.Currency)
	case ofAge:
		return spanText(f.Age)
	case ofTimeLeft, ofDueBy:
		return spanText(f.TimeLeft)
	case ofSubmissionCount:
		return numberText(f.SubmissionCount)
	case ofHasEvidence:
		return flagText(f.HasEvidence)
	case ofPastDue:
		return flagText(f.PastDue)
	case ofRefunded:
		return flagText(f.Refunded)
	case ofLivemode:
		return flagText(f.Livemode)
	default:
		return labelSeen(f.Metadata, c.label)
	}
}

func codeText(c Code) string {
	if !c.Known() {
		return ""
	}
	return c.text
}

func numberText(n dispute.Maybe[int64]) string {
	if v, known := n.Get(); known {
		return strconv.FormatInt(v, 10)
	}
	return ""
}

func flagText(b dispute.Maybe[bool]) string {
	if v, known := b.Get(); known {
		return strconv.FormatBool(v)
	}
	return ""
}

func spanText(d dispute.Maybe[time.Duration]) string {
	if v, known := d.Get(); known {
		return Duration(v).String()
	}
	return ""
}

func labelSeen(metadata map[string]json.RawMessage, key string) string {
	value, present := metadata[key]
	switch {
	case metadata == nil || present && isNull(value):
		return ""
	case !present:
		return "absent"
	default:
		return labelText(value)
	}
}

// String returns the list as the policy file states it.
func (w Words) String() string {
	if len(w.Not) > 0 {
		return "{not: " + listText(w.Not) + "}"
	}
	return listText(w.In)
}

func listText(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz_") != "" || w == "" {
			quoted[i] = strconv.Quote(w)
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// String returns the bounds as the policy file states them.
func (b Bounds) String() string { return boundsText(b.AtLeast, b.AtMost) }

// String returns the bounds as the policy file states them.
func (s Span) String() string { return boundsText(s.AtLeast, s.AtMost) }

func boundsText[T any](least, most *T) string {
	var parts []string
	if least != nil {
		parts = append(parts, fmt.Sprintf("at_least: %v", *least))
	}
	if most != nil {
		parts = append(parts, fmt.Sprintf("at_most: %v", *most))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func amountText(amounts map[string]Bounds) string {
	parts := make([]string, 0, len(amounts))
	for _, currency := range slices.Sorted(maps.Keys(amounts)) {
		parts = append(parts, currency+": "+amounts[currency].String())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
