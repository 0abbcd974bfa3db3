package policies

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/view"
)

// backtestFlags are the flags of backtest, beside those of the replay.
type backtestFlags struct {
	replayFlags
	policy           string
	fees, back, work amounts
	wooshpay         bool
	site             access.Site
	since            cli.Span
	csv              bool
}

func backtestCommand(env *access.Env) *cobra.Command {
	var f backtestFlags
	cmd := &cobra.Command{
		Use:   "backtest (--cases FILE [FILE...] | --stack STACK | --wooshpay)",
		Short: "Show what a policy would have done over past disputes",
		Long: `Show what a policy would have done over past disputes: what it would have closed, the money
conceded, the fees saved, the days on which a budget was spent, what it would have closed
only after the deadline, and the regret: what it would have closed although it was won when
fought. By rule, month, currency and reason, and at the end the bottom line. Time moves as it
really would: grace, budget by UTC day, deadline.

The disputes come from files of one format (--cases), from the table of a stack or of a local
run (--stack, --local, --table: only unfinished cases), or from WooshPay's list (--wooshpay, with
--stack, or with WOOSHPAY_URL and a key). What a record does not say is assumed, and the
report ends with the assumptions.
The closer reads each dispute's charge before it closes; a record does not hold that answer.
The charge is taken as not refunded, or as --refunded says: try --refunded unknown if
WooshPay does not say it on your account. Disputes of live and of test mode are not mixed:
--key says which are meant.

A fee model is stated per currency: --fee for each dispute fought, --fee-back for what is
given back if it is won, --work for what fighting one costs beside. An amount is written
15.00 usd or, in minor units, usd=1500. The report says what was understood.

Exit codes: 0 reported, 1 no dispute, some records could not be read (the report covers the
others), or there is no key that WooshPay takes, 2 usage, or a file that cannot be used,
3 the table or WooshPay did not answer.`,
		Example: `  disputectl policy backtest --cases disputes.jsonl
  disputectl policy backtest --policy new.yaml --cases 2025-*.jsonl --fee usd=1500,eur=1500 --work '20.00 usd'
  disputectl policy backtest --wooshpay --stack dispute-closer-test --since 365d --csv > report.csv
  disputectl policy backtest --stack test --json`,
		Args: cobra.ArbitraryArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error { return runBacktest(cmd.Context(), env, args, f) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", defaultPolicy, "the policy's `FILE`, as written or compiled")
	addReplayFlags(cmd, &f.replayFlags)
	flags.BoolVar(&f.wooshpay, "wooshpay", false, "read WooshPay's list of disputes")
	flags.Var(&f.since, "since", "with --wooshpay: disputes created within this `TIME`; all if not given")
	access.TableFlags(cmd, &f.site)
	flags.StringVar(&f.site.KeySecret, "api-key-secret", "", "with --wooshpay: the `NAME` or ARN of the API key in Secrets Manager; API_KEY_SECRET if empty, and without both the key itself is read from "+access.KeyVariable)
	flags.Var(&f.fees, "fee", "fighting a dispute costs a fee of `AMOUNT`, such as 15.00 usd or usd=1500; repeatable")
	flags.Var(&f.back, "fee-back", "this `AMOUNT` of it is given back if it is won")
	flags.Var(&f.work, "work", "fighting a dispute costs work worth this `AMOUNT`")
	flags.BoolVar(&f.csv, "csv", false, "print every group as CSV")
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	cmd.MarkFlagsMutuallyExclusive("cases", "table", "wooshpay", "local")
	cmd.MarkFlagsMutuallyExclusive("cases", "stack")
	cmd.MarkFlagsOneRequired("cases", "stack", "table", "local", "wooshpay")
	return cmd
}

func runBacktest(ctx context.Context, env *access.Env, args []string, f backtestFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	r, err := input.ReadPolicy(&env.Console, f.policy)
	if err != nil {
		return err
	}
	if r == nil {
		return cli.Fail(cli.Misused, "name its file with --policy", "no policy is named")
	}
	p, err := openRecords(ctx, env, args, f)
	if err != nil {
		return err
	}
	defer p.Close()
	shown := env.Progress()
	o.History = p.history(shown)
	report, readErr := backtest.Run(ctx, r.Document, p, o)
	shown.Done()
	report.History = p.placed(report.History)
	if readErr != nil && (report.Totals.Disputes == 0 || ctx.Err() != nil) {
		return readError(ctx, p, readErr)
	}
	if err := modeError(o.Replay, report.Modes); err != nil {
		return err
	}
	if err := printBacktest(&env.Console, report, p.from, f); err != nil {
		return err
	}
	printFaults(&env.Console, p, report.History)
	switch {
	case readErr != nil:
		return readError(ctx, p, readErr)
	case report.Totals.Disputes == 0:
		return cli.Fail(cli.Found, "check where the disputes come from", "there is no dispute in %s", p.from)
	case report.History.Bad > 0:
		return cli.ErrFound
	}
	return nil
}

func printBacktest(console *cli.Console, r backtest.Report, from string, f backtestFlags) error {
	switch {
	case f.json:
		return console.PrintJSON(r)
	case f.csv:
		return view.BacktestCSV(console.Data(), r)
	}
	return view.Backtest(console.Stdout, r, from, console.Width())
}

// openRecords opens the disputes that the flags name.
func openRecords(ctx context.Context, env *access.Env, args []string, f backtestFlags) (records, error) {
	switch {
	case len(f.cases) == 0 && len(args) > 0:
		return records{}, cli.Fail(cli.Misused, "name files with --cases", "%q belongs to no flag", args[0])
	case f.since > 0 && !f.wooshpay:
		return records{}, cli.Fail(cli.Misused, "leave it out, or say --wooshpay", "--since is only for WooshPay's list")
	case f.wooshpay:
		return listRecords(ctx, env, f.site, f.since)
	case f.site.Stack != "" || f.site.Table != "" || f.site.Local:
		return tableRecords(ctx, env, f.site)
	}
	if f.policy == "-" && slices.Contains(slices.Concat(f.cases, args), "-") {
		return records{}, cli.Fail(cli.Misused, "name one of the two as a file", "the policy and the cases are both the standard input")
	}
	return fileRecords(&env.Console, f.cases, args)
}

// options returns the options of the replay and the fees.
func (f backtestFlags) options() (backtest.Options, error) {
	o := backtest.Options{Fees: map[string]backtest.Fees{}}
	var err error
	if o.Replay, err = f.replayFlags.options(); err != nil {
		return o, err
	}
	for _, flag := range []struct {
		name  string
		texts amounts
		of    func(*backtest.Fees) *int64
	}{
		{"--fee", f.fees, func(f *backtest.Fees) *int64 { return &f.Fought }},
		{"--fee-back", f.back, func(f *backtest.Fees) *int64 { return &f.Refunded }},
		{"--work", f.work, func(f *backtest.Fees) *int64 { return &f.Work }},
	} {
		for _, text := range flag.texts {
			code, amount, err := currencyAmount(flag.name, text, nil)
			if err != nil {
				return o, err
			}
			fees := o.Fees[code]
			to := flag.of(&fees)
			if *to != 0 {
				return o, cli.Fail(cli.Misused, "give it once", "%s has %s twice", flag.name, code)
			}
			*to = amount
			o.Fees[code] = fees
		}
	}
	return o, nil
}
