package demo

import (
	"context"
	"fmt"
	"io"
	"sync"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// anyColumns is what the demonstration's lines fit into where the width of the terminal is not known.
const anyColumns = 100

// commentary is the watcher of the day. It prints the notes of the system, and counts them per dispute.
type commentary struct {
	out     io.Writer
	columns int
	clock   *clock

	mu    sync.Mutex
	notes map[dispute.ID]map[closing.Kind]int
	// decided is the last decision printed for a dispute: the daily look repeats it.
	decided map[dispute.ID]string
	// about is what a dispute's first line begins with.
	about map[dispute.ID]string
}

func newCommentary(o Options, c *clock) *commentary {
	return &commentary{
		out: o.Out, columns: o.columns(), clock: c,
		notes: map[dispute.ID]map[closing.Kind]int{}, decided: map[dispute.ID]string{}, about: map[dispute.ID]string{},
	}
}

// Note prints what happened to a case.
func (c *commentary) Note(_ context.Context, n closing.Note) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.notes[n.Case.ID] == nil {
		c.notes[n.Case.ID] = map[closing.Kind]int{}
	}
	c.notes[n.Case.ID][n.Kind]++
	text := view.Note(n, hour)
	if text == "" || n.Kind == closing.NoteDecided && text == c.decided[n.Case.ID] {
		return
	}
	if n.Kind == closing.NoteDecided {
		c.decided[n.Case.ID] = text
	}
	if about := c.about[n.Case.ID]; about != "" {
		text = about + ": " + text
		delete(c.about, n.Case.ID)
	}
	c.write(n.Case.ID, text)
}

// introduce says what a dispute is about when something is first told of it.
func (c *commentary) introduce(id dispute.ID, about string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.about[id] = about
}

// says writes a line of the story itself; id is empty for what is not about one dispute.
func (c *commentary) says(id dispute.ID, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(id, fmt.Sprintf(format, args...))
}

func (c *commentary) write(id dispute.ID, text string) {
	prefix := fmt.Sprintf("%s  %-12s", hour(c.clock.now()), id)
	for _, line := range view.Wrap(text, c.columns-len(prefix)) {
		screen.Printf(c.out, "%s%s\n", prefix, line)
		prefix = fmt.Sprintf("%*s", len(prefix), "")
	}
}

// counted returns how many notes of a kind a dispute had.
func (c *commentary) counted(id dispute.ID, kind closing.Kind) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.notes[id][kind]
}
