package cli

import (
	"context"
	"io"
)

// Input returns the standard input for a command that reads it to its end. Ctrl-C ends the read with context.Canceled;
// otherwise an idle terminal would block the command forever.
func (c *Console) Input() io.Reader { return interruptible{c.Stdin, c.Interrupted} }

type interruptible struct {
	from        io.Reader
	interrupted <-chan struct{}
}

// Read implements io.Reader. An abandoned read may still finish later, so each read has its own buffer.
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
