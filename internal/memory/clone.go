package memory

import (
	"bytes"
	"encoding/json"
	"slices"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// clone copies a case so that no change to the one can be seen in the other.
func clone(c closing.Case) closing.Case {
	c.Dispute.Metadata = cloneMetadata(c.Dispute.Metadata)
	c.Decision = cloneDecision(c.Decision)
	if c.Override != nil {
		override := *c.Override
		c.Override = &override
	}
	c.Told = slices.Clone(c.Told)
	c.Seen = slices.Clone(c.Seen)
	c.History = slices.Clone(c.History)
	return c
}

func cloneMetadata(m map[string]json.RawMessage) map[string]json.RawMessage {
	if m == nil {
		return nil
	}
	own := make(map[string]json.RawMessage, len(m))
	for name, value := range m {
		own[name] = bytes.Clone(value)
	}
	return own
}

func cloneDecision(d *policy.Decision) *policy.Decision {
	if d == nil {
		return nil
	}
	own := *d
	own.Doubt = slices.Clone(d.Doubt)
	own.Tried = slices.Clone(d.Tried)
	for i := range own.Tried {
		own.Tried[i].Conditions = slices.Clone(own.Tried[i].Conditions)
	}
	return &own
}
