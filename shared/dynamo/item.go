package dynamo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// layout is the version of the case item's layout. It grows when older code could no longer read or save what
// this code stores; an attribute that older code may ignore does not need it.
const layout = 1

// ErrNewerLayout means that newer code stored the case in a layout that this code must not touch. Nothing
// happened; the newer code can do it again.
var ErrNewerLayout = errors.New("the case was stored by newer code: deploy that version again, or wait until its deployment ends")

func newerLayout(schema int64) error {
	return fault.Mark(fault.Retryable, fmt.Errorf("%w (layout %d, this code knows up to %d)", ErrNewerLayout, schema, layout))
}

// caseFields are the layout of a case: each line is an attribute's type and name, and the field that it holds.
var caseFields = fields[closing.Case]{
	number("version", func(c *closing.Case) *int64 { return &c.Version }),
	text("state", func(c *closing.Case) *closing.State { return &c.State }),
	instant("observed_at", func(c *closing.Case) *time.Time { return &c.ObservedAt }),
	pointer("decision", func(c *closing.Case) **policy.Decision { return &c.Decision }, decisionFields),
	pointer("override", func(c *closing.Case) **closing.Override { return &c.Override }, overrideFields),
	instant("due_at", func(c *closing.Case) *time.Time { return &c.DueAt }),
	instant("armed_at", func(c *closing.Case) *time.Time { return &c.ArmedAt }),
	instant("planned_at", func(c *closing.Case) *time.Time { return &c.PlannedAt }),
	instant("close_at", func(c *closing.Case) *time.Time { return &c.CloseAt }),
	instant("retry_at", func(c *closing.Case) *time.Time { return &c.RetryAt }),
	text("claim_id", func(c *closing.Case) *string { return &c.ClaimID }),
	instant("claim_until", func(c *closing.Case) *time.Time { return &c.ClaimUntil }),
	text("closed_from", func(c *closing.Case) *dispute.Status { return &c.ClosedFrom }),
	flag("ambiguous", func(c *closing.Case) *bool { return &c.Ambiguous }),
	number("attempts", func(c *closing.Case) *int { return &c.Attempts }),
	instant("posted_at", func(c *closing.Case) *time.Time { return &c.PostedAt }),
	flag("doubt", func(c *closing.Case) *bool { return &c.Doubt }),
	object("spent", func(c *closing.Case) *closing.Spend { return &c.Spent }, spendFields),
	text("proof", func(c *closing.Case) *closing.Proof { return &c.Proof }),
	instant("ended_at", func(c *closing.Case) *time.Time { return &c.EndedAt }),
	text("last_error", func(c *closing.Case) *string { return &c.LastError }),
	number("failed_looks", func(c *closing.Case) *int { return &c.FailedLooks }),
	instant("failed_since", func(c *closing.Case) *time.Time { return &c.FailedSince }),
	instant("unknown_since", func(c *closing.Case) *time.Time { return &c.UnknownSince }),
	texts("told", func(c *closing.Case) *[]string { return &c.Told }),
	texts("seen", func(c *closing.Case) *[]string { return &c.Seen }),
	objects("history", func(c *closing.Case) *[]closing.Entry { return &c.History }, entryFields),
}

var overrideFields = fields[closing.Override]{
	text("action", func(o *closing.Override) *policy.Action { return &o.Action }),
	text("who", func(o *closing.Override) *string { return &o.Who }),
	text("why", func(o *closing.Override) *string { return &o.Why }),
	instant("at", func(o *closing.Override) *time.Time { return &o.At }),
	number("amount", func(o *closing.Override) *int64 { return &o.Agreed.Amount }),
	text("currency", func(o *closing.Override) *string { return &o.Agreed.Currency }),
}

var spendFields = fields[closing.Spend]{
	text("day", func(s *closing.Spend) *closing.Day { return &s.Day }),
	text("currency", func(s *closing.Spend) *string { return &s.Currency }),
	number("amount", func(s *closing.Spend) *int64 { return &s.Amount }),
}

var entryFields = fields[closing.Entry]{
	instant("at", func(e *closing.Entry) *time.Time { return &e.At }),
	text("who", func(e *closing.Entry) *string { return &e.Who }),
	text("what", func(e *closing.Entry) *string { return &e.What }),
	flag("act", func(e *closing.Entry) *bool { return &e.Act }),
}

var decisionFields = fields[policy.Decision]{
	text("action", func(d *policy.Decision) *policy.Action { return &d.Action }),
	text("rule", func(d *policy.Decision) *string { return &d.Rule }),
	flag("shadow", func(d *policy.Decision) *bool { return &d.Shadow }),
	text("policy", func(d *policy.Decision) *string { return &d.Policy }),
	instant("at", func(d *policy.Decision) *time.Time { return &d.At }),
	duration("after", func(d *policy.Decision) *dispute.Maybe[time.Duration] { return &d.Clock.After }),
	duration("before_due", func(d *policy.Decision) *dispute.Maybe[time.Duration] { return &d.Clock.BeforeDue }),
	text("guard", func(d *policy.Decision) *policy.Guard { return &d.Guard }),
	text("guard_reason", func(d *policy.Decision) *string { return &d.GuardReason }),
	flag("refunds_unavailable", func(d *policy.Decision) *bool { return &d.RefundsUnavailable }),
	texts("doubt", func(d *policy.Decision) *[]string { return &d.Doubt }),
	text("operator", func(d *policy.Decision) *string { return &d.Operator }),
	objects("tried", func(d *policy.Decision) *[]policy.Tried { return &d.Tried }, triedFields),
}

var triedFields = fields[policy.Tried]{
	text("rule", func(t *policy.Tried) *string { return &t.Rule }),
	text("then", func(t *policy.Tried) *policy.Action { return &t.Then }),
	flag("shadow", func(t *policy.Tried) *bool { return &t.Shadow }),
	flag("matched", func(t *policy.Tried) *bool { return &t.Matched }),
	objects("conditions", func(t *policy.Tried) *[]policy.Check { return &t.Conditions }, conditionFields),
}

var conditionFields = fields[policy.Check]{
	text("name", func(c *policy.Check) *string { return &c.Name }),
	text("want", func(c *policy.Check) *string { return &c.Want }),
	text("seen", func(c *policy.Check) *string { return &c.Seen }),
	word("outcome", func(c *policy.Check) *policy.Truth { return &c.Outcome }, policy.Yes, policy.No, policy.Unknown),
}

// caseKnown is all that this code knows of a case, its key apart.
var caseKnown = known(append(caseFields.names(), "schema", "saved_by", "due_shard", "journal_day", "journal_at", "summary", "dispute", "dispute_exact"))

var (
	// unread are attributes that are only written: the write's token, and what is for the index and for people's queries.
	// The map dispute is half of an item.
	unread = []string{"saved_by", "summary", "dispute"}
	// caseRead is what is read of a case.
	caseRead = projectionOf(append(slices.DeleteFunc(slices.Clone(caseKnown), func(name string) bool { return slices.Contains(unread, name) }), "pk"))
)

// caseItem returns the attributes of a case, without its key and the token of its write. Without due_at and due_shard it
// is not in the due index, without journal_day and journal_at not in the journal. What was loaded, if anything, saves
// packing the same dispute again.
func caseItem(c closing.Case, was load) (attributes, error) {
	a := make(attributes, len(caseKnown))
	if history := was.historyOf(c.History); history != nil {
		a["history"] = history
	}
	caseFields.putInto(a, &c)
	a["schema"] = numberValue(layout)
	if !c.DueAt.IsZero() {
		a["due_shard"] = textValue(shardOf(c.ID))
	}
	if line, ended := c.Line(); ended {
		maps.Copy(a, lineItem(line))
	}
	return a, putDispute(a, c.Dispute, was)
}

// caseOf reads a whole item. With an error, only the ID of the case is certain.
func caseOf(a attributes) (closing.Case, error) {
	id, err := caseID(a)
	if err != nil {
		return closing.Case{}, malformed(err)
	}
	c := closing.Case{ID: id}
	schema, err := schemaOf(a)
	if err != nil {
		return c, malformed(err)
	}
	if schema > layout {
		return c, newerLayout(schema)
	}
	if err := caseFields.read(a, &c); err != nil {
		return c, malformed(err)
	}
	if c.Version < 1 {
		return c, malformed(fmt.Errorf("version: it is %d, and a stored case has one from 1", c.Version))
	}
	c.Dispute, err = storedDispute(a)
	return c, malformed(err)
}

func caseID(a attributes) (dispute.ID, error) {
	key, err := asText[string](a["pk"])
	if err != nil {
		return "", fmt.Errorf("pk: %w", err)
	}
	id, ok := IDOf(key)
	if !ok {
		return "", fmt.Errorf("pk: %.100q is not the key of a case", key)
	}
	return id, nil
}

// schemaOf returns the layout in which an item was stored; 0 if it does not say.
func schemaOf(a attributes) (int64, error) {
	stored, ok := a["schema"]
	if !ok {
		return 0, nil
	}
	schema, err := asNumber[int64](stored)
	if err != nil {
		return 0, fmt.Errorf("schema: %w", err)
	}
	return schema, nil
}
