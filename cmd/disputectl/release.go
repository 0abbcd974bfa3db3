package main

import (
	"context"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func (a *app) releaseCommand() *cobra.Command {
	var f acting
	cmd := &cobra.Command{
		Use:     "release DISPUTE --why REASON",
		Short:   "Give a case back to the rules",
		GroupID: groupCases,
		Long: `Give a case back to the rules: one that was kept or is to be closed by an operator's word, one
that failed, or one in review. Its attempts begin anew, and a rule may close it. It is
refused while a close is under way. Your AWS identity and the reason are recorded.

Exit codes: 0 fine, 1 no such case, it has ended, or a close is under way, 2 usage,
3 could not reach.`,
		Example:           `  disputectl release dp_1234 --why "the key is renewed"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: act(func(cmd *cobra.Command, args []string) error {
			return a.release(cmd.Context(), dispute.ID(args[0]), f)
		}),
	}
	actingFlags(cmd, &f)
	return cmd
}

func (a *app) release(ctx context.Context, id dispute.ID, f acting) error {
	if err := soundID(id); err != nil {
		return err
	}
	h, err := a.hand(ctx, f)
	if err != nil {
		return err
	}
	c, err := store(ctx, func(ctx context.Context) (closing.Case, error) { return h.Release(ctx, id, h.why) })
	if err != nil {
		return h.actError(id, c, err)
	}
	screen.Printf(a.stdout, "%s is back with the rules, by %s.\n", id, h.Who)
	a.sayNext(id, "decides it anew: a rule may close it")
	return nil
}

// sayNext tells what follows an act that armed a case.
func (a *app) sayNext(id dispute.ID, what string) {
	screen.Printf(a.stdout, "The closer looks at it within seconds, or with the next sweep, and %s.\n`disputectl why %s` tells what became of it.\n", what, id)
}
