package cases

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Keep returns `disputectl keep`.
func Keep(env *access.Env) *cobra.Command {
	var f operator.Flags
	cmd := &cobra.Command{
		Use:     "keep DISPUTE... --why REASON",
		Short:   "Keep disputes, whatever the rules say",
		GroupID: Group,
		Long: `Keep disputes, whatever the rules say, until they are released. A close that was claimed
before is not stopped by it. Your AWS identity and the reason are recorded. Each dispute is
an act of its own: one that cannot be kept does not stop the others.

Exit codes: 0 fine, 1 no such case or it has ended, 2 usage, 3 could not reach. With several
disputes it is that of the first one that was not kept.`,
		Example: `  disputectl keep dp_1234 --why "the customer has written that it was a mistake"
  disputectl keep dp_1234 dp_5678 --why "the same customer"`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: operator.CompleteIDs(env, &f),
		RunE:              cli.RunE(func(cmd *cobra.Command, args []string) error { return runKeep(cmd.Context(), env, args, f) }),
	}
	operator.AddFlags(cmd, &f)
	return cmd
}

func runKeep(ctx context.Context, env *access.Env, args []string, f operator.Flags) error {
	ids, err := access.IDs(args)
	if err != nil {
		return err
	}
	op, err := operator.FromFlags(ctx, env, f)
	if err != nil {
		return err
	}
	if len(ids) == 1 {
		return keep(ctx, env, op, ids[0])
	}
	var first error
	for _, id := range ids {
		if err := keep(ctx, env, op, id); err != nil {
			first = cmp.Or(first, error(&cli.ExitError{Code: cli.Report(env.Stderr, err)}))
		}
	}
	return first
}

func keep(ctx context.Context, env *access.Env, op operator.Operator, id dispute.ID) error {
	c, err := carryOut(ctx, op, id, operator.Acts.Keep)
	if err != nil {
		return err
	}
	env.Lines(view.Plain(fmt.Sprintf("%s is kept, by %s.", id, op.Who()))...)
	if c = afresh(ctx, env, op, c); c.State == closing.Closing {
		env.Lines(view.Plain("A close of it was claimed before and may still be executed, until " + view.When(c.ClaimUntil, env.Now()) + ".")...)
	}
	env.Lines(view.Plain(fmt.Sprintf("No rule closes it until `disputectl release %s`.", id))...)
	return nil
}

// afresh returns the case as it stands after an act that was stored; without an answer of the table, as the act left it.
func afresh(ctx context.Context, env *access.Env, op operator.Operator, c closing.Case) closing.Case {
	now, err := op.Load(ctx, c.ID)
	if err != nil {
		screen.Printf(env.Stderr, "it is stored; how the case stands now could not be read: %v\n", err)
		return c
	}
	return now
}
