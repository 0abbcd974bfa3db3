// Package replay lets a policy meet one past dispute as the closer would have: looks when they are due, grace,
// deadline and guards, on facts as they were then. Budgets concern many disputes and are not its matter.
//
// A history shows how disputes ended, a policy is to be tried on how they began. Assumptions says in words
// what is taken for granted about the time between.
package replay

import (
	"fmt"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// DefaultHorizon is how long a dispute is assumed to stay open at the most: longer than any network allows.
const DefaultHorizon = 180 * 24 * time.Hour

// Options say how the past is read. The zero Options is a test account's.
type Options struct {
	// Livemode is the mode of the WooshPay key that would have been used.
	Livemode bool `json:"livemode"`
	// EvidenceAsRecorded keeps has_evidence and submission_count as they were in the end. By default a dispute
	// that went on since is assumed to have had no evidence when it began.
	EvidenceAsRecorded bool `json:"evidence_as_recorded"`
	// Horizon is how long after its creation a dispute is assumed to end; zero or less means DefaultHorizon.
	Horizon policy.Duration `json:"horizon"`
	// Refunded is what is assumed of the charges; NotRefunded if empty.
	Refunded Charge `json:"refunded"`
}

// Charge is what is assumed of the charge of a dispute that may be closed: a history does not hold the closer's read of
// it. A dispute whose own copy of the charge shows a refund counts as refunded under each of them.
type Charge string

// The assumptions.
const (
	NotRefunded   Charge = "false"
	Refunded      Charge = "true"
	RefundUnknown Charge = "unknown"
)

// Fact returns what the closer would read.
func (c Charge) Fact() dispute.Maybe[bool] {
	if c == RefundUnknown {
		return dispute.Maybe[bool]{}
	}
	return dispute.Known(c == Refunded)
}

// text says what is assumed.
func (c Charge) text() string {
	what := "no charge was refunded, unless the record itself shows a refund"
	switch c {
	case Refunded:
		what = "every charge was refunded"
	case RefundUnknown:
		what = "WooshPay does not say of any charge whether it was refunded, unless the record itself shows a refund"
	}
	return what + "; it is unknown where the dispute names no charge; the closer reads the charge before each close (--refunded true|false|unknown)"
}

// Assumptions returns what a replay takes for granted, in sentences for a report.
func (o Options) Assumptions() []string {
	evidence := "has_evidence and submission_count are taken as none at the beginning, for a record shows those of the end; an open dispute's are taken as recorded"
	if o.EvidenceAsRecorded {
		evidence = "has_evidence and submission_count are taken as recorded, which is how the dispute ended"
	}
	return []string{
		"the policy is tried as if it were live throughout; its shadow rules decide nothing",
		"each dispute is learnt of and first looked at when it was created, and every look comes when it is due",
		"until its end each dispute stands at needs_response, or at warning_needs_response if its last status is a warning; early warnings and unknown statuses stay as recorded",
		evidence,
		o.Refunded.text(),
		"past_due is what due_by says at the time of a look; all else is as recorded",
		fmt.Sprintf("a dispute stays open past due_by, and ends %s after its creation; a record does not say when it ended", o.horizonText()),
		"a close after due_by is late, and concedes all the same; where the bank has decided before, nothing is left to close",
		"nobody pauses, overrides or answers a dispute meanwhile, and every close succeeds at the first try",
		"closes that found a day's budget spent are tried when the next UTC day begins, in the order in which they were first wanted",
	}
}

func (o Options) horizonText() string { return policy.Duration(o.horizon()).String() }

func (o Options) horizon() time.Duration {
	if o.Horizon <= 0 {
		return DefaultHorizon
	}
	return time.Duration(o.Horizon)
}

// Fate is what becomes of a dispute.
type Fate uint8

// The fates.
const (
	// Undated disputes have no instant of creation, and cannot be replayed.
	Undated Fate = iota
	// Ended disputes had ended when they were learnt of: nothing is decided about them.
	Ended
	// Kept disputes are left alone, by a rule, by none, or by a guard.
	Kept
	// Reviewed disputes wait for a person.
	Reviewed
	// Closes is the fate of disputes that are to be closed, if the day's budget allows.
	Closes
	// Missed disputes were to be closed, and reached the horizon before.
	Missed
)

var fates = [...]string{"undated", "ended", "keep", "review", "close", "missed"}

func (f Fate) String() string { return fates[f] }

// MarshalText returns String.
func (f Fate) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Path is how a policy meets one dispute.
type Path struct {
	Fate Fate
	// Rule is the place of the rule that decided last; -1 if none did.
	Rule int
	// Guard names the guard that stopped the rule's close; empty if none did.
	Guard policy.Guard
	// Doubts are the unknown facts, of a dispute that nothing wanted to close.
	Doubts Doubts
	// Walk stands at the first try to close, if Fate is Closes: Walk.Late reports whether that is after the deadline. Its course lies in the Replayer until the next Replay.
	Walk Walk
}

// Ms is the instant of the path's end in milliseconds since the Unix epoch: when it first tries to close, when
// the horizon is reached, or else when the dispute was created.
func (p *Path) Ms() int64 {
	switch p.Fate {
	case Closes:
		return p.Walk.AtMs
	case Missed:
		return p.Walk.EndMs
	}
	return p.Walk.CreatedMs
}

// Replayer replays disputes one after another. It must not be used by two goroutines at once.
type Replayer struct {
	*Engine
	facts    policy.Facts
	instants []int64
	course   []Stretch
}

// New returns a replayer of the engine's policy.
func (e *Engine) New() *Replayer { return &Replayer{Engine: e} }

// lastMs is the last instant that is believed: the end of the year 9999.
const lastMs = 253402300799999

// Replay returns how the policy meets the dispute. It does not allocate, but for the longest course so far.
func (r *Replayer) Replay(rec *history.Record) Path {
	if rec.CreatedMs == 0 || rec.CreatedMs > lastMs {
		return Path{Fate: Undated, Rule: -1}
	}
	r.facts = rec.Facts
	r.rewind()
	r.assumeCharge(rec.NamesCharge)
	w := Walk{CreatedMs: rec.CreatedMs, DueMs: rec.DueMs, nextMs: rec.CreatedMs}
	w.EndMs = rec.CreatedMs + r.horizonMs
	if dispute.Status(r.facts.Status).Class() == dispute.Terminal {
		return Path{Fate: Ended, Rule: -1, Walk: w}
	}
	p := Path{Walk: w}
	r.plot(&p)
	p.Walk.course = r.course
	tries := r.advance(&p.Walk, r.caseOf(&p.Walk))
	p.Fate, p.Rule = p.Walk.Fate(tries), int(p.Walk.rule)
	if p.Fate == Closes || p.Fate == Missed {
		p.Doubts = Doubts{}
	}
	if p.Walk.act != actGuarded && p.Walk.act != actGuardedReview {
		p.Guard = ""
	}
	return p
}

// rewind sets the facts to those at the dispute's beginning.
func (r *Replayer) rewind() {
	begun := Begun(dispute.Status(r.facts.Status))
	if r.facts.Status == string(begun) {
		return
	}
	r.facts.Status = string(begun)
	if r.evidenceAsRecorded {
		return
	}
	if r.facts.HasEvidence.IsKnown() {
		r.facts.HasEvidence = dispute.Known(false)
	}
	if r.facts.SubmissionCount.IsKnown() {
		r.facts.SubmissionCount = dispute.Known[int64](0)
	}
}

// assumeCharge sets what the closer would know of the charge: it reads the charge that a closable dispute names. What
// the record shows of a refund can stop a close, and never permits one.
func (r *Replayer) assumeCharge(named bool) {
	if dispute.Is(r.facts.Refunded, true) {
		return
	}
	r.facts.Refunded = dispute.Maybe[bool]{}
	if named && dispute.Status(r.facts.Status).Class() == dispute.Closable {
		r.facts.Refunded = r.charge
	}
}

// Begun returns the status at which a dispute that now stands at s is assumed to have begun.
func Begun(s dispute.Status) dispute.Status {
	switch s {
	case dispute.WarningNeedsResponse, dispute.WarningUnderReview, dispute.WarningClosed:
		return dispute.WarningNeedsResponse
	case dispute.NeedsResponse, dispute.UnderReview, dispute.ChargeRefunded, dispute.Won, dispute.Lost:
		return dispute.NeedsResponse
	}
	return s
}
