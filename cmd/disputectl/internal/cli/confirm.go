package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
)

// maxTyped limits an answer, in bytes.
const maxTyped = 200

// IsTerminal reports whether a person is at the other end of an input.
func IsTerminal(in io.Reader) bool {
	f, isFile := in.(*os.File)
	return isFile && term.IsTerminal(int(f.Fd()))
}

// Confirm asks the person at the terminal to type a text, or one that is accepted in its place. It returns an ExitError
// unless they did; hint says there what to type.
func (c *Console) Confirm(ctx context.Context, want, hint string, accepts func(typed string) bool) error {
	screen.Printf(c.Stderr, "Type %s to confirm: ", want)
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(c.Stdin, maxTyped)).ReadString('\n')
		typed <- line
	}()
	select {
	case <-ctx.Done():
		screen.Printf(c.Stderr, "\n")
		return ErrNothingStored
	case line := <-typed:
		if !strings.HasSuffix(line, "\n") {
			screen.Printf(c.Stderr, "\n") // Nobody pressed Enter.
		}
		if got := OneLine(line); !strings.EqualFold(got, want) && !accepts(got) {
			return Fail(Found, hint, "%q is not %q: nothing was stored", got, want)
		}
		return nil
	}
}
