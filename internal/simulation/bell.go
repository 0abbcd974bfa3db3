package simulation

import (
	"context"

	"disputecloser/shared/closing"
)

// bell is the watcher of an actor.
type bell struct{ a *actor }

var _ closing.Watcher = bell{}

// Note counts what is rung.
func (b bell) Note(_ context.Context, n closing.Note) {
	figures := &b.a.w.figures
	figures.saw(sawNote)
	b.a.w.rings(b.a, n)
	if n.Kind == closing.NotePerson {
		figures.saw(sawPersonCalled)
	}
	if n.Kind == closing.NoteDropped {
		figures.saw(sawFreshClaimID)
	}
}
