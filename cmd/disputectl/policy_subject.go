package main

import (
	"encoding/json"

	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// caseOf reads a dispute, the event about one, with or without API Gateway around it, or an exported case.
func (a *app) caseOf(name string, text []byte) (closing.Case, error) {
	var shape struct {
		RequestContext json.RawMessage `json:"requestContext"`
		Override       *view.Override  `json:"override"`
	}
	_ = json.Unmarshal(text, &shape) // Whatever has other types is read as a dispute, whose error says more.
	if shape.RequestContext != nil {
		event, err := a.eventOf(name, text)
		if err != nil {
			return closing.Case{}, err
		}
		text = event.body
	}
	d, state, err := history.Decode(text)
	if err != nil {
		const next = "name a file with a dispute, a webhook's event, or a case of `disputectl export`"
		return closing.Case{}, fail(misused, next, "%s holds no dispute: %w", name, err)
	}
	c := closing.Case{ID: d.ID, Dispute: d, State: closing.State(state)}
	if state != "" {
		c.Override = shape.Override.Word()
	}
	return c, nil
}
