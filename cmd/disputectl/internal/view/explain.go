package view

import (
	"io"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Explanation is what a policy says of one dispute, and why. Its JSON is what `policy explain --json` prints.
type Explanation struct {
	Dispute  string      `json:"dispute"`
	At       time.Time   `json:"at"`
	Mode     policy.Mode `json:"mode"`
	Outcome  string      `json:"outcome"`
	Facts    []Fact      `json:"facts"`
	Decision *Decision   `json:"decision"`
	// NotTried are the rules after the one that decided.
	NotTried []string `json:"not_tried"`
	// Clock is the rule's, such as "after 24h", CloseAt from when it would close; both empty unless it wants a close.
	Clock   string    `json:"clock,omitempty"`
	CloseAt time.Time `json:"close_at,omitzero"`
	// Late is set if that is after the dispute's deadline: a late close still concedes.
	Late bool `json:"late"`
	// Stop says what the guard that stops the close means; empty if none does.
	Stop  string   `json:"stopped_because,omitempty"`
	Notes []string `json:"notes"`
}

// Subject is what an explanation is about.
type Subject struct {
	// Case has the dispute; the rest is what a table or an export knows of it.
	Case closing.Case
	// Refunded is what a read of the charge is taken to say; if that is unknown, Silence is the reason.
	Refunded dispute.Maybe[bool]
	Silence  string
	At       time.Time
	// Notes say what was taken for granted.
	Notes []string
}

// ExplanationOf tries a subject on a policy with the closer's own judge. Values of metadata are in it only if metadata
// is true.
func ExplanationOf(s Subject, d policy.Document, j closing.Judge, metadata bool) Explanation {
	c := s.Case
	before := c.Decision
	decision := j.Decide(c, closing.Look{SentAt: s.At, Dispute: c.Dispute, Refunded: s.Refunded, Silence: s.Silence}, s.At)
	c.Decision, c.State, c.LastError = &decision, closing.Open, ""
	e := Explanation{
		Dispute: string(c.Dispute.ID), At: s.At, Mode: d.Mode, Decision: decisionOf(&decision, metadata),
		NotTried: []string{}, Notes: append([]string{}, s.Notes...),
	}
	if decision.Action == policy.Close {
		e.Clock, e.CloseAt = clock(decision.Clock), closeAt(s, before, decision)
		c.CloseAt = e.CloseAt
		e.Late = c.Late()
		if !decision.Shadow {
			c.State = closing.Scheduled
		}
	}
	if decision.Guard != "" {
		e.Stop = Stopped(&decision)
	}
	for _, r := range d.Rules[len(decision.Tried):] {
		e.NotTried = append(e.NotTried, r.Name)
	}
	e.Outcome = Why(c)
	e.Facts = append(factsOf(c, metadata), since(s)...)
	e.Notes = append(e.Notes, e.warnings(s)...)
	return e
}

// since are the facts that depend on the instant or on the charge, as the policy file writes them.
func since(s Subject) []Fact {
	facts := policy.FactsOf(s.Case.Dispute, s.Refunded, s.At)
	span := func(d dispute.Maybe[time.Duration]) string {
		if v, known := d.Get(); known {
			return policy.Duration(v).String()
		}
		return unknown
	}
	age, left := span(facts.Age), span(facts.TimeLeft)
	return []Fact{{"age", age, age}, {"time_left", left, left}, {"refunded", numberOf(facts.Refunded), maybe(facts.Refunded)}}
}

func clock(c policy.Clock) string {
	if d, ok := c.After.Get(); ok {
		return "after " + policy.Duration(d).String()
	}
	if d, ok := c.BeforeDue.Get(); ok {
		return "before_due " + policy.Duration(d).String()
	}
	return "at once"
}

// closeAt is when the plan would permit the close: the plan that stands, if the same decision made it, or else one
// made now.
func closeAt(s Subject, before *policy.Decision, d policy.Decision) time.Time {
	planned := s.At
	same := before != nil && before.Rule == d.Rule && before.Operator == d.Operator
	if same && !s.Case.PlannedAt.IsZero() {
		planned = s.Case.PlannedAt
	}
	if after, ok := d.Clock.After.Get(); ok {
		return planned.Add(after)
	}
	if back, ok := d.Clock.BeforeDue.Get(); ok {
		if due := s.Case.Dispute.DueBy.Add(-back); due.After(planned) {
			return due
		}
	}
	return planned
}

// warnings say where what the closer would do differs from what the rules say.
func (e *Explanation) warnings(s Subject) []string {
	var all []string
	d := s.Case.Dispute
	if d.Status.Class() == dispute.Terminal {
		all = append(all, "the dispute has ended ("+string(d.Status)+"): the closer decides nothing about it")
	}
	if !d.Created.IsZero() && s.At.Before(d.Created) {
		all = append(all, "that is before the dispute was created, "+Instant(d.Created)+" (--at)")
	}
	if st := s.Case.State; st == closing.Closing || st == closing.Failed || st.Finished() {
		all = append(all, "the case is "+string(st)+": the closer does not ask the rules about it now")
	}
	if e.Decision.RefundsUnavailable {
		all = append(all, refundsUnavailable)
	}
	if e.CloseAt.IsZero() {
		return all
	}
	if e.Late {
		all = append(all, "the close would come after the deadline, "+Instant(d.DueBy)+"; "+lateConcedes)
	}
	return append(all, "closing that is paused or off, or a spent budget, would delay it")
}

// Write writes the explanation as a page of at most width columns where its texts allow it; zero is no limit.
func (e Explanation) Write(w io.Writer, now time.Time, width int) error {
	p := &page{width: width, now: now}
	p.line("%s  %s", e.Dispute, e.Decision.Summary)
	p.text("  ", e.Outcome)
	p.head("Facts at " + When(e.At, now))
	var pairs [][2]string
	for _, f := range e.Facts {
		pairs = append(pairs, [2]string{f.Name, f.Text})
	}
	p.pairs(pairs)
	p.head("Rules, policy " + e.Decision.Policy + ", " + string(e.Mode))
	for _, t := range e.Decision.Tried {
		p.line("  %s", triedText(t))
		p.conditions(t.Conditions)
	}
	if len(e.NotTried) > 0 {
		p.text("  ", "not tried: "+strings.Join(e.NotTried, ", "))
	}
	if len(e.Decision.Doubt) > 0 {
		p.text("  ", "in doubt: "+strings.Join(e.Decision.Doubt, ", ")+" unknown")
	}
	e.verdict(p)
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (e Explanation) verdict(p *page) {
	p.head("Verdict: " + e.Decision.Summary)
	guard := "none stops it"
	if e.Stop != "" {
		guard = e.Decision.Guard + ": " + e.Stop
	}
	if e.Decision.Action != policy.Close && e.Stop == "" {
		guard = ""
	}
	p.pairs([][2]string{{"clock", e.Clock}, {"would close from", When(e.CloseAt, p.now)}, {"guards", guard}})
	p.bullets(e.Notes)
}
