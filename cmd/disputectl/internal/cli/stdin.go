package cli

import (
	"context"
	"io"
)

// Input returns the standard input for a command that reads it to its end. Ctrl-C ends it with context.Canceled: a
// terminal at which nobody types any more would hold the command up.
func (c *Console) Input() io.Reader { return interruptible{c.Stdin, c.Interrupted} }

type interruptible struct {
	from        io.Reader
	interrupted <-chan struct{}
}

// Read implements io.Reader. A read that is given up may still end later, and so it has a buffer of its own.
func (r interruptible) Read(into []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		buffer := make([]byte, len(into))
		n, err := r.from.Read(buffer)
		read <- result{buffer[:n], err}
	}()
	select {
	case <-r.interrupted:
		return 0, context.Canceled
	case got := <-read:
		return copy(into, got.data), got.err
	}
}
