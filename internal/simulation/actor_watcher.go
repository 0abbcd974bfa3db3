package simulation

import (
	"context"

	"disputecloser/shared/closing"
)

// watcherPort is the watcher of an actor.
type watcherPort struct{ a *actor }

var _ closing.Watcher = watcherPort{}

// Note counts what is rung.
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
