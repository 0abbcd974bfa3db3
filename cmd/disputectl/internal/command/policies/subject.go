package policies

import (
	"encoding/json"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// caseOf reads a dispute, an event about one (as a body or inside an API Gateway event), or an exported case.
func caseOf(name string, text []byte) (closing.Case, error) {
	var shape struct {
		RequestContext json.RawMessage `json:"requestContext"`
		Override       *view.Override  `json:"override"`
	}
	_ = json.Unmarshal(text, &shape) // Whatever has other types is read as a dispute, whose error says more.
	if shape.RequestContext != nil {
		event, err := input.ReadEvent(name, text)
		if err != nil {
			return closing.Case{}, err
		}
		text = event.Body
	}
	d, state, err := history.Decode(text)
	if err != nil {
		const next = "name a file with a dispute, a webhook's event, or a case of `disputectl export`"
		return closing.Case{}, cli.Fail(cli.Misused, next, "%s holds no dispute: %w", name, err)
	}
	c := closing.Case{ID: d.ID, Dispute: d, State: closing.State(state)}
	if state != "" {
		c.Override = shape.Override.Word()
	}
	return c, nil
}
