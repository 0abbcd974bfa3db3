package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Decode reads what a file of past disputes holds: a dispute, the dispute in an event about one, or the dispute in an exported
// case, with the case's state. It returns dispute's errors; dispute.ErrNotDispute means that the object is something else.
func Decode(text []byte) (d dispute.Dispute, state string, err error) {
	if inside, state := exported(text); state != "" {
		d, err = dispute.Parse(inside)
		return d, state, err
	}
	d, err = dispute.Parse(text)
	if !errors.Is(err, dispute.ErrNotDispute) {
		return d, "", err
	}
	event, noEvent := dispute.ParseEvent(text)
	if noEvent != nil {
		return d, "", err
	}
	d, err = event.Dispute()
	return d, "", err
}

// exported returns the dispute in an exported case and the case's state, which is empty if text is not one.
func exported(text []byte) (inside json.RawMessage, state string) {
	if !bytes.Contains(text, []byte(`"state"`)) { // Nearly every dispute is spared a second reading.
		return nil, ""
	}
	var c map[string]json.RawMessage
	if json.Unmarshal(text, &c) != nil || json.Unmarshal(c["state"], &state) != nil || !bytes.HasPrefix(c["dispute"], []byte("{")) {
		return nil, ""
	}
	return c["dispute"], state
}

// recordOf returns the record that a text holds, without its place.
func recordOf(text []byte) (Record, error) {
	d, state, err := Decode(text)
	if err != nil {
		return Record{}, err
	}
	refunded := dispute.Maybe[bool]{}
	if dispute.Is(d.ChargeRefunded, true) { // It can stop a close; "not refunded" permits none.
		refunded = d.ChargeRefunded
	}
	facts := policy.FactsOf(d, refunded, time.Time{})
	facts.Age, facts.TimeLeft, facts.DueKnown = dispute.Maybe[time.Duration]{}, dispute.Maybe[time.Duration]{}, false
	return Record{ID: d.ID, Facts: facts, NamesCharge: d.Charge != "", CreatedMs: ms(d.Created), DueMs: ms(d.DueBy), State: state}, nil
}

// ms returns milliseconds since the Unix epoch, 0 for an unknown instant.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
