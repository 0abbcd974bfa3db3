package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
)

// RunE makes a function the RunE of a command. An error of it that is not an ExitError means that a part of the system
// did not answer; an error that cobra itself returns means a wrong command line.
func RunE(run func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		switch e := new(ExitError); {
		case err == nil || errors.As(err, &e):
			return err
		case errors.Is(err, context.Canceled):
			return ErrInterrupted
		}
		return &ExitError{Code: Unreachable, What: err.Error(), err: err}
	}
}

// Help runs a command that only has others below it.
func Help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// OnlyCommands refuses an argument that names no command, and suggests the nearest one.
func OnlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	next := "see `" + cmd.CommandPath() + " --help`"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		next = "did you mean `" + cmd.CommandPath() + " " + near[0] + "`?"
	}
	return Fail(Misused, next, "there is no command %q", cmd.CommandPath()+" "+args[0])
}

// Instant reads a time of the command line; empty means now.
func (c *Console) Instant(text string) (time.Time, error) {
	if text == "" {
		return c.Now(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, Fail(Misused, "write it like 2026-03-02T12:00:00Z", "%q is not a time", text)
	}
	return at, nil
}
