package system

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// Pause returns `disputectl pause`.
func Pause(env *access.Env) *cobra.Command {
	var f operator.Flags
	cmd := &cobra.Command{
		Use:     "pause --why REASON",
		Short:   "Stop all closing at once",
		GroupID: Group,
		Long: `Stop all closing at once, by rules and by operators, until ` + "`disputectl resume`" + `. Cases are
still learned, looked at and decided. What was claimed before may still be closed:
` + "`disputectl list --state closing`" + ` shows it. Your AWS identity and the reason are recorded.

Exit codes: 0 fine, 2 usage, 3 could not reach.`,
		Example: `  disputectl pause --why "the new rules close too much"`,
		Args:    cobra.NoArgs,
		RunE:    cli.RunE(func(cmd *cobra.Command, _ []string) error { return runPause(cmd.Context(), env, f.Halting()) }),
	}
	operator.AddFlags(cmd, &f)
	return cmd
}

// Resume returns `disputectl resume`.
func Resume(env *access.Env) *cobra.Command {
	var f operator.Flags
	cmd := &cobra.Command{
		Use:     "resume --why REASON",
		Short:   "Turn closing on for this table, for the first time or after a pause",
		GroupID: Group,
		Long: `Turn closing on for this table, for the first time or after a pause. Until then nothing is
closed: not on a new stack, nor on a table that was restored from a backup or moved, because
the switch is stored with the mark of its very table. Look at ` + "`disputectl status`" + ` and
` + "`disputectl list`" + ` first. What waited is tried again within fifteen minutes. Your AWS identity
and the reason are recorded.

Exit codes: 0 fine, 1 paused again meanwhile or not possible for this table, 2 usage,
3 could not reach.`,
		Example: `  disputectl resume --why "the rules are corrected"
  disputectl resume --stack live --why "the new stack was checked"`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runResume(cmd.Context(), env, f) }),
	}
	operator.AddFlags(cmd, &f)
	return cmd
}

// runPause stores the switch even if it is already set: somebody may have resumed closing since it was read.
func runPause(ctx context.Context, env *access.Env, f operator.Flags) error {
	op, err := operator.FromFlags(ctx, env, f)
	if err != nil {
		return err
	}
	if err := setSwitch(ctx, op, func(ctx context.Context) error { return op.Pause(ctx, op.Why) }); err != nil {
		return err
	}
	if before := op.Before.Control; before.Switch == closing.Paused {
		screen.Printf(env.Stdout, "Closing was paused already, since %s by %s: %s\n", view.When(before.At, env.Now()), before.Who, before.Why)
	}
	screen.Printf(env.Stdout, `Closing is paused, by %s.
No close can be claimed from now on. What was claimed before may still be closed:
`+"`disputectl list --state closing` shows it. `disputectl resume` turns closing on again.\n", op.Who())
	return nil
}

func runResume(ctx context.Context, env *access.Env, f operator.Flags) error {
	op, err := operator.FromFlags(ctx, env, f)
	if err != nil {
		return err
	}
	if op.Before.Unread != nil {
		return op.Before.Unread
	}
	before := op.Before.Control
	switch before.Switch {
	case closing.On:
		screen.Printf(env.Stdout, "Closing was on already: nothing was stored.\n")
		return nil
	case closing.Paused:
		screen.Printf(env.Stdout, "Closing was paused since %s by %s: %s\n", view.When(before.At, env.Now()), before.Who, before.Why)
	default:
		screen.Printf(env.Stdout, "Closing was off: nobody had turned it on for this table.\n")
	}
	if err := setSwitch(ctx, op, func(ctx context.Context) error { return op.Resume(ctx, op.Why) }); err != nil {
		return err
	}
	screen.Printf(env.Stdout, "Closing is on for this table, by %s. What waited is tried again within fifteen minutes.\n", op.Who())
	return nil
}

func setSwitch(ctx context.Context, op operator.Operator, act func(context.Context) error) error {
	_, err := operator.Store(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, act(ctx) })
	if errors.Is(err, closing.ErrNoMark) {
		return cli.Fail(cli.Found, "deploy the stack again: its template gives the table a stream",
			"table %s has no stream, whose ARN tells it from every other table: closing cannot be turned on for it, and nothing was stored", op.Table)
	}
	if errors.Is(err, closing.ErrConflict) {
		return cli.Fail(cli.Found, "`disputectl status` says by whom and why", "closing was paused again meanwhile: nothing was stored")
	}
	return op.StoreError("`disputectl status` shows how it stands", err)
}
