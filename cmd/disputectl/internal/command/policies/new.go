package policies

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/rules/source/schema"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/starter"
	"disputecloser/shared/policy"
)

// newFlags are the flags of new.
type newFlags struct {
	thresholds, ceilings, budgets amounts
	grace, refunds                string
	closes, failures              int64
}

func newCommand(console *cli.Console) *cobra.Command {
	var f newFlags
	cmd := &cobra.Command{
		Use:   "new [FILE]",
		Short: "Write a first policy",
		Long: `Write a first policy: commented, with tests of its own, and in shadow mode, so that its
rules close nothing. A close that you order yourself concedes money all the same. At a
terminal, and without --threshold, it asks for what it needs to know.
FILE is policy.yaml if it is not named, and - is the standard output. An existing file is
never overwritten.

An amount is written 15.00 usd or, in minor units, usd=1500, and it says back what it
understood. Nothing is guessed: 1500 usd is refused, because it may be 1,500.00 or 15.00.
What is offered is worth about 15 US dollars in every currency, by rounded rates that are
dated and come from no official source: check them. What is written passes
` + "`policy check --strict`" + `, which warns only of --refunds unavailable and large amounts.

Exit codes: 0 written, 1 the file exists, 2 usage, or the answers make no sound policy.`,
		Example: `  disputectl policy new
  disputectl policy new --threshold '15.00 usd' --threshold eur=1400 --grace 48h
  disputectl policy new try.yaml --threshold jpy --budget jpy=30000 --closes 20`,
		Args: cobra.MaximumNArgs(1),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runNew(cmd.Context(), console, append(args, defaultPolicy)[0], f)
		}),
	}
	cmd.Flags().Var(&f.thresholds, "threshold", "close disputes up to this `AMOUNT`, such as 15.00 usd or usd=1500; a currency by itself takes what is worth about 15 US dollars; repeatable")
	cmd.Flags().Var(&f.ceilings, "ceiling", "nobody closes above this `AMOUNT`; the threshold if not given")
	cmd.Flags().Var(&f.budgets, "budget", "close at most this `AMOUNT` a day; --closes times the ceiling if not given")
	cmd.Flags().StringVar(&f.grace, "grace", starter.DefaultGrace.String(), "the `TIME` for a person to object, such as 24h or 1h30m")
	cmd.Flags().StringVar(&f.refunds, "refunds", string(policy.RefundsRequired), "`required` closes nothing unless WooshPay says that the charge was not refunded; unavailable is for accounts where it does not say")
	cmd.Flags().Int64Var(&f.closes, "closes", starter.DefaultCloses, "close at most `N` disputes of one currency a day")
	cmd.Flags().Int64Var(&f.failures, "failures", starter.DefaultFailures, "stop a currency for the day after `N` closes refused for good")
	return cmd
}

func runNew(ctx context.Context, console *cli.Console, name string, f newFlags) error {
	if err := refuseExisting(console, name); err != nil {
		return err
	}
	if len(f.thresholds) == 0 {
		if console.IsTerminal == nil || !console.IsTerminal(console.Stdin) {
			return cli.Fail(cli.Misused, "say it with --threshold usd=1500, or run it at a terminal", "up to which amount disputes are to be closed is not said")
		}
		if err := askPolicy(ctx, console, name, &f); err != nil {
			return err
		}
	}
	answers, err := f.answers()
	if err != nil {
		return err
	}
	text, err := answers.YAML()
	if err != nil {
		return unsoundError(name, err)
	}
	if name == "-" {
		_, err := console.Data().Write(text)
		return err
	}
	if err := newFileError(name, console.CreateNew(name, text, cli.WorldReadable)); err != nil {
		return err
	}
	printNew(console, name, answers)
	return nil
}

// refuseExisting refuses to write a file that exists.
func refuseExisting(console *cli.Console, name string) error {
	_, err := os.Lstat(console.Path(name))
	switch {
	case name == "-" || errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cli.Unwritable(name, err)
	}
	return alreadyThere(name)
}

func alreadyThere(name string) error {
	return cli.Fail(cli.Found, "name another file, or move it away", "%s exists already, and is not overwritten", name)
}

// newFileError says why a new file could not be written; nil if it was.
func newFileError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return alreadyThere(name)
	}
	return cli.Unwritable(name, err)
}

func printNew(console *cli.Console, name string, of starter.Answers) {
	screen.Printf(console.Stdout, "%s is written, in shadow mode: its rules close nothing.\nWhat you order with `disputectl close` concedes money all the same.\n\n", name)
	for _, l := range of.Limits {
		screen.Printf(console.Stdout, "  up to %s\n", money.Understood(l.Threshold, l.Currency))
		if odd := money.Oddity(l.Currency); odd != "" {
			screen.Printf(console.Stdout, "    mind that %s\n", odd)
		}
	}
	screen.Printf(console.Stdout, "\n")
	strict := " --strict"
	if of.Warned() {
		strict = ""
	}
	screen.Printf(console.Stdout, "  disputectl policy check%s %s\n", strict, name)
	screen.Printf(console.Stdout, "  disputectl policy backtest --policy %s --cases FILE\n", name)
	beside := filepath.Join(filepath.Dir(name), schema.Name)
	if _, err := os.Lstat(console.Path(beside)); err != nil {
		screen.Printf(console.Stdout, "  disputectl policy schema > %s    # your editor completes and checks the file by it\n", beside)
	}
}

func unsoundError(name string, err error) error {
	warned := new(starter.WarnedError)
	switch {
	case errors.As(err, &warned):
		return cli.Fail(cli.Misused, warned.Finding.Hint, "%s is not written: %w", name, err)
	case errors.Is(err, starter.ErrTooLarge):
		return cli.Fail(cli.Misused, "use smaller amounts", "%s is not written: %w", name, err)
	}
	return cli.Fail(cli.Misused, "say it with --threshold usd=1500", "%s is not written: %w", name, err)
}

// answers returns the answers that the flags, or the person, gave.
func (f newFlags) answers() (starter.Answers, error) {
	grace, err := policy.ParseDuration(f.grace)
	if err != nil {
		return starter.Answers{}, cli.Fail(cli.Misused, "write it like 24h or 1h30m", "--grace %q: %w", f.grace, err)
	}
	refunds := policy.Refunds(f.refunds)
	if refunds != policy.RefundsRequired && refunds != policy.RefundsUnavailable {
		return starter.Answers{}, cli.Fail(cli.Misused, "use required or unavailable", "--refunds %q is neither", f.refunds)
	}
	answers := starter.Answers{Refunds: refunds, Grace: grace, Closes: f.closes, Failures: f.failures}
	for _, text := range f.thresholds {
		code, amount, err := currencyAmount("--threshold", text, starter.DefaultThreshold)
		if err != nil {
			return answers, err
		}
		if slices.ContainsFunc(answers.Limits, func(l starter.Limit) bool { return l.Currency == code }) {
			return answers, cli.Fail(cli.Misused, "give it once", "--threshold has %s twice", code)
		}
		answers.Limits = append(answers.Limits, starter.Limit{Currency: code, Threshold: amount})
	}
	ceiling := func(l *starter.Limit) *int64 { return &l.Ceiling }
	budget := func(l *starter.Limit) *int64 { return &l.Budget }
	return answers, errors.Join(fill("--ceiling", f.ceilings, answers.Limits, ceiling), fill("--budget", f.budgets, answers.Limits, budget))
}

// fill sets another amount for currencies that have a threshold.
func fill(flag string, texts amounts, limits []starter.Limit, of func(*starter.Limit) *int64) error {
	for _, text := range texts {
		code, amount, err := currencyAmount(flag, text, nil)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(limits, func(l starter.Limit) bool { return l.Currency == code })
		if at < 0 {
			return cli.Fail(cli.Misused, "give its --threshold, too", "%s has %s, which has no threshold", flag, code)
		}
		*of(&limits[at]) = amount
	}
	return nil
}
