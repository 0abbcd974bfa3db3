// Package replay decides one past dispute as the closer would have: looks when they are due, grace, deadline and guards, on
// the facts of that time. Package backtest adds the budgets, which concern many disputes.
//
// A history shows how disputes ended, but a policy decides on how they begin. Options.Assumptions says in words what is
// assumed about the time between.
package replay

import (
	"fmt"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// DefaultHorizon is the longest time that a dispute is assumed to stay open, which is longer than any network allows.
const DefaultHorizon = 180 * 24 * time.Hour

// Options say how the past is read. The zero Options means a test account.
type Options struct {
	// Livemode is the mode of the WooshPay key that would have been used.
	Livemode bool `json:"livemode"`
	// OwnMode takes the key to be of each dispute's own mode, in place of Livemode. Modes says which they were.
	OwnMode bool `json:"own_mode"`
	// EvidenceAsRecorded keeps has_evidence and submission_count as they were in the end. By default a dispute
	// that went on since is assumed to have had no evidence when it began.
	EvidenceAsRecorded bool `json:"evidence_as_recorded"`
	// Horizon is how long after its creation a dispute is assumed to end; zero or less means DefaultHorizon.
	Horizon policy.Duration `json:"horizon"`
	// Refunded is what is assumed of the charges; NotRefunded if empty.
	Refunded Charge `json:"refunded"`
}

// Modes counts disputes by their mode.
type Modes struct {
	Live    int64 `json:"live"`
	Test    int64 `json:"test"`
	Unknown int64 `json:"unknown"`
}

// Add counts one dispute.
func (m *Modes) Add(livemode dispute.Maybe[bool]) {
	switch live, known := livemode.Get(); {
	case !known:
		m.Unknown++
	case live:
		m.Live++
	default:
		m.Test++
	}
}

// Join adds other counts.
func (m *Modes) Join(o Modes) {
	m.Live += o.Live
	m.Test += o.Test
	m.Unknown += o.Unknown
}

// Mixed reports whether disputes of both modes were counted: no one key could have closed them.
func (m Modes) Mixed() bool { return m.Live > 0 && m.Test > 0 }

// Charge is what is assumed about the charge of a dispute that may be closed, because a history does not hold the closer's
// read of it. If the dispute's own copy of the charge shows a refund, it counts as refunded whatever is assumed.
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
		what = "WooshPay does not say whether any charge was refunded, unless the record itself shows a refund"
	}
	return what + "; it is unknown where the dispute names no charge; the closer reads the charge before each close (--refunded true|false|unknown)"
}

// Assumptions returns what a replay assumes, in sentences for a report.
func (o Options) Assumptions() []string {
	evidence := "has_evidence and submission_count begin at none, because a record shows their last values; an open dispute keeps its recorded ones"
	if o.EvidenceAsRecorded {
		evidence = "has_evidence and submission_count are as recorded, which is how the dispute ended"
	}
	return []string{
		"the policy is live throughout; its shadow rules decide nothing",
		"the closer learns of each dispute and first looks at it when it is created, and every later look is on time",
		"until it ends, each dispute is in needs_response, or in warning_needs_response if its last status is a warning; early warnings and unknown statuses stay as recorded",
		evidence,
		o.Refunded.text(),
		"past_due follows from due_by at each look; everything else is as recorded",
		fmt.Sprintf("a dispute stays open past due_by, and ends %s after its creation; a record does not say when it ended", o.horizonText()),
		"a close after due_by is late and still counts; if the bank decided earlier, nothing was left to close",
		"closing is on, nobody overrides the closer or answers a dispute, and every close succeeds at the first attempt",
		"a close that finds the day's budget spent is tried again when the next UTC day begins, in the order of the first attempts",
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
	// Ended disputes had ended when the closer learned of them: nothing is decided about them.
	Ended
	// Kept disputes are not touched: a rule or a guard keeps them, or no rule matches.
	Kept
	// Reviewed disputes wait for a person.
	Reviewed
	// Closes is the fate of disputes that are to be closed, if the day's budget allows.
	Closes
	// Missed disputes were to be closed, but reached the horizon first.
	Missed
)

var fates = [...]string{"undated", "ended", "keep", "review", "close", "missed"}

func (f Fate) String() string { return fates[f] }

// MarshalText returns String.
func (f Fate) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Path is how a policy decides one dispute.
type Path struct {
	Fate Fate
	// Rule is the place of the rule that decided last; -1 if none did.
	Rule int
	// Guard names the guard that stopped the rule's close; empty if none did.
	Guard policy.Guard
	// Doubts are the unknown facts that mattered, if nothing wanted to close the dispute.
	Doubts Doubts
	// Walk is at the first try to close, if Fate is Closes. Its course is in the Replayer's memory until the next Replay.
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

// lastMs is the last instant that can be replayed: the end of the year 9999.
const lastMs = 253402300799999

// Replay returns how the policy decides the dispute. It allocates only for the longest course so far.
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

// Begun returns the status in which a dispute that is now in s is assumed to have begun.
func Begun(s dispute.Status) dispute.Status {
	switch s {
	case dispute.WarningNeedsResponse, dispute.WarningUnderReview, dispute.WarningClosed:
		return dispute.WarningNeedsResponse
	case dispute.NeedsResponse, dispute.UnderReview, dispute.ChargeRefunded, dispute.Won, dispute.Lost:
		return dispute.NeedsResponse
	}
	return s
}
