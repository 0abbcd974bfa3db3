package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// conceding is what the flags of close say.
type conceding struct {
	acting
	policy string
	yes    bool
}

func (a *app) closeCommand() *cobra.Command {
	var f conceding
	cmd := &cobra.Command{
		Use:     "close DISPUTE --why REASON",
		Short:   "Have a dispute closed, which concedes its amount",
		GroupID: groupCases,
		Long: `Have a dispute closed, whatever the rules say. It concedes the amount and cannot be undone, so
it asks for the amount to be typed, such as 1000 usd: minor units, as everywhere.

This command never calls WooshPay. It stores your word, and the closer carries it out
without grace, on fresh facts, within the guards, the ceiling, the budget and the pause,
also while the policy is in shadow mode. With --policy it tells beforehand what they say.
Your word is for this amount alone: should the dispute change to another before it is
carried out, nothing is closed and the case stands before a person again.

In scripts, --yes takes the place of the typing. It answers no warning: a close that a
guard would stop is then refused. Your AWS identity and the reason are recorded.

Exit codes: 0 stored, 1 not confirmed, refused, no such case, it has ended or WooshPay does
not know it, 2 usage, 3 could not reach.`,
		Example: `  disputectl close dp_1234 --why "costs more to fight" --policy policy.yaml
  disputectl close dp_1234 --why "costs more to fight" --policy policy.yaml --yes`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: act(func(cmd *cobra.Command, args []string) error {
			return a.close(cmd.Context(), dispute.ID(args[0]), f)
		}),
	}
	actingFlags(cmd, &f.acting)
	rulesFlag(cmd, &f.policy)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask; for scripts")
	return cmd
}

func (a *app) close(ctx context.Context, id dispute.ID, f conceding) error {
	if !f.yes && !a.terminal(a.stdin) {
		return fail(misused, "add --yes in scripts", "nobody can be asked: the input is no terminal")
	}
	rules, err := a.rules(f.policy)
	if err != nil {
		return err
	}
	h, err := a.hand(ctx, f.acting)
	if err != nil {
		return err
	}
	c, err := h.unfinished(ctx, id)
	if err != nil {
		return err
	}
	prospect, err := h.prospect(ctx, c, rules)
	if err != nil {
		return err
	}
	a.showConcession(c, prospect)
	if err := a.agree(ctx, c, f.yes, prospect); err != nil {
		return err
	}
	if err := h.order(ctx, c); err != nil {
		return err
	}
	screen.Printf(a.stdout, "%s is to be closed, by %s.\n", id, h.Who)
	a.sayNext(id, "closes it unless something stands against it")
	return nil
}

// unfinished returns a case on which an operator may act.
func (h hand) unfinished(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c, err := loadFrom(ctx, h.ledger, h.table, id)
	switch {
	case err != nil:
		return c, err
	case c.State.Finished():
		return c, h.actError(id, c, closing.ErrFinished)
	case !c.UnknownSince.IsZero():
		return c, h.actError(id, c, closing.ErrUnknownDispute)
	}
	if _, known := c.Dispute.Money(); !known {
		return c, fail(found, "see `disputectl show "+string(id)+"`; it may be closed in WooshPay's dashboard",
			"the amount or the currency of %s is unknown, and no guard lets that be closed: nothing was stored", id)
	}
	return c, nil
}

func (a *app) showConcession(c closing.Case, p prospect) {
	screen.Printf(a.stdout, "Closing %s concedes %s and cannot be undone.\n", c.ID, view.Amount(c.Dispute))
	screen.Printf(a.stdout, "  it stands at  %s, as WooshPay showed it at %s\n", c.Dispute.Status, view.When(c.ObservedAt, a.now()))
	if !c.Dispute.DueBy.IsZero() {
		screen.Printf(a.stdout, "  answer due    %s\n", view.When(c.Dispute.DueBy, a.now()))
	}
	screen.Printf(a.stdout, "  until now     %s: %s\n", c.State, view.Why(c))
	paint := a.paint()
	for _, text := range p.stops {
		screen.Printf(a.stdout, "  %s %s\n", paint.red("would be stopped:"), text)
	}
	for _, text := range p.waits {
		screen.Printf(a.stdout, "  %s %s\n", paint.yellow("would wait:"), text)
	}
	for _, text := range p.notes {
		screen.Printf(a.stdout, "  note: %s\n", text)
	}
}

// agree has the person type the amount. Where --yes takes its place, nobody has read what would stop the close.
func (a *app) agree(ctx context.Context, c closing.Case, yes bool, p prospect) error {
	switch {
	case !yes:
		return a.confirm(ctx, view.Amount(c.Dispute))
	case len(p.stops) > 0:
		return fail(found, "without --yes, at a terminal, it can be ordered all the same",
			"the closer would not close %s: nothing was stored", c.ID)
	}
	return nil
}

// order stores the operator's word. It is for the money of the case that was shown, and for no other.
func (h hand) order(ctx context.Context, shown closing.Case) error {
	agreed, _ := shown.Dispute.Money()
	c, err := store(ctx, func(ctx context.Context) (closing.Case, error) { return h.Close(ctx, shown.ID, agreed, h.why) })
	if errors.Is(err, closing.ErrOtherAmount) {
		return fail(found, "look at it again, and confirm what it is now",
			"%s is about %s by now, not %s: nothing was stored", shown.ID, view.Amount(c.Dispute), agreed)
	}
	return h.actError(shown.ID, c, err)
}
