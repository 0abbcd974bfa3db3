package dynamo

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// layout is the version of the case item's layout. It grows when older code could no longer read or save what
// this code stores; an attribute that older code may ignore does not need it.
const layout = 1

// ErrNewerLayout means that newer code stored the case in a layout that this code must not touch. Nothing
// happened; it can be done again by the newer code.
var ErrNewerLayout = errors.New("the case was stored by newer code: deploy that version again, or wait until its deployment ends")

// errNoBytes is returned for a dispute that was not parsed from WooshPay's bytes.
var errNoBytes = errors.New("the dispute lacks the bytes that WooshPay sent")

// caseAttributes are the attributes that this code knows of a case, its key apart. A save sets or removes
// each of them and touches no other.
var caseAttributes = []string{
	"schema", "version", "saved_by", "state", "dispute", "dispute_exact", "observed_at", "decision", "override",
	"due_at", "due_shard", "armed_at", "planned_at", "close_at", "retry_at", "claim_id", "claim_until", "closed_from",
	"ambiguous", "attempts", "posted_at", "doubt", "spent", "proof", "last_error", "failed_looks", "failed_since", "unknown_since", "told", "seen", "history",
}

// caseItem returns the attributes of a case, without its key.
func caseItem(c closing.Case) (attributes, error) {
	a := attributes{"schema": numberValue(layout), "version": numberValue(c.Version)}
	putText(a, "state", c.State)
	putInstant(a, "observed_at", c.ObservedAt)
	if c.Decision != nil {
		a["decision"] = &types.AttributeValueMemberM{Value: decisionItem(c.Decision)}
	}
	if c.Override != nil {
		a["override"] = &types.AttributeValueMemberM{Value: overrideItem(c.Override)}
	}
	putAgenda(a, c)
	putAct(a, c)
	putText(a, "last_error", c.LastError)
	putNumber(a, "failed_looks", c.FailedLooks)
	putInstant(a, "failed_since", c.FailedSince)
	putInstant(a, "unknown_since", c.UnknownSince)
	putList(a, "told", c.Told, textValue)
	putList(a, "seen", c.Seen, textValue)
	putList(a, "history", c.History, object(entryItem))
	return a, putDispute(a, c.Dispute)
}

// putAgenda writes when the case wants what. Without due_at it is not in the due index.
func putAgenda(a attributes, c closing.Case) {
	putInstant(a, "due_at", c.DueAt)
	if !c.DueAt.IsZero() {
		putText(a, "due_shard", shardOf(c.ID))
	}
	putInstant(a, "armed_at", c.ArmedAt)
	putInstant(a, "planned_at", c.PlannedAt)
	putInstant(a, "close_at", c.CloseAt)
	putInstant(a, "retry_at", c.RetryAt)
}

// putAct writes what is known of our own act.
func putAct(a attributes, c closing.Case) {
	putText(a, "claim_id", c.ClaimID)
	putInstant(a, "claim_until", c.ClaimUntil)
	putText(a, "closed_from", c.ClosedFrom)
	putFlag(a, "ambiguous", c.Ambiguous)
	putNumber(a, "attempts", c.Attempts)
	putInstant(a, "posted_at", c.PostedAt)
	putFlag(a, "doubt", c.Doubt)
	if c.Spent != (closing.Spend{}) {
		a["spent"] = &types.AttributeValueMemberM{Value: spendItem(c.Spent)}
	}
	putText(a, "proof", c.Proof)
}

func overrideItem(o *closing.Override) attributes {
	a := attributes{}
	putText(a, "action", o.Action)
	putText(a, "who", o.Who)
	putText(a, "why", o.Why)
	putInstant(a, "at", o.At)
	putNumber(a, "amount", o.Agreed.Amount)
	putText(a, "currency", o.Agreed.Currency)
	return a
}

func spendItem(s closing.Spend) attributes {
	a := attributes{}
	putText(a, "day", s.Day)
	putText(a, "currency", s.Currency)
	putNumber(a, "amount", s.Amount)
	return a
}

func entryItem(e closing.Entry) attributes {
	a := attributes{}
	putInstant(a, "at", e.At)
	putText(a, "who", e.Who)
	putText(a, "what", e.What)
	return a
}

// caseOf reads a whole item. With an error, the case has its ID alone for certain.
func caseOf(a attributes) (closing.Case, error) {
	r := &reader{}
	id, ok := IDOf(r.text(a, "pk"))
	if !ok {
		r.malformed("pk", errors.New("it is not the key of a case"))
	}
	if schema := r.number(a, "schema"); schema > layout {
		return closing.Case{ID: id}, newerLayout(schema)
	}
	c := closing.Case{
		ID:           id,
		State:        closing.State(r.text(a, "state")),
		Version:      r.number(a, "version"),
		Dispute:      r.dispute(a),
		ObservedAt:   r.instant(a, "observed_at"),
		DueAt:        r.instant(a, "due_at"),
		ArmedAt:      r.instant(a, "armed_at"),
		PlannedAt:    r.instant(a, "planned_at"),
		CloseAt:      r.instant(a, "close_at"),
		RetryAt:      r.instant(a, "retry_at"),
		ClaimID:      r.text(a, "claim_id"),
		ClaimUntil:   r.instant(a, "claim_until"),
		ClosedFrom:   dispute.Status(r.text(a, "closed_from")),
		Ambiguous:    r.flag(a, "ambiguous"),
		Attempts:     int(r.number(a, "attempts")),
		PostedAt:     r.instant(a, "posted_at"),
		Doubt:        r.flag(a, "doubt"),
		Proof:        closing.Proof(r.text(a, "proof")),
		LastError:    r.text(a, "last_error"),
		FailedLooks:  int(r.number(a, "failed_looks")),
		FailedSince:  r.instant(a, "failed_since"),
		UnknownSince: r.instant(a, "unknown_since"),
		Told:         r.texts(a, "told"),
		Seen:         r.texts(a, "seen"),
		History:      objects(r, a, "history", entryOf),
	}
	if c.Version < 1 {
		r.malformed("version", errors.New("a stored case has one from 1"))
	}
	r.parts(a, &c)
	return c, r.err
}

// parts reads what is a map of its own and may be missing.
func (r *reader) parts(a attributes, c *closing.Case) {
	if decision, ok := r.object(a, "decision"); ok {
		c.Decision = decisionOf(r, decision)
	}
	if override, ok := r.object(a, "override"); ok {
		c.Override = overrideOf(r, override)
	}
	if spent, ok := r.object(a, "spent"); ok {
		c.Spent = spendOf(r, spent)
	}
}

func overrideOf(r *reader, a attributes) *closing.Override {
	return &closing.Override{
		Action: policy.Action(r.text(a, "action")), Who: r.text(a, "who"), Why: r.text(a, "why"), At: r.instant(a, "at"),
		Agreed: dispute.Money{Amount: r.number(a, "amount"), Currency: r.text(a, "currency")},
	}
}

func spendOf(r *reader, a attributes) closing.Spend {
	return closing.Spend{
		Day: closing.Day(r.text(a, "day")), Currency: r.text(a, "currency"), Amount: r.number(a, "amount"),
	}
}

func entryOf(r *reader, a attributes) closing.Entry {
	return closing.Entry{At: r.instant(a, "at"), Who: r.text(a, "who"), What: r.text(a, "what")}
}

func newerLayout(schema int64) error {
	return fault.Mark(fault.Retryable, fmt.Errorf("%w (layout %d, this code knows up to %d)", ErrNewerLayout, schema, layout))
}
