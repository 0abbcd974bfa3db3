package simulation

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Story is a history as a person reads it: time, actor, step, outcome.
type Story struct {
	lines  []line
	counts map[role]int
}

type line struct {
	at    time.Duration
	about dispute.ID
	text  string
}

// recording reports whether a story is written. Callers build its lines only if it is.
func (w *world) recording() bool { return w.story != nil }

// log writes a line about one dispute, or about all of them.
func (w *world) log(who string, about dispute.ID, what string) {
	w.story.lines = append(w.story.lines, line{w.now, about, fmt.Sprintf("%-12s %s", who, what)})
}

// log writes the outcome of one of the actor's steps.
func (a *actor) log(step, what string) { a.logAbout(a.about, step, what) }

// logAbout is log for an actor that works on many disputes.
func (a *actor) logAbout(about dispute.ID, step, what string) {
	text := fmt.Sprintf("%-12s %s: %s", a.name, step, what)
	if ahead := a.ahead(); ahead != 0 {
		text += fmt.Sprintf(" [clock %+v]", ahead)
	}
	a.w.story.lines = append(a.w.story.lines, line{a.w.now, about, text})
}

// serial names the next actor of a role.
func (s *Story) serial(r role) string {
	if s.counts == nil {
		s.counts = map[role]int{}
	}
	s.counts[r]++
	return fmt.Sprintf("%s %d", r, s.counts[r])
}

// stamp formats an instant of a history: the day, counted from 1, and the time.
func stamp(at time.Duration) string {
	const day = 24 * time.Hour
	rest := at % day
	return fmt.Sprintf("day %d %02d:%02d:%06.3f", at/day+1, rest/time.Hour, rest/time.Minute%60, (rest % time.Minute).Seconds())
}

// About returns the story's lines about one dispute, and those about all of them. It leaves out the middle of a long
// story, unless id is empty.
func (s *Story) About(id dispute.ID) string {
	var chosen []line
	for _, l := range s.lines {
		if l.about == id || l.about == "" || id == "" {
			chosen = append(chosen, l)
		}
	}
	const first, last = 30, 30
	var b strings.Builder
	for i, l := range chosen {
		if left := len(chosen) - first - last; id != "" && i >= first && i < first+left {
			if i == first {
				fmt.Fprintf(&b, "  … %d more lines …\n", left)
			}
			continue
		}
		fmt.Fprintf(&b, "  %s  %s\n", stamp(l.at), l.text)
	}
	return b.String()
}

// summarize describes a stored case in a few words, with the newest line of its history if that line is new.
func summarize(subj *subject, c closing.Case) string {
	text := fmt.Sprintf("version %d, %s", c.Version, c.State)
	if c.State == closing.Closing {
		text += fmt.Sprintf(" as %s until %s, attempt %d", c.ClaimID, stamp(c.ClaimUntil.Sub(epoch)), c.Attempts)
		if c.Ambiguous {
			text += ", ambiguous"
		}
	}
	if c.Spent.Day != "" {
		text += ", holds " + string(c.Spent.Day)
	}
	if c.Armed() {
		text += ", armed"
	} else if !c.DueAt.IsZero() {
		text += ", due " + stamp(c.DueAt.Sub(epoch))
	}
	n := len(c.History)
	if n > 0 && (subj.was == nil || len(subj.was.History) == 0 || subj.was.History[len(subj.was.History)-1] != c.History[n-1]) {
		text += "; " + c.History[n-1].What
	}
	return text
}
