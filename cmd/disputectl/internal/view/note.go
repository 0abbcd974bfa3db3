package view

import (
	"time"

	"disputecloser/shared/closing"
)

// Note is a note in words; empty for what is not worth a line: news that was stored, cases that were armed, and looks
// that changed nothing. The instants in it are written by clock.
func Note(n closing.Note, clock func(time.Time) string) string {
	c := n.Case
	switch n.Kind {
	case closing.NoteLearned, closing.NoteArmed, closing.NoteLooked:
		return ""
	case closing.NoteDecided:
		return decided(c, clock)
	case closing.NoteClosed:
		return "closed: " + proof(c)
	case closing.NoteAmbiguous:
		return "what the close did is not known; next look after " + clock(c.DueAt)
	case closing.NoteRefused:
		return "the close was refused for good: " + c.LastError
	case closing.NotePutOff:
		return "not closed; tried again after " + clock(c.DueAt)
	case closing.NoteResolved:
		return "resolved: " + lastWords(c)
	case closing.NoteLookFailed:
		return "WooshPay could not be asked; next look after " + clock(c.DueAt)
	case closing.NoteUnknown:
		if c.State == closing.Missing {
			return "WooshPay does not know the dispute: the case has ended"
		}
		return "WooshPay does not know the dispute; next look after " + clock(c.DueAt)
	case closing.NoteClock:
		return "not closed: this machine's clock and WooshPay's differ too much; tried again after " + clock(c.DueAt)
	case closing.NotePerson:
		return "a person is told: " + n.Reason
	case closing.NoteBudget:
		return "not closed: the day's budget is spent; tried again after " + clock(c.DueAt)
	case closing.NotePaused:
		return "not closed: closing is paused; tried again after " + clock(c.DueAt)
	case closing.NoteOff:
		return "not closed: closing is not turned on for this table; tried again after " + clock(c.DueAt)
	case closing.NoteUnreadable:
		return "its stored case cannot be read, and nobody works it"
	case closing.NoteDropped:
		return "what the close did could not be recorded"
	case closing.NoteUnannounced:
		return "found by reconcile; no webhook announced it"
	case closing.NoteDiffering:
		return "reconcile found it " + string(c.Dispute.Status) + "; no webhook reported that"
	}
	return string(n.Kind)
}

func decided(c closing.Case, clock func(time.Time) string) string {
	if c.Decision == nil {
		return "looked at"
	}
	text := closing.Summary(*c.Decision)
	if c.State == closing.Scheduled {
		text += ", not before " + clock(c.CloseAt) + late(c)
	}
	return text
}
