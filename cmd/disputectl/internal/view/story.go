package view

import (
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Story is all that is known of a case and may be shown. Its JSON is what `show --json` prints.
type Story struct {
	Dispute    string        `json:"dispute"`
	State      closing.State `json:"state"`
	Why        string        `json:"why"`
	Version    int64         `json:"version"`
	Facts      []Fact        `json:"facts"`
	ObservedAt time.Time     `json:"observed_at,omitzero"`
	Decision   *Decision     `json:"decision,omitempty"`
	Override   *Override     `json:"override,omitempty"`
	DueAt      time.Time     `json:"due_at,omitzero"`
	ArmedAt    time.Time     `json:"armed_at,omitzero"`
	PlannedAt  time.Time     `json:"planned_at,omitzero"`
	CloseAt    time.Time     `json:"close_at,omitzero"`
	// Late is set if that is after the deadline.
	Late      bool      `json:"late,omitempty"`
	RetryAt   time.Time `json:"retry_at,omitzero"`
	Claim     Claim     `json:"claim"`
	Held      *Held     `json:"budget_held,omitempty"`
	Told      []string  `json:"person_told,omitempty"`
	LastError string    `json:"last_error,omitempty"`
	// FailedSince is since when every look fails, UnknownSince since when WooshPay does not know the dispute.
	FailedSince  time.Time `json:"looks_fail_since,omitzero"`
	UnknownSince time.Time `json:"unknown_since,omitzero"`
	History      []Line    `json:"history"`
}

// Fact is one fact by the policy file's word for it.
type Fact struct {
	Name string `json:"name"`
	// Value is a number, a truth or a text, and null if it is unknown.
	Value any `json:"value"`
	// Text is the value for a person.
	Text string `json:"-"`
}

// Decision is policy.Decision in words.
type Decision struct {
	Action  policy.Action `json:"action"`
	Summary string        `json:"summary"`
	Rule    string        `json:"rule,omitempty"`
	Guard   string        `json:"guard,omitempty"`
	// GuardReason says more of why the guard stopped the close, where its name does not say it all.
	GuardReason string `json:"guard_reason,omitempty"`
	// RefundsUnavailable means that the policy says refunds: unavailable.
	RefundsUnavailable bool      `json:"refunds_unavailable,omitempty"`
	Operator           string    `json:"operator,omitempty"`
	Shadow             bool      `json:"shadow"`
	Policy             string    `json:"policy"`
	At                 time.Time `json:"at"`
	Doubt              []string  `json:"doubt,omitempty"`
	Tried              []Tried   `json:"tried"`
}

// Tried is one rule that was tried.
type Tried struct {
	Rule       string        `json:"rule"`
	Then       policy.Action `json:"then"`
	Shadow     bool          `json:"shadow,omitempty"`
	Matched    bool          `json:"matched"`
	Conditions []Condition   `json:"conditions"`
}

// Condition is one condition and what it met.
type Condition struct {
	Name    string `json:"name"`
	Want    string `json:"want"`
	Seen    string `json:"seen"`
	Outcome string `json:"outcome"`

	// wanted and seen are Want and Seen for a person, with amounts as money.
	wanted, seen string
}

// Override is an operator's order.
type Override struct {
	Action policy.Action `json:"action"`
	Who    string        `json:"who"`
	Why    string        `json:"why"`
	At     time.Time     `json:"at"`
	// Amount and Currency are what a close concedes, in the currency's minor unit.
	Amount   int64  `json:"amount,omitzero"`
	Currency string `json:"currency,omitzero"`
}

// OverrideOf returns an operator's order as it is shown; nil for none.
func OverrideOf(o *closing.Override) *Override {
	if o == nil {
		return nil
	}
	return &Override{Action: o.Action, Who: o.Who, Why: o.Why, At: o.At, Amount: o.Agreed.Amount, Currency: o.Agreed.Currency}
}

// Word returns the operator's order that is shown; nil for none.
func (o *Override) Word() *closing.Override {
	if o == nil {
		return nil
	}
	agreed := dispute.Money{Amount: o.Amount, Currency: o.Currency}
	return &closing.Override{Action: o.Action, Who: o.Who, Why: o.Why, At: o.At, Agreed: agreed}
}

// Claim is what is known of our own act.
type Claim struct {
	Attempts  int           `json:"attempts"`
	ID        string        `json:"id,omitempty"`
	Until     time.Time     `json:"until,omitzero"`
	PostedAt  time.Time     `json:"posted_at,omitzero"`
	Ambiguous bool          `json:"ambiguous,omitempty"`
	Doubt     bool          `json:"doubt,omitempty"`
	Proof     closing.Proof `json:"proof,omitempty"`
}

// Held is what the case holds of a day's budget, in the currency's minor unit.
type Held struct {
	Day      closing.Day `json:"day"`
	Currency string      `json:"currency"`
	Amount   int64       `json:"amount"`
}

// Line is a line of the history.
type Line struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	What string    `json:"what"`
}

// StoryOf returns a case's story. Values of metadata are in it only if metadata is true.
func StoryOf(c closing.Case, metadata bool) Story {
	s := Story{
		Dispute: string(c.ID), State: c.State, Why: account(c, Moment), Version: c.Version,
		Facts: factsOf(c, metadata), ObservedAt: c.ObservedAt, Decision: decisionOf(c.Decision, metadata),
		DueAt: c.DueAt, ArmedAt: c.ArmedAt, PlannedAt: c.PlannedAt, CloseAt: c.CloseAt, RetryAt: c.RetryAt,
		Claim: Claim{
			Attempts: c.Attempts, ID: c.ClaimID, Until: c.ClaimUntil, PostedAt: c.PostedAt,
			Ambiguous: c.Ambiguous, Doubt: c.Doubt, Proof: c.Proof,
		},
		Override: OverrideOf(c.Override), Told: c.Told, LastError: c.LastError,
		Late: c.Late(), FailedSince: c.FailedSince, UnknownSince: c.UnknownSince,
	}
	if c.Spent != (closing.Spend{}) {
		s.Held = &Held{Day: c.Spent.Day, Currency: c.Spent.Currency, Amount: c.Spent.Amount}
	}
	for _, e := range c.History {
		s.History = append(s.History, Line{At: e.At, Who: e.Who, What: e.What})
	}
	return s
}

func factsOf(c closing.Case, metadata bool) []Fact {
	d := c.Dispute
	facts := []Fact{
		textFact("status", string(d.Status)),
		{amountName, numberOf(d.Amount), Amount(d)},
		textFact("currency", d.Currency),
		instantFact("created", d.Created),
		instantFact("due_by", d.DueBy),
		textFact("reason_type", d.ReasonType),
		textFact("reason_code", d.ReasonCode),
		{"has_evidence", numberOf(d.HasEvidence), maybe(d.HasEvidence)},
		{"past_due", numberOf(d.PastDue), maybe(d.PastDue)},
		{"submission_count", numberOf(d.SubmissionCount), maybe(d.SubmissionCount)},
		{"livemode", numberOf(d.Livemode), maybe(d.Livemode)},
		textFact("charge", d.Charge),
		textFact("payment_intent", d.PaymentIntent),
	}
	for _, key := range slices.Sorted(maps.Keys(d.Metadata)) {
		value := hiddenText
		if metadata {
			value = string(d.Metadata[key])
		}
		facts = append(facts, Fact{metadataPrefix + key, value, value})
	}
	return facts
}

func textFact(name, value string) Fact {
	if value == "" {
		return Fact{name, nil, unknown}
	}
	return Fact{name, value, value}
}

func instantFact(name string, t time.Time) Fact {
	if t.IsZero() {
		return Fact{name, nil, unknown}
	}
	return Fact{name, t.UTC(), Instant(t)}
}

// numberOf is a fact's value as JSON has it: a number or a truth, and nil if it is unknown.
func numberOf[T any](m dispute.Maybe[T]) any {
	if v, known := m.Get(); known {
		return v
	}
	return nil
}

func decisionOf(d *policy.Decision, metadata bool) *Decision {
	if d == nil {
		return nil
	}
	shown := Decision{
		Action: d.Action, Summary: closing.Summary(*d), Rule: d.Rule, Guard: string(d.Guard), Operator: d.Operator,
		Shadow: d.Shadow, Policy: d.Policy, At: d.At, Doubt: d.Doubt,
		GuardReason: d.GuardReason, RefundsUnavailable: d.RefundsUnavailable,
	}
	for _, t := range d.Tried {
		tried := Tried{Rule: t.Rule, Then: t.Then, Shadow: t.Shadow, Matched: t.Matched}
		for _, c := range t.Conditions {
			c = hidden(c, metadata)
			tried.Conditions = append(tried.Conditions, Condition{c.Name, c.Want, orUnknown(c.Seen), c.Outcome.String(), wanted(c), met(c)})
		}
		shown.Tried = append(shown.Tried, tried)
	}
	return &shown
}

const (
	metadataPrefix = "metadata."
	hiddenText     = "(hidden)"
	// absent is what a decision says of a key that metadata does not have.
	absent = "absent"
)

// hidden returns a condition without the value of metadata that it met, unless metadata may be shown.
func hidden(c policy.Check, metadata bool) policy.Check {
	if !metadata && strings.HasPrefix(c.Name, metadataPrefix) && c.Seen != "" && c.Seen != absent {
		c.Seen = hiddenText
	}
	return c
}
