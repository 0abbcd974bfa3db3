package policy

import (
	"encoding/json"
	"slices"

	"disputecloser/shared/dispute"
)

// kind is what a condition asks about.
type kind uint8

const (
	ofStatus kind = iota
	ofCurrency
	ofReasonType
	ofReasonCode
	ofAmount
	ofAge
	ofTimeLeft
	ofSubmissionCount
	ofHasEvidence
	ofPastDue
	ofRefunded
	ofLivemode
	ofMetadata
	ofDueBy
)

// names are the policy file's words for the kinds.
var names = [...]string{
	ofStatus: "status", ofCurrency: "currency", ofReasonType: "reason_type", ofReasonCode: "reason_code", ofAmount: "amount",
	ofAge: "age", ofTimeLeft: "time_left", ofSubmissionCount: "submission_count", ofHasEvidence: "has_evidence",
	ofPastDue: "past_due", ofRefunded: "refunded", ofLivemode: "livemode", ofMetadata: "metadata", ofDueBy: "due_by",
}

// predicate is a compiled condition of a rule, which is tried without allocating.
type predicate struct {
	kind kind
	// negate is for words: the fact must be none of them. Flag is the value that a boolean must have.
	negate, flag bool
	bounds       interval
	words        []string
	amounts      []amountBound
	// label is the key of a metadata condition, want the condition as the policy file states it.
	label, want string
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
func (c *predicate) try(f *Facts) Truth {
	switch c.kind {
	case ofStatus:
		return c.member(f.Status)
	case ofCurrency:
		return c.member(f.Currency)
	case ofReasonType:
		return c.member(f.ReasonType.key)
	case ofReasonCode:
		return c.member(f.ReasonCode.key)
	case ofAmount:
		return c.tryAmount(f)
	case ofAge:
		return within(c.bounds, f.Age)
	case ofTimeLeft:
		return within(c.bounds, f.TimeLeft)
	case ofSubmissionCount:
		return within(c.bounds, f.SubmissionCount)
	case ofHasEvidence:
		return c.equals(f.HasEvidence)
	case ofPastDue:
		return c.equals(f.PastDue)
	case ofRefunded:
		return c.equals(f.Refunded)
	case ofLivemode:
		return c.equals(f.Livemode)
	case ofMetadata:
		return c.tryLabel(f.Metadata)
	default:
		return known3(f.DueKnown, Yes)
	}
}

func within[T ~int64](bounds interval, fact dispute.Maybe[T]) Truth {
	n, known := fact.Get()
	return known3(known, bounds.holds(int64(n)))
}

func (c *predicate) equals(fact dispute.Maybe[bool]) Truth {
	b, known := fact.Get()
	return known3(known, truth(b == c.flag))
}

func known3(known bool, outcome Truth) Truth {
	if !known {
		return Unknown
	}
	return outcome
}

func (c *predicate) member(value string) Truth {
	if value == "" {
		return Unknown
	}
	return truth(slices.Contains(c.words, value) != c.negate)
}

func (c *predicate) tryAmount(f *Facts) Truth {
	if f.Currency == "" {
		return Unknown
	}
	for i := range c.amounts {
		if c.amounts[i].currency == f.Currency {
			return within(c.amounts[i].interval, f.Amount)
		}
	}
	return No
}

func (c *predicate) tryLabel(metadata map[string]json.RawMessage) Truth {
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

// labelIs reports whether a metadata value equals a word. A text is compared by its characters, anything else by its JSON.
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
