package main

import (
	"encoding/json"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// caseOf reads a dispute, the event about one, with or without API Gateway around it, or an exported case.
func (a *app) caseOf(name string, text []byte) (closing.Case, error) {
	const next = "name a file with a dispute, a webhook's event, or a case of `disputectl export`"
	unread := func(err error) error { return fail(misused, next, "%s holds no dispute: %w", name, err) }
	var shape struct {
		RequestContext json.RawMessage `json:"requestContext"`
		Type           string          `json:"type"`
		Data           struct {
			Object json.RawMessage `json:"object"`
		} `json:"data"`
		State    closing.State   `json:"state"`
		Dispute  json.RawMessage `json:"dispute"`
		Override *view.Override  `json:"override"`
	}
	_ = json.Unmarshal(text, &shape) // Whatever has other types is read as a dispute, whose error says more.
	switch {
	case shape.RequestContext != nil:
		event, err := a.eventOf(name, text)
		if err != nil {
			return closing.Case{}, err
		}
		return a.caseOf(name, event.body)
	case shape.Data.Object != nil:
		d, err := eventDispute(text)
		if err != nil {
			return closing.Case{}, unread(err)
		}
		return closing.Case{ID: d.ID, Dispute: d}, nil
	case shape.State != "" && shape.Dispute != nil:
		d, err := dispute.Parse(shape.Dispute)
		if err != nil {
			return closing.Case{}, unread(err)
		}
		return exported(d, shape.State, shape.Override), nil
	}
	d, err := dispute.Parse(text)
	if err != nil {
		return closing.Case{}, unread(err)
	}
	return closing.Case{ID: d.ID, Dispute: d}, nil
}

func eventDispute(text []byte) (dispute.Dispute, error) {
	e, err := dispute.ParseEvent(text)
	if err != nil {
		return dispute.Dispute{}, err
	}
	return e.Dispute()
}

// exported returns a case as far as an export tells what matters to a decision.
func exported(d dispute.Dispute, state closing.State, o *view.Override) closing.Case {
	return closing.Case{ID: d.ID, Dispute: d, State: state, Override: o.Word()}
}
