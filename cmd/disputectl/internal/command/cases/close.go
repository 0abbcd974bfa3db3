package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// closeFlags are the flags of close.
type closeFlags struct {
	operator.Flags
	policy string
	yes    bool
}

// Close returns `disputectl close`.
func Close(env *access.Env) *cobra.Command {
	var f closeFlags
	cmd := &cobra.Command{
		Use:     "close DISPUTE --why REASON",
		Short:   "Have a dispute closed, which concedes its amount",
		GroupID: Group,
		Long: `Have a dispute closed, whatever the rules say. It concedes the amount and cannot be undone, so
it asks for the amount to be typed as it is shown, such as 18.19 USD.

This command never calls WooshPay. It stores your order, and the closer carries it out
without grace, on fresh facts, while closing is on, within the guards, the ceiling and the
budget. It does so even while the policy is in shadow mode, which holds back the rules and
not your order. With --policy it shows first what guards and limits would do. Your order is
valid only for this amount: if the dispute changes to another amount before the order is
carried out, nothing is closed and the case waits for you again.

In scripts, --yes replaces the typing. It overrides no warning: a close that a guard would
stop is refused. Your AWS identity and the reason are recorded.

Exit codes: 0 stored, 1 not confirmed, refused, no such case, it has ended or WooshPay does
not know it, 2 usage, 3 could not reach.`,
		Example: `  disputectl close dp_1234 --why "costs more to fight" --policy policy.yaml
  disputectl close dp_1234 --why "costs more to fight" --policy policy.yaml --yes`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: operator.CompleteOneID(env, &f.Flags),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runClose(cmd.Context(), env, dispute.ID(args[0]), f)
		}),
	}
	operator.AddFlags(cmd, &f.Flags)
	input.PolicyFlag(cmd, &f.policy)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask; for scripts")
	return cmd
}

func runClose(ctx context.Context, env *access.Env, id dispute.ID, f closeFlags) error {
	if !f.yes && !env.IsTerminal(env.Stdin) {
		return cli.Fail(cli.Misused, "add --yes in scripts", "nobody can be asked: the input is not a terminal")
	}
	if err := access.CheckID(id); err != nil {
		return err
	}
	rules, err := input.ReadPolicy(&env.Console, f.policy)
	if err != nil {
		return err
	}
	op, err := operator.FromFlags(ctx, env, f.Flags)
	if err != nil {
		return err
	}
	c, err := loadUnfinished(ctx, op, id)
	if err != nil {
		return err
	}
	expected, err := previewClose(ctx, op, c, rules)
	if err != nil {
		return err
	}
	showConcession(&env.Console, c, expected)
	if err := agree(ctx, &env.Console, c, f.yes, expected); err != nil {
		return err
	}
	if err := orderClose(ctx, op, c); err != nil {
		return err
	}
	env.Lines(view.Plain(fmt.Sprintf("%s is to be closed, by %s: this concedes %s, %s.", id, op.Who(), view.Amount(c.Dispute), evenInShadow))...)
	sayNext(&env.Console, id, "closes it unless something prevents it")
	return nil
}

// loadUnfinished returns a case on which an operator may act.
func loadUnfinished(ctx context.Context, op operator.Operator, id dispute.ID) (closing.Case, error) {
	c, err := op.LoadCase(ctx, id)
	switch {
	case err != nil:
		return c, err
	case c.State.Finished():
		return c, op.ActError(id, c, closing.ErrFinished)
	case !c.UnknownSince.IsZero():
		return c, op.ActError(id, c, closing.ErrUnknownDispute)
	}
	if _, known := c.Dispute.Money(); !known {
		return c, cli.Fail(cli.Found, "see `disputectl show "+string(id)+"`; it may be closed in WooshPay's dashboard",
			"the amount or the currency of %s is unknown, and no guard lets that be closed: nothing was stored", id)
	}
	return c, nil
}

// evenInShadow says what shadow mode does not do. Whether the deployed policy is in that mode is not known here.
const evenInShadow = "even while the policy is in shadow mode"

func showConcession(console *cli.Console, c closing.Case, p preview) {
	now := console.Now()
	console.Lines(view.Plain(fmt.Sprintf("Closing %s concedes %s and cannot be undone, %s.", c.ID, view.Amount(c.Dispute), evenInShadow))...)
	console.Hanging("  it stands at  ", view.Plain(fmt.Sprintf("%s, as WooshPay showed it %s", c.Dispute.Status, view.When(c.ObservedAt, now)))...)
	if !c.Dispute.DueBy.IsZero() {
		console.Hanging("  answer due    ", view.Plain(view.When(c.Dispute.DueBy, now))...)
	}
	console.Hanging("  until now     ", view.Plain(fmt.Sprintf("%s: %s", c.State, view.WhyFrom(c, now)))...)
	paint := console.Paint()
	for _, text := range p.stops {
		console.Hanging("  ", view.Cell{Text: "would be stopped:", Paint: paint.Red}, view.Cell{Text: " " + text})
	}
	for _, text := range p.waits {
		console.Hanging("  ", view.Cell{Text: "would wait:", Paint: paint.Yellow}, view.Cell{Text: " " + text})
	}
	for _, text := range p.notes {
		console.Hanging("  ", view.Plain("note: "+text)...)
	}
}

// agree has the person type the amount. With --yes nobody has read what would stop the close, so that is refused.
func agree(ctx context.Context, console *cli.Console, c closing.Case, yes bool, p preview) error {
	shown, _ := c.Dispute.Money()
	switch want := view.Money(shown); {
	case !yes:
		return console.Confirm(ctx, want, "type the amount with its currency, as shown: "+want, func(typed string) bool { return means(typed, shown) })
	case len(p.stops) > 0:
		return cli.Fail(cli.Found, "without --yes, at a terminal, it can still be ordered",
			"the closer would not close %s: nothing was stored", c.ID)
	}
	return nil
}

// means reports whether a person typed exactly this money: with or without its thousands set apart, and never in minor
// units.
func means(typed string, shown dispute.Money) bool {
	amount, code, err := money.Parse(typed)
	return err == nil && !strings.Contains(typed, "=") && dispute.Money{Amount: amount, Currency: code} == shown
}

// orderClose stores the operator's order. It is valid only for the amount that was shown.
func orderClose(ctx context.Context, op operator.Operator, shown closing.Case) error {
	agreed, _ := shown.Dispute.Money()
	c, err := operator.Store(ctx, func(ctx context.Context) (closing.Case, error) {
		return op.Close(ctx, op.Order(shown.ID, shown.Version), agreed)
	})
	if errors.Is(err, closing.ErrOtherAmount) {
		return cli.Fail(cli.Found, "look at it again, and confirm what it is now",
			"%s is now about %s, not %s: nothing was stored", shown.ID, view.Amount(c.Dispute), view.Money(agreed))
	}
	return op.ActError(shown.ID, c, err)
}
