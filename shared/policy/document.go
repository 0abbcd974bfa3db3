package policy

// Schema is the version of the compiled form that this code writes and the only one it loads.
const Schema = 1

// Mode says whether a policy's closes are carried out.
type Mode string

// The modes.
const (
	// Shadow means that the rules decide and record, and close nothing. A close that a person orders is carried out.
	Shadow Mode = "shadow"
	// Live carries closes out.
	Live Mode = "live"
)

// Refunds says what a policy needs to know of a dispute's charge. The zero Refunds is RefundsRequired.
type Refunds string

// The values of Refunds.
const (
	// RefundsRequired closes nothing unless a fresh read of the charge says that it was not refunded.
	RefundsRequired Refunds = "required"
	// RefundsUnavailable is for accounts where WooshPay does not say: an unknown refund stops nothing, a known one does.
	RefundsUnavailable Refunds = "unavailable"
)

// The environments that a policy can be built for: the stack's, as in the template's parameter Environment.
const (
	EnvironmentTest = "test"
	EnvironmentLive = "live"
)

// Document is a policy as the merchant wrote it. Its JSON is the form that is deployed.
type Document struct {
	// Schema and Hash are set by Encode.
	Schema int    `json:"schema"`
	Hash   string `json:"hash"`
	// Environment is the one that the policy was built for, "test" or "live", and empty if it was built for none. It is no
	// part of the hash: the same rules have the same hash in both.
	Environment string `json:"environment,omitempty"`
	Mode        Mode   `json:"mode"`
	// Ceiling is the largest amount, by currency and in its minor unit, that may be closed.
	Ceiling map[string]int64 `json:"ceiling"`
	Refunds Refunds          `json:"refunds,omitempty"`
	Budget  Budgets          `json:"budget"`
	Rules   []Rule           `json:"rules"`
	Tests   []Test           `json:"tests,omitempty"`
}

// Budgets are the limits of one UTC day.
type Budgets struct {
	Spend map[string]Spend `json:"spend"`
	// Failures is how many permanent failures in one currency stop its closes for the day.
	Failures int64 `json:"failures"`
}

// Spend is what one currency's closes may amount to in one UTC day.
type Spend struct {
	Closes int64 `json:"closes"`
	// Amount is in the currency's minor unit.
	Amount int64 `json:"amount"`
}

// Rule is one rule of a policy.
type Rule struct {
	Name string     `json:"name"`
	If   Conditions `json:"if"`
	Then Action     `json:"then"`
	// After and BeforeDue are for close rules, which have exactly one of them.
	After     *Duration `json:"after,omitempty"`
	BeforeDue *Duration `json:"before_due,omitempty"`
	// Shadow rules are recorded and decide nothing.
	Shadow bool `json:"shadow,omitempty"`
}

// Clock returns when a close by this rule may happen.
func (r *Rule) Clock() Clock { return Clock{After: span(r.After), BeforeDue: span(r.BeforeDue)} }

// Conditions are a rule's conditions; those that are nil are absent, and all others must hold.
type Conditions struct {
	Status     *Words `json:"status,omitempty"`
	Currency   *Words `json:"currency,omitempty"`
	ReasonType *Words `json:"reason_type,omitempty"`
	ReasonCode *Words `json:"reason_code,omitempty"`
	// Amount has bounds in minor units by currency. A currency that is not listed does not match.
	Amount          map[string]Bounds `json:"amount,omitempty"`
	Age             *Span             `json:"age,omitempty"`
	TimeLeft        *Span             `json:"time_left,omitempty"`
	SubmissionCount *Bounds           `json:"submission_count,omitempty"`
	HasEvidence     *bool             `json:"has_evidence,omitempty"`
	PastDue         *bool             `json:"past_due,omitempty"`
	Refunded        *bool             `json:"refunded,omitempty"`
	Livemode        *bool             `json:"livemode,omitempty"`
	Metadata        map[string]Words  `json:"metadata,omitempty"`
}

// Words lists the values that a fact must have, or must not have: exactly one of the two lists is not empty.
type Words struct {
	In  []string `json:"in,omitempty"`
	Not []string `json:"not,omitempty"`
}

// Bounds are inclusive; at least one of them is set.
type Bounds struct {
	AtLeast *int64 `json:"at_least,omitempty"`
	AtMost  *int64 `json:"at_most,omitempty"`
}

// Span has inclusive bounds on a time; at least one of them is set.
type Span struct {
	AtLeast *Duration `json:"at_least,omitempty"`
	AtMost  *Duration `json:"at_most,omitempty"`
}

// Test is one of a policy's own tests.
type Test struct {
	Dispute Sample `json:"dispute"`
	Expect  Expect `json:"expect"`
}

// Expect is what a test expects the rules to decide.
type Expect struct {
	Then Action `json:"then"`
	// Rule is empty if any rule, or no rule, may decide so.
	Rule string `json:"rule,omitempty"`
}
