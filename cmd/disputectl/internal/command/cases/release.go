package cases

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Release returns `disputectl release`.
func Release(env *access.Env) *cobra.Command {
	var f operator.Flags
	cmd := &cobra.Command{
		Use:     "release DISPUTE --why REASON",
		Short:   "Give a case back to the rules",
		GroupID: Group,
		Long: `Give a case back to the rules: one that an operator kept or ordered to be closed, one that
failed, or one in review. Its attempts start again from zero, and a rule may close it. It is
refused while a close is under way. Your AWS identity and the reason are recorded.

Exit codes: 0 fine, 1 no such case, it has ended, or a close is under way, 2 usage,
3 could not reach.`,
		Example:           `  disputectl release dp_1234 --why "the key is renewed"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: operator.CompleteOneID(env, &f),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runRelease(cmd.Context(), env, dispute.ID(args[0]), f)
		}),
	}
	operator.AddFlags(cmd, &f)
	return cmd
}

func runRelease(ctx context.Context, env *access.Env, id dispute.ID, f operator.Flags) error {
	op, _, err := act(ctx, env, id, f, operator.Acts.Release)
	if err != nil {
		return err
	}
	env.Lines(view.Plain(fmt.Sprintf("%s is back with the rules, by %s.", id, op.Who()))...)
	sayNext(&env.Console, id, "decides it again: a rule may close it")
	return nil
}

// act carries out an operator's act on one case, and returns the case as it is after it.
func act(ctx context.Context, env *access.Env, id dispute.ID, f operator.Flags,
	do func(operator.Acts, context.Context, closing.Order) (closing.Case, error)) (operator.Operator, closing.Case, error) {
	if err := access.CheckID(id); err != nil {
		return operator.Operator{}, closing.Case{}, err
	}
	op, err := operator.FromFlags(ctx, env, f)
	if err != nil {
		return operator.Operator{}, closing.Case{}, err
	}
	c, err := carryOut(ctx, op, id, do)
	return op, c, err
}

// carryOut stores one act.
func carryOut(ctx context.Context, op operator.Operator, id dispute.ID,
	do func(operator.Acts, context.Context, closing.Order) (closing.Case, error)) (closing.Case, error) {
	c, err := operator.Store(ctx, func(ctx context.Context) (closing.Case, error) { return do(op.Acts, ctx, op.Order(id, 0)) })
	return c, op.ActError(id, c, err)
}

// sayNext says what happens after an act that armed a case.
func sayNext(console *cli.Console, id dispute.ID, what string) {
	console.Lines(view.Plain("The closer looks at it within seconds, or with the next sweep, and " + what + ".")...)
	console.Lines(view.Plain("`disputectl why " + string(id) + "` says what became of it.")...)
}
