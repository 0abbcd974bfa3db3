// Package dispute decodes what WooshPay sends: disputes, charges and events.
//
// A field that is missing, null or of an unexpected type is unknown rather than an error: parsing is permissive so that
// deciding can be strict. Only the id is required.
package dispute

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ID is WooshPay's id of a dispute: an opaque text, usually "dp_" and letters, sometimes 19 digits.
type ID string

// Errors of Parse and ParseCharge.
var (
	// ErrNoID is returned for an object without a usable id.
	ErrNoID = errors.New("no id")
	// ErrNotDispute is returned by Parse for an object that says that it is something else.
	ErrNotDispute = errors.New("not a dispute")
	// ErrNotCharge is returned by ParseCharge for an object that says that it is something else.
	ErrNotCharge = errors.New("not a charge")
)

// Dispute is a dispute as one answer or event of WooshPay showed it.
type Dispute struct {
	ID ID
	// Amount is in the API's own minor unit of Currency, exactly as sent.
	Amount Maybe[int64]
	// Currency is the ISO 4217 code in lower case; empty if unknown.
	Currency string
	// Created and DueBy are zero if unknown. They are known only between the years 2000 and 2100, and DueBy only if it is not
	// before a known Created.
	Created, DueBy time.Time
	// Charge, PaymentIntent and the reasons are empty if unknown.
	Charge, PaymentIntent string
	// ChargeRefunded is what an expanded charge object says of a refund, read as ParseCharge reads it; unknown if the charge
	// is given by its id. It can stop a close but never permit one: only a fresh read of the charge does.
	ChargeRefunded                            Maybe[bool]
	Status                                    Status
	ReasonType, ReasonCode, ReasonDescription string
	HasEvidence, PastDue, Livemode            Maybe[bool]
	SubmissionCount                           Maybe[int64]
	// Metadata is nil if missing or null; each value is its JSON text.
	Metadata map[string]json.RawMessage

	raw string
}

// Raw returns the object's JSON exactly as WooshPay sent it.
func (d Dispute) Raw() []byte { return []byte(d.raw) }

// Size returns how many bytes Raw has.
func (d Dispute) Size() int { return len(d.raw) }

// SameBytes reports whether WooshPay sent both disputes in the same bytes.
func (d Dispute) SameBytes(other Dispute) bool { return d.raw == other.raw }

// MarshalJSON returns the object as WooshPay sent it.
func (d Dispute) MarshalJSON() ([]byte, error) {
	if d.raw == "" {
		return []byte("null"), nil
	}
	return []byte(d.raw), nil
}

// UnmarshalJSON reads what Parse reads; null is the zero Dispute.
func (d *Dispute) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*d = Dispute{}
		return nil
	}
	parsed, err := Parse(data)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Parse decodes one dispute object. It returns an error if data is not a JSON object, ErrNotDispute if the object says that
// it is something else, and ErrNoID if it has no id.
func Parse(data []byte) (Dispute, error) {
	text := string(data)
	f, err := parseFields(text)
	if err != nil {
		return Dispute{}, fmt.Errorf("decode dispute: %w", err)
	}
	return disputeOf(text, f)
}

// disputeOf reads the dispute of a text from its fields.
func disputeOf(text string, f fields) (Dispute, error) {
	if other := f.otherThan("dispute"); other != "" {
		return Dispute{}, fmt.Errorf("decode dispute: %w: %s", ErrNotDispute, other)
	}
	id := f.id("id")
	if id == "" {
		return Dispute{}, fmt.Errorf("decode dispute: %w", ErrNoID)
	}
	charge, _ := f.object("charge")
	details, hasDetails := f.object("evidence_details")
	metadata, _ := f.object("metadata")
	created := f.instant("created")
	return Dispute{
		ID:                ID(id),
		Amount:            f.integer("amount"),
		Currency:          strings.ToLower(f.text("currency")),
		Created:           created,
		DueBy:             notBefore(created, deadline(details, hasDetails, metadata)),
		Charge:            f.id("charge"),
		PaymentIntent:     f.id("payment_intent"),
		ChargeRefunded:    refunded(charge),
		Status:            Status(f.text("status")),
		ReasonType:        f.text("reason_type"),
		ReasonCode:        f.text("reason_code"),
		ReasonDescription: f.text("reason_description"),
		HasEvidence:       details.boolean("has_evidence"),
		PastDue:           details.boolean("past_due"),
		Livemode:          f.boolean("livemode"),
		SubmissionCount:   details.integer("submission_count"),
		Metadata:          metadata.raw(),
		raw:               text,
	}, nil
}

// deadline returns evidence_details.due_by. Where WooshPay's samples have no evidence_details, the deadline is in
// metadata.work_by_date, as milliseconds in a string.
func deadline(details fields, hasDetails bool, metadata fields) time.Time {
	if hasDetails {
		return details.instant("due_by")
	}
	ms, err := strconv.ParseInt(metadata.text("work_by_date"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return instant(ms)
}

// notBefore returns due, or the zero time if it is before created: one of the two is wrong, and a rule with before_due
// would close at once.
func notBefore(created, due time.Time) time.Time {
	if due.Before(created) {
		return time.Time{}
	}
	return due
}

// Charge is the part of a charge that a decision needs. Its body is not documented by WooshPay; the
// fields are those of Stripe's charge, whose shapes the API copies.
type Charge struct {
	ID string
	// Refunded is true if either field says so: a charge refunded in part counts as refunded. It is unknown if both are
	// missing, or if one of them cannot be read.
	Refunded Maybe[bool]
	// Date is when WooshPay wrote the answer that shows the charge, by its own clock; zero if it did not say.
	Date time.Time
}

// ParseCharge decodes one charge object. It returns an error if data is not a JSON object, ErrNotCharge if the object says
// that it is something else, and ErrNoID if it has no id.
func ParseCharge(data []byte) (Charge, error) {
	f, err := parseFields(string(data))
	if err != nil {
		return Charge{}, fmt.Errorf("decode charge: %w", err)
	}
	if other := f.otherThan("charge"); other != "" {
		return Charge{}, fmt.Errorf("decode charge: %w: %s", ErrNotCharge, other)
	}
	c := Charge{ID: f.id("id"), Refunded: refunded(f)}
	if c.ID == "" {
		return Charge{}, fmt.Errorf("decode charge: %w", ErrNoID)
	}
	return c, nil
}

func refunded(f fields) Maybe[bool] {
	whole, part := f.boolean("refunded"), f.integer("amount_refunded")
	amount, _ := part.Get()
	unreadable := f.has("refunded") && !whole.IsKnown() || f.has("amount_refunded") && !part.IsKnown() || amount < 0
	switch {
	case Is(whole, true) || amount > 0:
		return Known(true)
	case unreadable || !whole.IsKnown() && !part.IsKnown():
		return Maybe[bool]{}
	}
	return Known(false)
}
