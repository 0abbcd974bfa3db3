package cli

import (
	"io"
	"time"
)

// Console is the person or the program that runs a command: streams, clock, environment and directory. A test brings
// its own.
type Console struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Getenv         func(string) string
	// IsTerminal reports whether a person is at the other end of the input.
	IsTerminal func(io.Reader) bool
	// Dir is what relative file names are relative to; the process's own directory if empty.
	Dir string
	// Interrupted is closed by Ctrl-C; command.Run sets it.
	Interrupted <-chan struct{}
}
