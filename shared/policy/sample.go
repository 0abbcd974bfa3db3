package policy

import (
	"encoding/json"
	"strings"
	"time"

	"disputecloser/shared/dispute"
)

// Sample is a dispute of a policy's tests: facts by the names of the conditions. What is nil is unknown.
type Sample struct {
	Status          *string                    `json:"status,omitempty"`
	Currency        *string                    `json:"currency,omitempty"`
	ReasonType      *string                    `json:"reason_type,omitempty"`
	ReasonCode      *string                    `json:"reason_code,omitempty"`
	Amount          *int64                     `json:"amount,omitempty"`
	Age             *Duration                  `json:"age,omitempty"`
	TimeLeft        *Duration                  `json:"time_left,omitempty"`
	SubmissionCount *int64                     `json:"submission_count,omitempty"`
	HasEvidence     *bool                      `json:"has_evidence,omitempty"`
	PastDue         *bool                      `json:"past_due,omitempty"`
	Refunded        *bool                      `json:"refunded,omitempty"`
	Livemode        *bool                      `json:"livemode,omitempty"`
	Metadata        map[string]json.RawMessage `json:"metadata,omitzero"`
}

// Facts returns the sample's facts. Its due_by counts as known, so that a rule with `before_due` can match.
func (s Sample) Facts() Facts {
	return Facts{
		Status:          word(s.Status),
		Currency:        strings.ToLower(word(s.Currency)),
		ReasonType:      CodeOf(word(s.ReasonType)),
		ReasonCode:      CodeOf(word(s.ReasonCode)),
		Amount:          maybe(s.Amount),
		Age:             span(s.Age),
		TimeLeft:        span(s.TimeLeft),
		SubmissionCount: maybe(s.SubmissionCount),
		HasEvidence:     maybe(s.HasEvidence),
		PastDue:         maybe(s.PastDue),
		Refunded:        maybe(s.Refunded),
		Livemode:        maybe(s.Livemode),
		Metadata:        s.Metadata,
		DueKnown:        true,
	}
}

func word(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func maybe[T any](p *T) dispute.Maybe[T] {
	if p == nil {
		return dispute.Maybe[T]{}
	}
	return dispute.Known(*p)
}

func span(p *Duration) dispute.Maybe[time.Duration] {
	if p == nil {
		return dispute.Maybe[time.Duration]{}
	}
	return dispute.Known(time.Duration(*p))
}
