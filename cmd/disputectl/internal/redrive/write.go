package redrive

import (
	"io"
	"time"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/moment"
	"disputecloser/shared/plain"
)

// mostNamed is how many waiting cases a person is shown.
const mostNamed = 10

// Write says what the queues hold, and what of it was healed.
func (f *Found) Write(w io.Writer, now time.Time) {
	if f.Hidden > 0 {
		screen.Printf(w, "%d more messages are hidden: somebody else looks at them, and they come back within %s.\n", f.Hidden, moment.Span(Held))
	} else if len(f.Messages) == 0 {
		screen.Printf(w, "The failure queues are empty.\n")
	}
	for _, m := range f.Messages {
		at := "at an unknown time"
		if !m.At.IsZero() {
			at = moment.From(m.At, now)
		}
		screen.Printf(w, "%s, message %s, %s:\n  %s\n", m.Queue, m.ID, at, m.text())
		if m.Healed != "" {
			screen.Printf(w, "  healed: %s\n", m.Healed)
		} else {
			screen.Printf(w, "  not known to be healed\n")
		}
	}
	if f.More {
		screen.Printf(w, "There are more messages than the %d that were read of a queue.\n", MostMessages)
	}
}

// WriteWaiting names the cases that wait since before records were given up.
func (f *Found) WriteWaiting(w io.Writer, now time.Time) {
	for i, c := range f.Waiting {
		if i == mostNamed {
			screen.Printf(w, "  and %d more\n", len(f.Waiting)-mostNamed)
			return
		}
		since := "a date that cannot be read"
		if !c.Since.IsZero() {
			since = moment.From(c.Since, now)
		}
		screen.Printf(w, "  %s, due since %s\n", c.Dispute, since)
	}
}

// Next says what to do about a message that is not known to be healed, by the name of the stack.
func (m Message) Next(waiting []Waiting, stack string) string {
	switch {
	case m.Kind == Records && len(waiting) > 0:
		return plain.Sprintf("see why it waits: disputectl why %s --stack %s; the closer's log has the error", waiting[0].Dispute, stack)
	case m.Kind == NotStarted:
		return "mend what the error says; after its next run, run redrive again"
	case m.Kind == Run:
		return plain.Sprintf("the log of %s has the error; after its next run, run redrive again", m.Function)
	}
	return plain.Sprintf("look at it in the SQS console; to delete it: disputectl redrive --forget %s --stack %s", m.ID, stack)
}
