package policy

import (
	"encoding/json"
	"slices"
)

// kind says how a condition is tried.
type kind uint8

const (
	isWord kind = iota
	isCode
	isAmount
	isSpan
	isCount
	isFlag
	isLabel
	isDue
)

// condition is one condition of a rule, ready to be tried without allocating.
type condition struct {
	kind kind
	// name is the policy file's word for the fact; label is the metadata key of an isLabel condition.
	name, label string
	want        string
	words       []string
	negate      bool
	flag        bool
	bounds      interval
	amounts     []amountBound
}

// interval is inclusive; what is not bounded reaches to the end of int64.
type interval struct{ low, high int64 }

func (i interval) holds(n int64) Truth { return truth(i.low <= n && n <= i.high) }

type amountBound struct {
	currency string
	interval
}

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// try returns what comes of the condition on f.
func (c *condition) try(f *Facts) Truth {
	switch c.kind {
	case isWord:
		return c.member(f.word(c.name))
	case isCode:
		return c.member(f.code(c.name).key)
	case isAmount:
		return c.tryAmount(f)
	case isSpan:
		n, known := f.span(c.name).Get()
		return known3(known, c.bounds.holds(int64(n)))
	case isCount:
		n, known := f.SubmissionCount.Get()
		return known3(known, c.bounds.holds(n))
	case isFlag:
		b, known := f.flag(c.name).Get()
		return known3(known, truth(b == c.flag))
	case isLabel:
		return c.tryLabel(f.Metadata)
	default:
		return known3(f.DueKnown, Yes)
	}
}

func known3(known bool, outcome Truth) Truth {
	if !known {
		return Unknown
	}
	return outcome
}

func (c *condition) member(value string) Truth {
	if value == "" {
		return Unknown
	}
	return truth(slices.Contains(c.words, value) != c.negate)
}

func (c *condition) tryAmount(f *Facts) Truth {
	if f.Currency == "" {
		return Unknown
	}
	for i := range c.amounts {
		if c.amounts[i].currency == f.Currency {
			n, known := f.Amount.Get()
			return known3(known, c.amounts[i].holds(n))
		}
	}
	return No
}

func (c *condition) tryLabel(metadata map[string]json.RawMessage) Truth {
	if metadata == nil {
		return Unknown
	}
	value, present := metadata[c.label]
	if !present {
		return truth(c.negate)
	}
	if isNull(value) {
		return Unknown
	}
	for _, w := range c.words {
		if labelIs(value, w) {
			return truth(!c.negate)
		}
	}
	return truth(c.negate)
}

func isNull(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// labelIs tells whether a metadata value is a word: a text by its characters, anything else by its JSON text.
func labelIs(value json.RawMessage, word string) bool {
	if value[0] != '"' {
		return string(value) == word
	}
	if !slices.Contains(value, '\\') {
		return len(value) > 1 && string(value[1:len(value)-1]) == word
	}
	return labelText(value) == word
}

func labelText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return text
}
