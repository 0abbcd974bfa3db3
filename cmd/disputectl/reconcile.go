package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/reconciliation"
	"disputecloser/functions/reconcile"
	"disputecloser/shared/closing"
	"disputecloser/shared/pause"
	"disputecloser/shared/wooshpay"
)

// reconciling is what the flags of reconcile say.
type reconciling struct {
	site
	since        span
	dryRun, json bool
}

func (a *app) reconcileCommand() *cobra.Command {
	f := reconciling{since: span(reconcile.Span)}
	cmd := &cobra.Command{
		Use:     "reconcile",
		Short:   "Compare the table with WooshPay's list of disputes",
		GroupID: groupSystem,
		Long: `Compare the table with WooshPay's list of disputes: what is missing in the table, and whose
status differs. With --dry-run nothing is changed. Without it, each of them is learnt and
armed, as the reconcile function does every day: the closer then looks at each by its id.

Exit codes: 0 nothing is missing or differs, or all of it was learnt, 1 with --dry-run,
something is missing or differs, 2 usage, 3 could not reach, or not to its end.`,
		Example: `  disputectl reconcile --dry-run --stack dispute-closer-test
  disputectl reconcile --dry-run --since 7d --json --api-key-secret NAME`,
		Args: cobra.NoArgs,
		RunE: act(func(cmd *cobra.Command, _ []string) error { return a.reconcile(cmd.Context(), f) }),
	}
	tableFlag(cmd, &f.table)
	stackFlag(cmd, &f.site)
	providerFlags(cmd, &f.site)
	cmd.Flags().Var(&f.since, "since", "compare disputes created within this `TIME`")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "change nothing")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func (a *app) reconcile(ctx context.Context, f reconciling) error {
	at, err := a.located(ctx, f.site)
	if err != nil {
		return err
	}
	l, name, err := a.table(ctx, at.table)
	if err != nil {
		return err
	}
	client, err := a.provider(ctx, at)
	if err != nil {
		return err
	}
	compared := reconciliation.New(l, f.dryRun)
	reconciler := closing.Reconciler{
		Ledger: compared.Table(), Books: compared.Table(), Watcher: compared, Terms: closing.DefaultTerms(), Now: a.now,
		Pause: pause.Before, Span: time.Duration(f.since), Catalogue: reconcile.Catalogue{Client: client},
	}
	sum, err := reconciler.Reconcile(ctx)
	result := compared.Result(sum)
	if err := a.printResult(result, f.json); err != nil {
		return err
	}
	if err := verdict(ctx, name, result, sum.Cut, err); err != nil {
		return err
	}
	if err := compared.Unread(); err != nil {
		return tableError(name, err)
	}
	if f.dryRun && len(result.Findings) > 0 {
		return errFound
	}
	return nil
}

// listed returns the client of the account whose disputes are listed.
func (a *app) listed(ctx context.Context, s site) (*wooshpay.Client, error) {
	s, err := a.located(ctx, s)
	if err != nil {
		return nil, err
	}
	return a.provider(ctx, s)
}

// printResult prints what was found; where nothing was listed, only a program is told so.
func (a *app) printResult(r reconciliation.Result, asJSON bool) error {
	switch {
	case asJSON:
		return a.printJSON(r)
	case r.Unavailable:
		return nil
	}
	return r.Write(a.stdout, a.width())
}

// verdict says why a comparison did not come to the list's end; nil if it did.
func verdict(ctx context.Context, table string, r reconciliation.Result, cut, err error) error {
	soFar := "what is printed above was found before"
	if !r.DryRun {
		soFar = "what is printed above was learned before"
	}
	switch {
	case ctx.Err() != nil:
		return fail(unreachable, soFar, "interrupted after %s", count(r.Listed, "listed dispute"))
	case r.Unavailable:
		return fail(unreachable, "every unfinished case is looked at by its id once a day all the same", "WooshPay does not offer its list of disputes here")
	case err != nil && errors.Is(err, reconciliation.ErrTable):
		return tableError(table, err)
	case err != nil:
		return fail(unreachable, soFar+"; check the key and --wooshpay, and run it again", "WooshPay's list was not read to its end: %w", err)
	case cut != nil:
		return fail(unreachable, soFar+"; use a shorter --since, or ask WooshPay why its list does not end", "WooshPay's list was not read to its end: %w", cut)
	}
	return nil
}
