package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/view"
)

// backtesting is what the flags of backtest say beside those of the replay.
type backtesting struct {
	replaying
	policy           string
	fees, back, work []string
	table            string
	wooshpay         bool
	site             site
	since            span
	csv              bool
}

func (a *app) policyBacktestCommand() *cobra.Command {
	var f backtesting
	cmd := &cobra.Command{
		Use:   "backtest (--cases FILE [FILE...] | --table TABLE | --wooshpay)",
		Short: "Tell what a policy would have done over past disputes",
		Long: `Tell what a policy would have done over past disputes: what it would have closed, the money
conceded, the fees spared, the days on which a budget was spent, what it would have closed
only after the deadline, and the regret: what it would have closed although it was won when
fought. By rule, month, currency and reason. Time moves as it really would: grace, budget by
UTC day, deadline.

The disputes come from files of one format (--cases), from the table (--table: unfinished
cases alone), or from WooshPay's list (--wooshpay, with --stack, or with WOOSHPAY_URL and
a key). What a record does not tell is assumed, and the report ends with the assumptions.
The closer reads each dispute's charge before it closes; a record does not hold that answer.
The charge is taken as not refunded, or as --refunded says: try --refunded unknown if
WooshPay does not say it on your account.

A fee model is stated per currency, in minor units: --fee for each dispute fought,
--fee-back for what is given back if it is won, --work for what fighting one costs beside.

Exit codes: 0 reported, 1 no dispute, or some records could not be read (the report
covers the others),
2 usage, or a file that cannot be used, 3 the table or WooshPay did not answer.`,
		Example: `  disputectl policy backtest --cases disputes.jsonl
  disputectl policy backtest --policy new.yaml --cases 2025-*.jsonl --fee usd=1500,eur=1500 --work usd=2000
  disputectl policy backtest --wooshpay --stack dispute-closer-test --since 365d --csv > report.csv
  disputectl policy backtest --table disputes-test --json`,
		Args: cobra.ArbitraryArgs,
		RunE: act(func(cmd *cobra.Command, args []string) error { return a.backtest(cmd.Context(), args, f) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", defaultPolicy, "the policy's `FILE`, as written or compiled")
	replayFlags(cmd, &f.replaying)
	flags.StringVar(&f.table, "table", "", "read the unfinished cases of this DynamoDB `TABLE`")
	flags.BoolVar(&f.wooshpay, "wooshpay", false, "read WooshPay's list of disputes")
	flags.Var(&f.since, "since", "with --wooshpay: disputes created within this `TIME`; all if not given")
	stackFlag(cmd, &f.site)
	flags.StringVar(&f.site.keySecret, "api-key-secret", "", "with --wooshpay: the `NAME` or ARN of the API key in Secrets Manager; API_KEY_SECRET if empty, and without both the key itself is read from "+keyVariable)
	flags.StringSliceVar(&f.fees, "fee", nil, "fighting a dispute costs a fee of `CURRENCY=AMOUNT`; repeatable")
	flags.StringSliceVar(&f.back, "fee-back", nil, "`CURRENCY=AMOUNT` of it is given back if it is won")
	flags.StringSliceVar(&f.work, "work", nil, "fighting a dispute costs work worth `CURRENCY=AMOUNT`")
	flags.BoolVar(&f.csv, "csv", false, "print every group as CSV")
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	cmd.MarkFlagsMutuallyExclusive("cases", "table", "wooshpay")
	cmd.MarkFlagsOneRequired("cases", "table", "wooshpay")
	return cmd
}

func (a *app) backtest(ctx context.Context, args []string, f backtesting) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	r, err := a.rules(f.policy)
	if err != nil {
		return err
	}
	if r == nil {
		return fail(misused, "name its file with --policy", "no policy is named")
	}
	p, err := a.past(ctx, args, f)
	if err != nil {
		return err
	}
	defer p.Close()
	shown := a.progress()
	o.History = p.history(shown)
	report, readErr := backtest.Run(ctx, r.document, p, o)
	shown.done()
	report.History = p.placed(report.History)
	if readErr != nil && (report.Totals.Disputes == 0 || ctx.Err() != nil) {
		return readError(ctx, p, readErr)
	}
	if err := a.printBacktest(report, p.from, f); err != nil {
		return err
	}
	a.tellFaults(p, report.History)
	switch {
	case readErr != nil:
		return readError(ctx, p, readErr)
	case report.Totals.Disputes == 0:
		return fail(found, "check where the disputes come from", "there is no dispute in %s", p.from)
	case report.History.Bad > 0:
		return errFound
	}
	return nil
}

func (a *app) printBacktest(r backtest.Report, from string, f backtesting) error {
	switch {
	case f.json:
		return a.printJSON(r)
	case f.csv:
		return view.BacktestCSV(a.data(), r)
	}
	return view.Backtest(a.stdout, r, from, a.width())
}

// past opens the disputes that the flags name.
func (a *app) past(ctx context.Context, args []string, f backtesting) (past, error) {
	switch {
	case len(f.cases) == 0 && len(args) > 0:
		return past{}, fail(misused, "name files with --cases", "%q is no flag's", args[0])
	case f.since > 0 && !f.wooshpay:
		return past{}, fail(misused, "leave it out, or say --wooshpay", "--since is for WooshPay's list alone")
	case f.table != "":
		return a.tableCases(ctx, f.table)
	case f.wooshpay:
		return a.listedCases(ctx, f.site, f.since)
	}
	if f.policy == "-" && slices.Contains(slices.Concat(f.cases, args), "-") {
		return past{}, fail(misused, "name one of the two as a file", "the policy and the cases are both the standard input")
	}
	return a.caseFiles(f.cases, args)
}

// options returns what the flags say of the replay and of the fees.
func (f backtesting) options() (backtest.Options, error) {
	o := backtest.Options{Fees: map[string]backtest.Fees{}}
	var err error
	if o.Replay, err = f.replaying.options(); err != nil {
		return o, err
	}
	for _, flag := range []struct {
		name  string
		texts []string
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
				return o, fail(misused, "give it once", "%s has %s twice", flag.name, code)
			}
			*to = amount
			o.Fees[code] = fees
		}
	}
	return o, nil
}
