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

// title is the condition's name in a decision's trace, such as "amount" or "metadata.order".
func (c *condition) title() string {
	if c.kind == isLabel {
		return c.name + "." + c.label
	}
	return c.name
}

// unknowns names the unknown facts behind an Unknown outcome.
func (c *condition) unknowns(f *Facts) []string {
	switch {
	case c.kind == isLabel && f.Metadata == nil:
		return []string{c.name}
	case c.kind != isAmount:
		return []string{c.title()}
	}
	var names []string
	if !f.Amount.IsKnown() {
		names = append(names, "amount")
	}
	if f.Currency == "" {
		names = append(names, "currency")
	}
	return names
}

// seen is the value the condition met as text, empty if unknown.
func (c *condition) seen(f *Facts) string {
	switch c.kind {
	case isWord:
		return f.word(c.name)
	case isCode:
		if code := f.code(c.name); code.Known() {
			return code.text
		}
		return ""
	case isAmount:
		return strings.TrimSpace(numberText(f.Amount) + " " + f.Currency)
	case isSpan:
		return spanText(f.span(c.name))
	case isCount:
		return numberText(f.SubmissionCount)
	case isFlag:
		return flagText(f.flag(c.name))
	case isLabel:
		return labelSeen(f.Metadata, c.label)
	default:
		return spanText(f.TimeLeft)
	}
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
