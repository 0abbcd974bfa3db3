package main

import (
	"context"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func (a *app) keepCommand() *cobra.Command {
	var f acting
	cmd := &cobra.Command{
		Use:     "keep DISPUTE --why REASON",
		Short:   "Keep a dispute, whatever the rules say",
		GroupID: groupCases,
		Long: `Keep a dispute, whatever the rules say, until it is released. A close that was claimed
before is not stopped by it. Your AWS identity and the reason are recorded.

Exit codes: 0 fine, 1 no such case or it has ended, 2 usage, 3 could not reach.`,
		Example:           `  disputectl keep dp_1234 --why "the customer has written that it was a mistake"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: act(func(cmd *cobra.Command, args []string) error {
			return a.keep(cmd.Context(), dispute.ID(args[0]), f)
		}),
	}
	actingFlags(cmd, &f)
	return cmd
}

func (a *app) keep(ctx context.Context, id dispute.ID, f acting) error {
	if err := soundID(id); err != nil {
		return err
	}
	h, err := a.hand(ctx, f)
	if err != nil {
		return err
	}
	c, err := store(ctx, func(ctx context.Context) (closing.Case, error) { return h.Keep(ctx, id, h.why) })
	if err != nil {
		return h.actError(id, c, err)
	}
	screen.Printf(a.stdout, "%s is kept, by %s.\n", id, h.Who)
	if c.State == closing.Closing {
		screen.Printf(a.stdout, "A close of it was claimed before and may still be executed, until %s.\n", view.Instant(c.ClaimUntil))
	}
	screen.Printf(a.stdout, "No rule closes it until `disputectl release %s`.\n", id)
	return nil
}
