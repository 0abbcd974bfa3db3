package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"disputecloser/cmd/disputectl/internal/screen"
)

// maxTyped bounds in bytes what is read of an answer.
const maxTyped = 200

func isTerminal(in io.Reader) bool {
	f, isFile := in.(*os.File)
	return isFile && term.IsTerminal(int(f.Fd()))
}

// confirm asks the person at the terminal to type a text. It returns a failure unless they did.
func (a *app) confirm(ctx context.Context, want string) error {
	screen.Printf(a.stderr, "Type %s to confirm: ", want)
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(a.stdin, maxTyped)).ReadString('\n')
		typed <- line
	}()
	select {
	case <-ctx.Done():
		screen.Printf(a.stderr, "\n")
		return errNothingStored
	case line := <-typed:
		if !strings.HasSuffix(line, "\n") {
			screen.Printf(a.stderr, "\n") // Nobody pressed Enter.
		}
		if got := strings.Join(strings.Fields(line), " "); got != want {
			return fail(found, "type the amount and the currency exactly as shown", "%q is not %q: nothing was stored", got, want)
		}
		return nil
	}
}
