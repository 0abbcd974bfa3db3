package dispute

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotEvent is returned for JSON that is not a WooshPay event with an id and a type.
var ErrNotEvent = errors.New("not a WooshPay event")

const disputeEvents = "charge.dispute."

// Event is a webhook's body: news about one object.
type Event struct {
	ID   string
	Type string
	// Created is zero if unknown.
	Created  time.Time
	Livemode Maybe[bool]

	// object is the JSON text of what the event is about; empty if it has none.
	object string
}

// ParseEvent decodes a webhook's body. With an error, the event has what could be read of its id and type.
func ParseEvent(body []byte) (Event, error) {
	f, err := parseFields(string(body))
	if err != nil {
		return Event{}, fmt.Errorf("decode event: %w: %w", ErrNotEvent, err)
	}
	e := Event{ID: f.id("id"), Type: f.text("type"), Created: f.instant("created"), Livemode: f.boolean("livemode")}
	if other := f.otherThan("event"); other != "" {
		return e, fmt.Errorf("decode event: %w: %s", ErrNotEvent, other)
	}
	if e.ID == "" || e.Type == "" {
		return e, fmt.Errorf("decode event: %w: id or type is missing", ErrNotEvent)
	}
	data, _ := f.object("data")
	e.object = data["object"]
	return e, nil
}

// AboutDispute reports whether the event is about a dispute. Every type that begins with "charge.dispute." counts.
func (e Event) AboutDispute() bool { return strings.HasPrefix(e.Type, disputeEvents) }

// Dispute decodes the event's object. It returns ErrNotEvent if the event has no object or the object cannot be read, and
// ErrNotDispute with it if the object says that it is something else.
func (e Event) Dispute() (Dispute, error) {
	if !e.AboutDispute() {
		return Dispute{}, fmt.Errorf("event %.64q of type %.64q: %w about a dispute", e.ID, e.Type, ErrNotEvent)
	}
	f, ok := fields{"object": e.object}.object("object")
	if !ok {
		return Dispute{}, fmt.Errorf("event %.64q: %w: decode dispute: %w", e.ID, ErrNotEvent, errNotObject)
	}
	d, err := disputeOf(e.object, f)
	if err != nil {
		return Dispute{}, fmt.Errorf("event %.64q: %w: %w", e.ID, ErrNotEvent, err)
	}
	return d, nil
}
