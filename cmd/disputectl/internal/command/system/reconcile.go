package system

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/reconciliation"
	"disputecloser/functions/reconcile"
	"disputecloser/shared/closing"
	"disputecloser/shared/pause"
)

// reconcileFlags are the flags of reconcile.
type reconcileFlags struct {
	access.Site
	since        cli.Span
	dryRun, json bool
}

// Reconcile returns `disputectl reconcile`.
func Reconcile(env *access.Env) *cobra.Command {
	f := reconcileFlags{since: cli.Span(reconcile.Span)}
	cmd := &cobra.Command{
		Use:     "reconcile",
		Short:   "Compare the table with WooshPay's list of disputes",
		GroupID: Group,
		Long: `Compare the table with WooshPay's list of disputes: what is missing in the table, and whose
status differs. With --dry-run nothing is changed. Without it, each of them is learned and
armed, as the reconcile function does every day: the closer then looks at each by its id.

Exit codes: 0 nothing is missing or differs, or all of it was learned, 1 with --dry-run,
something is missing or differs, or there is no key that WooshPay takes, 2 usage, 3 could not
reach or read everything.`,
		Example: `  disputectl reconcile --dry-run --stack dispute-closer-test
  disputectl reconcile --dry-run --since 7d --json --api-key-secret NAME`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runReconcile(cmd.Context(), env, f) }),
	}
	access.TableFlags(cmd, &f.Site)
	access.ProviderFlags(cmd, &f.Site)
	cmd.Flags().Var(&f.since, "since", "compare disputes created within this `TIME`")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "change nothing")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func runReconcile(ctx context.Context, env *access.Env, f reconcileFlags) error {
	if f.Local {
		return cli.Fail(cli.Misused, "leave it to the run", "a local run reconciles by itself")
	}
	desk, err := env.Open(ctx, f.Site)
	if err != nil {
		return err
	}
	client, err := env.Provider(ctx, desk.Site)
	if err != nil {
		return err
	}
	compared := reconciliation.New(desk, f.dryRun)
	reconciler := closing.Reconciler{
		Ledger: compared.Table(), Store: compared.Table(), Watcher: compared, Terms: closing.DefaultTerms(), Now: env.Now,
		Pause: pause.Before, Span: time.Duration(f.since), List: reconcile.DisputeList{Client: client},
	}
	sum, err := reconciler.Reconcile(ctx)
	result := compared.Result(sum)
	if err := printResult(&env.Console, result, f.json); err != nil {
		return err
	}
	if err := verdict(ctx, desk.Table, result, sum.Cut, err); err != nil {
		return err
	}
	if err := compared.Unread(); err != nil {
		return access.TableError(desk.Table, err)
	}
	if f.dryRun && len(result.Findings) > 0 {
		return cli.ErrFound
	}
	return nil
}

// printResult prints what was found. Without a list it prints only JSON; the error says the rest.
func printResult(console *cli.Console, r reconciliation.Result, asJSON bool) error {
	switch {
	case asJSON:
		return console.PrintJSON(r)
	case r.Unavailable:
		return nil
	}
	return r.Write(console.Stdout, console.Width())
}

// verdict says why a comparison did not reach the end of the list; nil if it did.
func verdict(ctx context.Context, table string, r reconciliation.Result, cut, err error) error {
	soFar := "what is printed above was found before"
	if !r.DryRun {
		soFar = "what is printed above was learned before"
	}
	switch {
	case ctx.Err() != nil:
		return cli.Fail(cli.Interrupted, soFar, "interrupted after %s", cli.Count(r.Listed, "listed dispute"))
	case r.Unavailable:
		return cli.Fail(cli.Unreachable, "every unfinished case is still looked at by its id once a day", "WooshPay does not offer its list of disputes here")
	case err != nil && errors.Is(err, reconciliation.ErrTable):
		return access.TableError(table, err)
	case err != nil:
		return cli.Fail(cli.Unreachable, soFar+"; check the key and --wooshpay, and run it again", "WooshPay's list was not read to its end: %w", err)
	case cut != nil:
		return cli.Fail(cli.Unreachable, soFar+"; use a shorter --since, or ask WooshPay why its list does not end", "WooshPay's list was not read to its end: %w", cut)
	}
	return nil
}
