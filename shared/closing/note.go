package closing

import (
	"time"
)

// Kind is what a note is about.
type Kind string

// The kinds of notes.
const (
	NoteLearned     Kind = "learned"        // news was stored
	NoteDecided     Kind = "decided"        // a look led to a decision
	NoteLooked      Kind = "looked"         // a look found nothing to decide
	NoteClosed      Kind = "closed"         // a case was closed by us
	NoteAmbiguous   Kind = "ambiguous"      // what a POST did is not known
	NoteRefused     Kind = "refused"        // WooshPay refused for good
	NotePutOff      Kind = "put off"        // WooshPay refused for now, or nothing was sent
	NoteResolved    Kind = "resolved"       // a case ended without a close known to be ours
	NoteLookFailed  Kind = "look failed"    // WooshPay could not be asked
	NoteUnknown     Kind = "unknown"        // WooshPay does not know the dispute
	NoteClock       Kind = "clock"          // our clock and WooshPay's differ too much for a claim
	NotePerson      Kind = "person needed"  // Reason says why
	NoteBudget      Kind = "budget spent"   // the day's budget stopped a claim
	NotePaused      Kind = "paused"         // the operator's pause stopped a claim
	NoteOff         Kind = "off"            // a claim was stopped because nobody has turned closing on for this table
	NoteDropped     Kind = "record dropped" // a result could not be recorded on this claim
	NoteArmed       Kind = "armed"          // the sweep armed a due case; Age says how long it was due
	NoteDiffering   Kind = "differing"      // reconcile found a status that no webhook reported
	NoteUnreadable  Kind = "unreadable"     // a stored case cannot be read; Err says why
	NoteUnannounced Kind = "unannounced"    // reconcile found a dispute that no webhook announced
)

// Note is one thing that happened, for logs and metrics. It holds no evidence and no metadata.
type Note struct {
	Kind Kind
	Case Case
	// Reason is set for NotePerson.
	Reason string
	// Age is set for NoteArmed.
	Age time.Duration
	Err error
}

// kindOf names a stored change of the closer by what it did to the case.
func kindOf(before, after Case, otherwise Kind) Kind {
	switch {
	case after.State == Closed && before.State != Closed:
		return NoteClosed
	case after.State == Resolved && before.State != Resolved:
		return NoteResolved
	case after.Ambiguous && !before.Ambiguous:
		return NoteAmbiguous
	case after.State == Failed && before.State == Closing:
		return NoteRefused
	}
	return otherwise
}
