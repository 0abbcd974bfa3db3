package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"disputecloser/cmd/disputectl/internal/screen"
)

// Exit codes. They are part of the command's contract, and its help shows them.
const (
	fine        = 0
	found       = 1 // a finding, a mismatch, no such case: the answer is "no"
	misused     = 2 // an unknown flag, a missing argument, a file that cannot be read
	unreachable = 3 // the table, or another part of the system
)

const exitCodes = "Exit codes: 0 fine, 1 found something, 2 usage, 3 could not reach."

// failure ends a command: what happened, and what to do next.
type failure struct {
	code       int
	what, next string
	// err is the cause, whose text is part of what; nil if there is none.
	err error
}

func (f *failure) Error() string { return f.what }

func (f *failure) Unwrap() error { return f.err }

// errFound ends a command that has shown already what it found.
var errFound = &failure{code: found}

// errInterrupted ends a command that stored nothing and has nothing to show when Ctrl-C comes.
var errInterrupted = &failure{code: unreachable, what: "interrupted", err: context.Canceled}

// fail returns a failure whose text and cause are those of fmt.Errorf.
func fail(code int, next, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &failure{code: code, what: err.Error(), next: next, err: err}
}

// report writes what an error means for a person and returns the exit code it stands for.
func report(w io.Writer, err error) int {
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{code: unreachable, what: err.Error()}
	}
	if f.what != "" {
		screen.Printf(w, "disputectl: %s\n", joined(f.what))
	}
	if f.next != "" {
		screen.Block(w, "  ", f.next)
	}
	return f.code
}

// joined puts the lines of a text, such as those of errors.Join, into one.
func joined(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(strings.TrimSpace(line), ";")
	}
	return strings.Join(lines, "; ")
}
