// Package cli is what every command of disputectl shares: exit codes and the failures behind them, the streams and the
// screen before them, files read and written, questions to the person, and flags.
package cli

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
	Fine        = 0
	Found       = 1 // a finding, a mismatch, no such case: the answer is "no"
	Misused     = 2 // an unknown flag, a missing argument, a file that cannot be read
	Unreachable = 3 // the table, or another part of the system
	// Interrupted is what a shell reports of a program that Ctrl-C ended: 128 and the number of SIGINT.
	Interrupted = 130
)

// ExitCodes is the line of help about them.
const ExitCodes = "Exit codes: 0 fine, 1 found something, 2 usage, 3 could not reach, 130 interrupted by Ctrl-C."

// ExitError ends a command: what happened, and what to do next.
type ExitError struct {
	Code int
	// What happened is empty if the command has shown it already. Next is empty if nothing can be done.
	What, Next string
	// err is the cause, whose text is part of What; nil if there is none.
	err error
}

func (e *ExitError) Error() string { return e.What }

func (e *ExitError) Unwrap() error { return e.err }

// ErrFound ends a command that has already shown what it found.
var ErrFound = &ExitError{Code: Found}

// ErrInterrupted ends a command that stored nothing and has nothing to show when Ctrl-C comes.
var ErrInterrupted = &ExitError{Code: Interrupted, What: "interrupted", err: context.Canceled}

// ErrNothingStored ends a command that was interrupted before it stored anything.
var ErrNothingStored = &ExitError{Code: Interrupted, What: "interrupted: nothing was stored"}

// Fail returns an ExitError whose text and cause are those of fmt.Errorf.
func Fail(code int, next, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &ExitError{Code: code, What: err.Error(), Next: next, err: err}
}

// Report writes what an error means for a person and returns the exit code it stands for.
func Report(w io.Writer, err error) int {
	var e *ExitError
	if !errors.As(err, &e) {
		e = &ExitError{Code: Unreachable, What: err.Error()}
	}
	if e.What != "" {
		screen.Printf(w, "disputectl: %s\n", joined(e.What))
	}
	if e.Next != "" {
		screen.Block(w, "  ", e.Next)
	}
	return e.Code
}

// joined puts the lines of a text, such as those of errors.Join, into one.
func joined(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(strings.TrimSpace(line), ";")
	}
	return strings.Join(lines, "; ")
}
