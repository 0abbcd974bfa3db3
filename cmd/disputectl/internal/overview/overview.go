// Package overview sums up how the system stands: the switch, the policy, the cases, the budgets, the deadlines.
package overview

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Overview is how the system stands. Its JSON is what `status --json` prints.
type Overview struct {
	At      time.Time `json:"at"`
	Closing Switch    `json:"closing"`
	// Policy is nil if none was named and no case was decided yet.
	Policy *Policy `json:"policy"`
	// Unfinished counts the cases that were read, States those of each state, Person those that wait for a person
	// for each reason.
	Unfinished int                   `json:"unfinished"`
	States     map[closing.State]int `json:"states"`
	Person     map[string]int        `json:"person"`
	// Due counts the cases that are to be looked at now, and OldestDue is since when the first of them is.
	Due       int       `json:"due"`
	OldestDue time.Time `json:"oldest_due,omitzero"`
	// Unread are the unfinished cases that cannot be read; nothing else here counts them.
	Unread []Unread `json:"unread"`
	// FailingLooks counts the cases that WooshPay could not be asked about last, and FailingSince is since when the first of
	// them. UnknownDisputes counts those whose dispute WooshPay does not know; they are not among the former.
	FailingLooks    int       `json:"failing_looks"`
	FailingSince    time.Time `json:"failing_since,omitzero"`
	UnknownDisputes int       `json:"unknown_disputes"`
	// Late counts the cases whose close is planned for after the deadline.
	Late      int        `json:"late"`
	Budgets   []Budget   `json:"budgets"`
	Deadlines []Deadline `json:"deadlines"`
	// Cut means that there are more unfinished cases than were read.
	Cut bool `json:"cut"`

	control    closing.Control
	until      time.Time
	currencies []string
	newest     policy.Decision
	hashes     map[string]int
}

// Switch says whether closing is on for this very table. If it is neither on nor paused, nobody has turned it on.
type Switch struct {
	On     bool      `json:"on"`
	Paused bool      `json:"paused"`
	Who    string    `json:"who,omitempty"`
	Why    string    `json:"why,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Unread is a case that cannot be read.
type Unread struct {
	Dispute dispute.ID `json:"dispute"`
	Error   string     `json:"error"`
}

// Policy is the policy as it was named, or as the newest decision shows it.
type Policy struct {
	Hash string      `json:"hash"`
	Mode policy.Mode `json:"mode"`
	// RefundsUnavailable means that the policy says refunds: unavailable.
	RefundsUnavailable bool `json:"refunds_unavailable"`
	// File is empty if no file was named.
	File string `json:"file,omitempty"`
	// Seen is the hash of the newest decision's policy, SeenAt when that was made, and Others counts the cases whose
	// last decision another policy made.
	Seen   string    `json:"seen,omitempty"`
	SeenAt time.Time `json:"seen_at,omitzero"`
	Others int       `json:"others"`
}

// Budget is what one currency's closes count on a UTC day.
type Budget struct {
	Day      closing.Day `json:"day"`
	Currency string      `json:"currency"`
	Closes   int64       `json:"closes"`
	// Amount is in the currency's minor unit.
	Amount   int64 `json:"amount"`
	Failures int64 `json:"failures"`
	// Limit is nil if no policy was named, or the named one has no budget of this currency.
	Limit *Limit `json:"limit"`
	// Spent means that no further close fits, whatever its amount.
	Spent bool `json:"spent"`
}

// Limit is a budget's limit.
type Limit struct {
	Closes   int64 `json:"closes"`
	Amount   int64 `json:"amount"`
	Failures int64 `json:"failures"`
}

// Deadline is a dispute that waits for an answer.
type Deadline struct {
	Dispute dispute.ID    `json:"dispute"`
	DueBy   time.Time     `json:"due_by"`
	State   closing.State `json:"state"`
	Why     string        `json:"why"`
	Person  []string      `json:"person"`

	amount, short string
}

// New returns an overview of nothing. Deadlines within the time ahead are noted.
func New(at time.Time, ahead time.Duration) *Overview {
	return &Overview{
		At: at, States: map[closing.State]int{}, Person: map[string]int{}, Budgets: []Budget{}, Deadlines: []Deadline{}, Unread: []Unread{},
		until: at.Add(ahead), hashes: map[string]int{},
	}
}

// SetClosing takes in whether closing is on.
func (o *Overview) SetClosing(c closing.Control) {
	o.Closing = Switch{On: c.Switch == closing.On, Paused: c.Switch == closing.Paused, Who: c.Who, Why: c.Why, At: c.At}
	o.control = c
}

// Add takes an unfinished case in.
func (o *Overview) Add(c closing.Case) {
	o.Unfinished++
	o.States[c.State]++
	for _, reason := range view.Person(c) {
		o.Person[reason]++
	}
	if !c.DueAt.After(o.At) {
		o.Due++
		if o.OldestDue.IsZero() || c.DueAt.Before(o.OldestDue) {
			o.OldestDue = c.DueAt
		}
	}
	if c.State == closing.Scheduled && c.Late() {
		o.Late++
	}
	o.addLooks(c)
	if currency := c.Dispute.Currency; currency != "" && !slices.Contains(o.currencies, currency) {
		o.currencies = append(o.currencies, currency)
	}
	o.addDecision(c)
	o.addDeadline(c)
}

// AddUnread takes in an unfinished case that cannot be read.
func (o *Overview) AddUnread(u *closing.UnreadableError) {
	o.Unread = append(o.Unread, Unread{Dispute: u.ID, Error: u.Err.Error()})
}

// addLooks notes whether WooshPay could be asked about the case.
func (o *Overview) addLooks(c closing.Case) {
	switch {
	case !c.UnknownSince.IsZero():
		o.UnknownDisputes++
	case c.FailedLooks > 0:
		o.FailingLooks++
		if o.FailingSince.IsZero() || c.FailedSince.Before(o.FailingSince) {
			o.FailingSince = c.FailedSince
		}
	}
}

// addDecision notes by which policy the case was decided. An operator's decision does not tell the mode.
func (o *Overview) addDecision(c closing.Case) {
	if c.Decision == nil {
		return
	}
	o.hashes[c.Decision.Policy]++
	if c.Decision.Operator == "" && c.Decision.At.After(o.newest.At) {
		o.newest = *c.Decision
	}
}

func (o *Overview) addDeadline(c closing.Case) {
	due := c.Dispute.DueBy
	if due.IsZero() || due.After(o.until) || c.Dispute.Status.Class() != dispute.Closable {
		return
	}
	o.Deadlines = append(o.Deadlines, Deadline{
		Dispute: c.ID, DueBy: due, State: c.State, Why: view.Why(c), Person: view.Person(c), amount: view.Amount(c.Dispute), short: view.Short(c, o.At),
	})
}

// Currencies returns the currencies of the cases taken in.
func (o *Overview) Currencies() []string { return o.currencies }

// Name says which policy a file holds.
func (o *Overview) Name(file string, p *policy.Policy) {
	o.Policy = &Policy{Hash: p.Hash(), Mode: policy.Shadow, RefundsUnavailable: p.RefundsUnavailable(), File: file}
	if p.Live() {
		o.Policy.Mode = policy.Live
	}
}

// Finish sums up what was taken in.
func (o *Overview) Finish() {
	slices.SortFunc(o.Deadlines, func(a, b Deadline) int {
		return cmp.Or(a.DueBy.Compare(b.DueBy), cmp.Compare(a.Dispute, b.Dispute))
	})
	if o.newest.At.IsZero() {
		return
	}
	if o.Policy == nil {
		o.Policy = &Policy{Hash: o.newest.Policy, Mode: policy.Live, RefundsUnavailable: o.newest.RefundsUnavailable}
		if o.newest.Shadow {
			o.Policy.Mode = policy.Shadow
		}
	}
	o.Policy.Seen, o.Policy.SeenAt = o.newest.Policy, o.newest.At
	for hash, n := range o.hashes {
		if hash != o.newest.Policy {
			o.Policy.Others += n
		}
	}
}

// AddBudget takes in what a day's budget counts, with its limit if that is known.
func (o *Overview) AddBudget(t closing.Tally, limit policy.Budget, known bool) {
	b := Budget{Day: t.Day, Currency: t.Currency, Closes: t.Closes, Amount: t.Amount, Failures: t.Failures}
	if known {
		b.Limit = &Limit{Closes: limit.Closes, Amount: limit.Amount, Failures: limit.Failures}
		b.Spent = t.Closes >= limit.Closes || t.Amount >= limit.Amount || t.Failures >= limit.Failures
	}
	o.Budgets = append(o.Budgets, b)
}
