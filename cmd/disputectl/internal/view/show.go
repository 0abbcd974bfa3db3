package view

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
)

// Write writes the story as a page of at most width columns where its texts allow it; zero is no limit.
func (s Story) Write(w io.Writer, now time.Time, width int) error {
	p := &page{width: width, now: now}
	p.line("%s  %s", s.Dispute, s.State)
	p.text("  ", s.Why)
	p.facts(s)
	p.decision(s.Decision)
	p.plan(s)
	p.act(s)
	p.history(s.History)
	_, err := io.WriteString(w, p.b.String())
	return err
}

type page struct {
	b     strings.Builder
	width int
	now   time.Time
}

func (p *page) line(format string, args ...any) {
	screen.Printf(&p.b, format+"\n", args...)
}

func (p *page) head(text string) {
	p.b.WriteByte('\n')
	p.line("%s", text)
}

// text writes wrapped text behind an indent.
func (p *page) text(indent, text string) {
	width := len(text)
	if p.width > 0 {
		width = max(p.width-len(indent), narrowest)
	}
	for _, line := range Wrap(text, width) {
		p.line("%s%s", indent, line)
	}
}

// pairs writes names and values in two columns; pairs without a value are left out.
func (p *page) pairs(pairs [][2]string) {
	longest := 0
	for _, pair := range pairs {
		if pair[1] != "" {
			longest = max(longest, utf8.RuneCountInString(pair[0]))
		}
	}
	for _, pair := range pairs {
		if pair[1] != "" {
			p.hanging(fmt.Sprintf("  %-*s  ", longest, pair[0]), pair[1])
		}
	}
}

func (p *page) facts(s Story) {
	head := "Facts"
	if !s.ObservedAt.IsZero() {
		head += ", as WooshPay showed them " + When(s.ObservedAt, p.now)
	}
	p.head(head)
	var pairs [][2]string
	for _, f := range s.Facts {
		text := f.Text
		if at, isInstant := f.Value.(time.Time); isInstant {
			text += " (" + Distance(at, p.now) + ")"
		}
		pairs = append(pairs, [2]string{f.Name, text})
	}
	p.pairs(pairs)
}

func (p *page) decision(d *Decision) {
	if d == nil {
		p.head("Decision: none yet")
		return
	}
	p.head("Decision: " + d.Summary)
	p.line("  %s, policy %s", When(d.At, p.now), d.Policy)
	if d.RefundsUnavailable {
		p.text("  ", refundsUnavailable)
	}
	if len(d.Doubt) > 0 {
		p.text("  ", "in doubt: "+strings.Join(d.Doubt, ", ")+" unknown")
	}
	for _, t := range d.Tried {
		p.line("  %s", triedText(t))
		p.conditions(t.Conditions)
	}
}

func triedText(t Tried) string {
	text := "does not match"
	if t.Matched {
		text = "matches"
	}
	if t.Shadow {
		text += ", in shadow"
	}
	return fmt.Sprintf("rule %s, %s: %s", quoted(t.Rule), t.Then, text)
}

func (p *page) conditions(conditions []Condition) {
	var name, outcome, seen int
	for _, c := range conditions {
		name, outcome, seen = max(name, len(c.Name)), max(outcome, len(c.Outcome)), max(seen, utf8.RuneCountInString(c.seen))
	}
	for _, c := range conditions {
		p.hanging(fmt.Sprintf("    %-*s  %-*s  %-*s  ", outcome, c.Outcome, name, c.Name, seen, c.seen), "wanted "+c.wanted)
	}
}

// under is where a text begins that has too little room behind its head.
const under = 6

// hanging writes a text behind its head, and its further lines below its first. It begins on a line of its own where a
// word of it would not fit behind the head.
func (p *page) hanging(head, text string) {
	column := utf8.RuneCountInString(head)
	longest := narrowest
	for _, word := range strings.Fields(text) {
		longest = max(longest, utf8.RuneCountInString(word))
	}
	if p.width > 0 && p.width-column < longest && column > under {
		p.line("%s", strings.TrimRight(head, " "))
		column = under
		head = strings.Repeat(" ", column)
	}
	room := len(text)
	if p.width > 0 {
		room = p.width - column
	}
	for i, line := range Wrap(text, room) {
		if i > 0 {
			head = strings.Repeat(" ", column)
		}
		p.line("%s%s", head, line)
	}
}

func (p *page) plan(s Story) {
	pairs := [][2]string{
		{"operator", overrideText(s.Override, p.now)},
		{"planned", When(s.PlannedAt, p.now)},
		{"closes from", closesFrom(s, p.now)},
		{"tries again", When(s.RetryAt, p.now)},
		{"armed", When(s.ArmedAt, p.now)},
		{"next look", When(s.DueAt, p.now)},
		{"a person was told of", strings.Join(s.Told, ", ")},
		{"last error", s.LastError},
		{"every look fails since", When(s.FailedSince, p.now)},
		{"unknown at WooshPay since", When(s.UnknownSince, p.now)},
	}
	if s.DueAt.IsZero() {
		pairs = append(pairs, [2]string{"next look", "none, the case has ended"})
	}
	p.head("Plan")
	p.pairs(pairs)
}

func closesFrom(s Story, now time.Time) string {
	text := When(s.CloseAt, now)
	if s.Late {
		text += ", after the deadline; " + lateConcedes
	}
	return text
}

func overrideText(o *Override, now time.Time) string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf("%s%s by %s, %s: %s", o.Action, agreed(o), o.Who, When(o.At, now), o.Why)
}

// agreed is what an operator agreed to concede; empty with a keep.
func agreed(o *Override) string {
	if o.Currency == "" {
		return ""
	}
	return " " + currency.Text(o.Amount, o.Currency)
}

func (p *page) act(s Story) {
	c := s.Claim
	if c.Attempts == 0 && s.Held == nil {
		return
	}
	p.head("Close")
	pairs := [][2]string{
		{"attempts", fmt.Sprint(c.Attempts)},
		{"claim", c.ID},
		{"claim lapses", When(c.Until, p.now)},
		{"sent", When(c.PostedAt, p.now)},
		{"fate", fate(c)},
		{"proof", proofText(c.Proof)},
	}
	if h := s.Held; h != nil {
		pairs = append(pairs, [2]string{"budget held", fmt.Sprintf("%s of %s", currency.Text(h.Amount, h.Currency), h.Day)})
	}
	p.pairs(pairs)
}

// proofText says how a close is known to be ours.
func proofText(p closing.Proof) string {
	switch p {
	case closing.Answered:
		return "WooshPay answered our close"
	case closing.Inferred:
		return "no answer came, and a later look showed the dispute closed"
	}
	return string(p)
}

func fate(c Claim) string {
	switch {
	case c.Ambiguous:
		return "what this close did is not known"
	case c.Doubt:
		return "what an earlier close did is not known"
	default:
		return ""
	}
}

func (p *page) history(lines []Line) {
	p.head("History")
	who := 0
	for _, l := range lines {
		who = max(who, utf8.RuneCountInString(Name(l.Who)))
	}
	for _, l := range lines {
		p.hanging(fmt.Sprintf("  %s  %-*s  ", Instant(l.At), who, Name(l.Who)), said(l.What))
	}
}

// compared matches what a case's history says of an answer that is about other money than was claimed.
var compared = regexp.MustCompile(`^(-?\d+) (\w*) was claimed, WooshPay's answer is about (-?\d+) (\w*)$`)

// said is a line of history for a person: with money as people write it, and a close's proof in words.
func said(what string) string {
	for _, proof := range []closing.Proof{closing.Answered, closing.Inferred} {
		if what == "closed ("+string(proof)+")" {
			return "closed: " + proofText(proof)
		}
	}
	found := compared.FindStringSubmatch(what)
	if found == nil {
		return what
	}
	return money(found[1], found[2]) + " was claimed, WooshPay's answer is about " + money(found[3], found[4])
}
