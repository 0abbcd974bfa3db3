package simulation

import (
	"context"

	"disputecloser/shared/closing"
)

// watcherPort is the closing.Watcher of one actor.
type watcherPort struct{ a *actor }

var _ closing.Watcher = watcherPort{}

// Note checks and counts a note.
func (port watcherPort) Note(_ context.Context, n closing.Note) {
	figures := &port.a.w.figures
	figures.saw(sawNote)
	port.a.w.checkNote(port.a, n)
	if n.Kind == closing.NotePerson {
		figures.saw(sawPersonCalled)
	}
	if n.Kind == closing.NoteDropped {
		figures.saw(sawFreshClaimID)
	}
}
