package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

func (a *app) pauseCommand() *cobra.Command {
	var f acting
	cmd := &cobra.Command{
		Use:     "pause --why REASON",
		Short:   "Stop all closing at once",
		GroupID: groupSystem,
		Long: `Stop all closing at once, by rules and by operators, until ` + "`disputectl resume`" + `. Cases are
learnt, looked at and decided all the same. What was claimed before may still be closed:
` + "`disputectl list --state closing`" + ` shows it. Your AWS identity and the reason are recorded.

Exit codes: 0 fine, 2 usage, 3 could not reach.`,
		Example: `  disputectl pause --why "the new rules close too much"`,
		Args:    cobra.NoArgs,
		RunE:    act(func(cmd *cobra.Command, _ []string) error { return a.pause(cmd.Context(), f) }),
	}
	actingFlags(cmd, &f)
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	var f acting
	cmd := &cobra.Command{
		Use:     "resume --why REASON",
		Short:   "Let closing go on after a pause",
		GroupID: groupSystem,
		Long: `Let closing go on after a pause. What waited is tried again within fifteen minutes. Your AWS
identity and the reason are recorded.

Exit codes: 0 fine, 1 paused again meanwhile, 2 usage, 3 could not reach.`,
		Example: `  disputectl resume --why "the rules are corrected"`,
		Args:    cobra.NoArgs,
		RunE:    act(func(cmd *cobra.Command, _ []string) error { return a.resume(cmd.Context(), f) }),
	}
	actingFlags(cmd, &f)
	return cmd
}

// pause stores the switch even where it is set already: between a look at it and the word of who looked, somebody may
// have resumed.
func (a *app) pause(ctx context.Context, f acting) error {
	h, before, err := a.atSwitch(ctx, f)
	if err != nil {
		return err
	}
	if err := h.set(ctx, func(ctx context.Context) error { return h.Pause(ctx, h.why) }); err != nil {
		return err
	}
	if before.Paused {
		screen.Printf(a.stdout, "Closing was paused already, since %s by %s: %s\n", view.Instant(before.At), before.Who, before.Why)
	}
	screen.Printf(a.stdout, `Closing is paused, by %s.
No close can be claimed from now on. What was claimed before may still be closed:
`+"`disputectl list --state closing` shows it. `disputectl resume` lets closing go on.\n", h.Who)
	return nil
}

func (a *app) resume(ctx context.Context, f acting) error {
	h, before, err := a.atSwitch(ctx, f)
	if err != nil {
		return err
	}
	if !before.Paused {
		screen.Printf(a.stdout, "Closing was not paused: nothing was stored.\n")
		return nil
	}
	screen.Printf(a.stdout, "Closing was paused since %s by %s: %s\n", view.Instant(before.At), before.Who, before.Why)
	if err := h.set(ctx, func(ctx context.Context) error { return h.Resume(ctx, h.why) }); err != nil {
		return err
	}
	screen.Printf(a.stdout, "Closing goes on, by %s. What waited is tried again within fifteen minutes.\n", h.Who)
	return nil
}

// atSwitch returns the operator, and the switch as it stands.
func (a *app) atSwitch(ctx context.Context, f acting) (hand, closing.Control, error) {
	h, err := a.hand(ctx, f)
	if err != nil {
		return hand{}, closing.Control{}, err
	}
	control, err := h.ledger.Control(ctx)
	if err != nil {
		return hand{}, closing.Control{}, tableError(h.table, err)
	}
	return h, control, nil
}

func (h hand) set(ctx context.Context, act func(context.Context) error) error {
	_, err := store(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, act(ctx) })
	if f := new(failure); err == nil || errors.As(err, &f) {
		return err
	}
	if errors.Is(err, closing.ErrConflict) {
		return fail(found, "`disputectl status` tells by whom and why", "closing was paused again meanwhile: nothing was stored")
	}
	return h.storeError("`disputectl status` tells how it stands", err)
}
